"""A small supervisor for the tests, with stand-ins for the site: `python stand_in.py DATA [stubborn]`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from launcher.supervisor import Program, Supervisor

# A parent with a child, as a Celery worker has; neither looks at who started it.
FAMILY = (
    "import os, signal, sys, time; "
    "sys.argv[2] == 'stubborn' and signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "os.fork(); time.sleep(600)"
)


def main() -> None:
    """Start two families and watch them."""
    data = Path(sys.argv[1])
    mood = sys.argv[2] if len(sys.argv) > 2 else "polite"
    supervisor = Supervisor(data)
    supervisor.listen()
    try:
        programs = [
            Program(name, [sys.executable, "-c", FAMILY, str(data), mood, name], log=data / f"{name}.log")
            for name in ("one", "two")
        ]
        supervisor.start_programs(*programs)
        supervisor.print("ready")
        supervisor.watch()
    finally:
        supervisor.stop()
        supervisor.print("stopped")


main()
