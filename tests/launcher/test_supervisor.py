import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.processes import wait_until

STAND_IN = Path(__file__).parent / "stand_in.py"


class Running:
    """The stand-in supervisor as a process, and what it has printed."""

    def __init__(self, data: Path, *mood: str) -> None:
        self.data, self.output = data, data / "output"
        with self.output.open("wb") as output:
            command = [sys.executable, STAND_IN, data, *mood]
            self.process = subprocess.Popen(command, stdout=output, stderr=output, process_group=0)

    def says(self, pattern: str) -> bool:
        return wait_until(lambda: bool(re.search(pattern, self.output.read_text(), re.M)), seconds=10)

    def left(self) -> list[str]:
        """Every process but the supervisor whose command line names the data folder."""
        found = subprocess.run(["pgrep", "-f", str(self.data)], capture_output=True, text=True).stdout.split()
        return [number for number in found if int(number) != self.process.pid]

    def family(self, name: str) -> list[int]:
        """The process of that name and its child, once both are there."""
        shown = subprocess.run(
            ["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True
        ).stdout
        rows = [line.split(None, 2) for line in shown.splitlines()]
        parents = {
            int(pid): int(ppid) for pid, ppid, args in rows if f"{self.data} " in args and args.endswith(name)
        }
        return next(([ppid, pid] for pid, ppid in parents.items() if ppid in parents), [])


@pytest.fixture
def start(tmp_path: Path) -> Iterator[object]:
    started = []

    def _start(*mood: str) -> Running:
        started.append(Running(tmp_path, *mood))
        assert started[-1].says("^ready$")
        assert wait_until(lambda: started[-1].family("one") and started[-1].family("two"), seconds=10)
        return started[-1]

    yield _start
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_ends_everything(start, number):
    running = start()
    running.process.send_signal(number)
    assert running.process.wait(5) == 0
    assert running.output.read_text().endswith("stopped\n")
    assert running.left() == []


def test_a_program_that_will_not_end_is_ended_within_five_seconds(start):
    running = start("stubborn")
    asked = time.monotonic()
    running.process.send_signal(signal.SIGINT)
    running.process.wait(10)
    assert time.monotonic() - asked < 5
    assert running.left() == []


def test_asked_twice_it_does_not_wait_for_anybody(start):
    running = start("stubborn")
    asked = time.monotonic()
    running.process.send_signal(signal.SIGINT)
    assert wait_until(
        lambda: running.process.send_signal(signal.SIGINT) or running.process.poll() is not None,
        seconds=5,
        pause=0.2,
    )
    assert time.monotonic() - asked < 2


def test_killed_it_leaves_nothing_behind_not_even_grandchildren(start):
    running = start("stubborn")
    assert len(running.left()) == 5  # two families of two, and the guard
    running.process.kill()
    running.process.wait()
    assert wait_until(lambda: running.left() == [], seconds=4)


def test_a_child_that_dies_is_started_again_and_said_so_in_one_line(start):
    running = start()
    one, two = running.family("one"), running.family("two")
    os.kill(one[0], signal.SIGKILL)
    assert running.says(
        r"^\[.*\] one ended \(signal 9, SIGKILL\); starting it again in 0.2 s, see .*one\.log$"
    )
    assert running.says(r"^\[.*\] one is back$")
    assert wait_until(lambda: len(running.family("one")) == 2, seconds=5)
    assert running.family("two") == two
    # What the dead one had started went with it.
    assert not {str(pid) for pid in one} & set(running.left())


def test_the_guard_is_replaced_when_somebody_ends_it(start):
    running = start()
    found = subprocess.run(["pgrep", "-f", f"guard.py {running.data}"], capture_output=True, text=True)
    os.kill(int(found.stdout), signal.SIGKILL)

    def replaced() -> bool:
        again = subprocess.run(["pgrep", "-f", f"guard.py {running.data}"], capture_output=True, text=True)
        return again.stdout.strip() not in {"", found.stdout.strip()}

    assert wait_until(replaced, seconds=5)
    running.process.kill()
    running.process.wait()
    assert wait_until(lambda: running.left() == [], seconds=4)
