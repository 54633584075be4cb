"""What the scripts call: `launcher demo|manage|system|with-services …`."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Started by path from any folder: the project is to be found, this folder's module names are not.
sys.path[0] = str(ROOT)


def main() -> int:
    """Hand over to the part that is asked for; each reads its own arguments."""
    part, arguments = (sys.argv[1] if len(sys.argv) > 1 else ""), sys.argv[2:]
    if part == "demo":
        from launcher import demo

        return demo.main(arguments)
    if part == "manage":
        from launcher import manage

        return manage.main(arguments)
    if part == "system":
        from launcher import system

        return system.main(arguments)
    if part == "with-services":
        from launcher import temporary

        return temporary.main(arguments)
    print("usage: launcher demo | manage | system | with-services", file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
