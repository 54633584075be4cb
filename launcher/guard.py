"""Ends what a supervisor started when the supervisor itself is gone, even by kill -9.

Run as `python -I -S guard.py DATA` with a pipe as standard input, of which only the supervisor holds the
other end. It reads `add GROUP SIGNAL` and `drop GROUP`; at the end of the pipe it signals every process
group it still knows. The kernel ends direct children too (see enter.py); this reaches their children.
"""

import os
import signal
import sys
import time

MERCY_SECONDS = 2.0


def main() -> None:
    """Listen until the supervisor ends, then end its groups."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        words = line.split()
        if words[0] == "add":
            groups[int(words[1])] = int(words[2])
        elif words[0] == "drop":
            groups.pop(int(words[1]), None)
    for group, number in groups.items():
        _signal(group, number)
    deadline = time.monotonic() + MERCY_SECONDS
    while time.monotonic() < deadline and any(_signal(group, 0) for group in groups):
        time.sleep(0.05)
    for group in groups:
        _signal(group, signal.SIGKILL)


def _signal(group: int, number: int) -> bool:
    """Whether there was somebody to signal."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


main()
