"""Child processes that never outlive the one that started them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent


def start_child(
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    user: str = "self",
    death_signal: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own that ends when the calling thread ends.

    The kernel watches the thread, not the process: start children from the main thread.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            entering(command, user=user, death_signal=death_signal),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
            process_group=0,
        )


def entering(
    command: Sequence[str | Path], *, user: str = "self", death_signal: signal.Signals = signal.SIGKILL
) -> list[str]:
    """The command line that becomes `command` once its life is tied to this process (see enter.py)."""
    enter = [
        sys.executable,
        "-I",
        "-S",
        str(HERE / "enter.py"),
        str(os.getpid()),
        str(int(death_signal)),
        user,
    ]
    return [*enter, *map(str, command)]


def wait_until(condition: Callable[[], bool], *, seconds: float, pause: float = 0.02) -> bool:
    """Whether the condition came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def end_group(process: subprocess.Popen[bytes], number: signal.Signals = signal.SIGKILL) -> None:
    """Signal a child and everything it started; quiet when nobody is left."""
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        return


def reason(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {-code}, {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log, for a message about what went wrong."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""


class Guard:
    """The supervisor's side of guard.py: names the groups that must not outlive it."""

    def __init__(self, data: Path) -> None:
        """Start the guard; DATA in its command line shows whose it is."""
        self._data = data
        self._groups: dict[int, signal.Signals] = {}
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", HERE / "guard.py", self._data],
            stdin=subprocess.PIPE,
            process_group=0,
        )

    def add(self, group: int, number: signal.Signals = signal.SIGKILL) -> None:
        """This group gets that signal if the supervisor vanishes."""
        self._groups[group] = number
        self._tell(f"add {group} {int(number)}\n")

    def drop(self, group: int) -> None:
        """This group has ended; its number may come to belong to somebody else."""
        if self._groups.pop(group, None) is not None:
            self._tell(f"drop {group}\n")

    def check(self) -> None:
        """Replace the guard if somebody has ended it."""
        if self._process.poll() is not None:
            self._process = self._start()
            for group, number in self._groups.items():
                self._tell(f"add {group} {int(number)}\n")

    def close(self) -> None:
        """Let the guard go, and with it whatever is still named."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        pipe = self._process.stdin
        try:
            if pipe is not None:
                pipe.write(line.encode())
                pipe.flush()
        except BrokenPipeError:
            self.check()
