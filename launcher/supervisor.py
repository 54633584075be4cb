"""Keeps services and programs running until it is told to stop, and stops them together."""

import http.client
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from launcher import processes

# How long to wait before the n-th new start of something that keeps dying.
BACKOFF_SECONDS = (0.2, 1, 2, 5, 10, 30)
STEADY_SECONDS = 60
STOP_PROGRAMS_SECONDS = 2.5
STOP_SERVICES_SECONDS = 1.5


class Stopped(Exception):
    """Somebody asked to stop while something was being waited for."""


class StartFailed(Exception):
    """Something did not start; the message says what and shows the end of its log."""


class Runs(Protocol):
    """What is kept running: a service, or a Program."""

    name: str
    log: Path
    process: subprocess.Popen[bytes] | None
    death_signal: signal.Signals

    def begin(self) -> None:
        """Start without waiting."""

    def is_ready(self) -> bool:
        """Whether it does its work."""


class Program:
    """A command that runs until it is stopped."""

    death_signal = signal.SIGKILL

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        answers_at: str = "",
    ) -> None:
        """`answers_at` is the address of a page that says 200 once the program does its work."""
        self.name, self.command, self.log = name, command, log
        self.environment, self.folder, self.answers_at = environment, folder, answers_at
        self.process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start without waiting."""
        self.process = processes.start_child(
            self.command, log=self.log, environment=self.environment, folder=self.folder
        )

    def is_ready(self) -> bool:
        """Whether its page answers; without a page, whether it runs."""
        if self.process is None or self.process.poll() is not None:
            return False
        return not self.answers_at or answers(self.answers_at)


def answers(url: str) -> bool:
    """Whether a page on this machine says 200; no proxy is asked."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@dataclass
class _Kept:
    runs: Runs
    begun_at: float = 0.0
    deaths: int = 0
    begin_at: float | None = None  # when a dead one is to be started again
    is_down: bool = False


class Supervisor:
    """Everything that one launcher started."""

    def __init__(self, data: Path) -> None:
        """Nothing is started yet but the guard, which ends everything if this process vanishes."""
        self._started_at = time.monotonic()
        self._guard = processes.Guard(data)
        self._services: list[_Kept] = []
        self._programs: list[_Kept] = []
        self._signals = 0

    def listen(self) -> None:
        """Ctrl-C, a polite kill and a closed terminal all mean stop; a second one means at once."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._hear)

    def _hear(self, number: int, frame: object) -> None:
        self._signals += 1

    def say(self, sentence: str) -> None:
        """One line with the time since the start."""
        self.print(f"[{time.monotonic() - self._started_at:5.1f} s] {sentence}")

    def print(self, line: str) -> None:
        """One line; a reader who has gone away stops nothing."""
        try:
            print(line, flush=True)
        except OSError:
            sys.stdout = sys.stderr

    # -- Starting -----------------------------------------------------------------------------

    def start_services(self, *services: Runs) -> None:
        """Start what the programs stand on, all at once, and wait for all."""
        # A lock or a socket of the last run can take a moment to go, so a service is tried again.
        self._start(self._services, services, seconds=30, try_again=True)

    def start_programs(self, *programs: Runs, seconds: float = 60) -> None:
        """Start the programs, all at once, and wait until each does its work."""
        self._start(self._programs, programs, seconds=seconds, try_again=False)

    def _start(self, kept: list[_Kept], every: Sequence[Runs], *, seconds: float, try_again: bool) -> None:
        waiting = [_Kept(runs) for runs in every]
        kept += waiting
        for each in waiting:
            self._begin(each)
        deadline = time.monotonic() + seconds
        while unready := [each for each in waiting if not each.runs.is_ready()]:
            in_time = time.monotonic() < deadline
            self._pause(0.03)
            for each in unready:
                code = each.runs.process.poll() if each.runs.process else None
                if code is not None and try_again and in_time:
                    self._pause(0.2)
                    self._begin(each)
                elif code is not None:
                    raise StartFailed(self._last_words(each.runs, processes.reason(code)))
                elif not in_time:
                    raise StartFailed(self._last_words(each.runs, f"no answer in {seconds:.0f} s"))

    def run(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        environment: Mapping[str, str],
        folder: Path,
    ) -> None:
        """Run a command to its end, showing its lines as they come."""
        read_from = log.stat().st_size if log.exists() else 0
        step = Program(name, command, log=log, environment=environment, folder=folder)
        kept = _Kept(step)
        self._programs.append(kept)
        self._begin(kept)
        with log.open(errors="replace") as output:
            output.seek(read_from)
            ended, shown, line = False, True, ""
            while not ended:
                self._pause(0.03)
                ended = step.process is None or step.process.poll() is not None
                while more := output.readline():
                    line += more
                    if not line.endswith("\n"):
                        continue  # the rest of it is still to come
                    shown = shown and not line.startswith("Traceback")  # that comes with the message
                    if shown and line.strip() and not line.startswith("{"):  # JSON is for the log
                        self.print(f"           {line.rstrip()}")
                    line = ""
        self._programs.remove(kept)
        if step.process is None:
            raise StartFailed(self._last_words(step, "it was not started"))
        self._guard.drop(step.process.pid)
        if step.process.returncode:
            why = processes.reason(step.process.returncode)
            # What has been shown already is not said twice.
            raise StartFailed(f"{name} failed ({why}); see {log}" if shown else self._last_words(step, why))

    def _begin(self, kept: _Kept) -> None:
        kept.begin_at, kept.begun_at = None, time.monotonic()
        if kept.runs.process is not None:
            self._guard.drop(kept.runs.process.pid)
        kept.runs.begin()
        if kept.runs.process is not None:
            self._guard.add(kept.runs.process.pid, kept.runs.death_signal)

    def _last_words(self, runs: Runs, why: str) -> str:
        return f"{runs.name} failed ({why}). The end of {runs.log}:\n{processes.last_lines(runs.log)}"

    def _pause(self, seconds: float) -> None:
        if self._signals:
            raise Stopped
        time.sleep(seconds)

    # -- Watching -----------------------------------------------------------------------------

    def watch(self) -> None:
        """Start again what dies, until somebody asks to stop."""
        try:
            while True:
                for kept in [*self._services, *self._programs]:
                    self._look_after(kept)
                self._guard.check()
                self._pause(0.2)
        except Stopped:
            return

    def _look_after(self, kept: _Kept) -> None:
        process, now = kept.runs.process, time.monotonic()
        if process is not None and process.poll() is None:
            if kept.is_down and kept.runs.is_ready():
                kept.is_down = False
                self.say(f"{kept.runs.name} is back")
            if now - kept.begun_at > STEADY_SECONDS:
                kept.deaths = 0
        elif kept.begin_at is None:
            if process is not None:
                processes.end_group(process)  # what it had started has no parent now
                self._guard.drop(process.pid)
            wait = BACKOFF_SECONDS[min(kept.deaths, len(BACKOFF_SECONDS) - 1)]
            kept.begin_at, kept.is_down, kept.deaths = now + wait, True, kept.deaths + 1
            why = processes.reason(process.returncode) if process else "not started"
            self.say(f"{kept.runs.name} ended ({why}); starting it again in {wait} s, see {kept.runs.log}")
        elif now >= kept.begin_at:
            try:
                self._begin(kept)
            except (OSError, RuntimeError) as error:
                kept.begin_at = now + BACKOFF_SECONDS[-1]
                self.say(f"{kept.runs.name} could not be started: {error}")

    # -- Stopping -----------------------------------------------------------------------------

    def stop(self) -> None:
        """End the programs, then what they stand on, within five seconds."""
        self._end(self._programs, signal.SIGTERM, STOP_PROGRAMS_SECONDS)
        # PostgreSQL ends connections and shuts down on it; Valkey writes its file and ends.
        self._end(self._services, signal.SIGINT, STOP_SERVICES_SECONDS)
        self._guard.close()

    def _end(self, every: list[_Kept], number: signal.Signals, seconds: float) -> None:
        alive = [(kept, kept.runs.process) for kept in every if kept.runs.process is not None]
        for _, process in alive:
            if process.poll() is None:
                process.send_signal(number)
        deadline = time.monotonic() + seconds
        while any(process.poll() is None for _, process in alive) and time.monotonic() < deadline:
            if self._signals > 1:
                break  # asked again: at once
            time.sleep(0.03)
        for kept, process in alive:
            processes.end_group(process, kept.runs.death_signal)
        processes.wait_until(lambda: all(process.poll() is not None for _, process in alive), seconds=0.5)
        for _, process in alive:
            processes.end_group(process)
            process.wait()
            self._guard.drop(process.pid)
