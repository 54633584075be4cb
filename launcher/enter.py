"""Becomes another program, after tying its life to the process that started it.

Run as `python -I -S enter.py PARENT SIGNAL USER COMMAND…`. A program of its own rather than a function
between fork and exec, because that is unsafe in a process with threads.

SIGNAL is what the kernel sends when PARENT ends, however it ends (Linux). USER is `self`, `namespace`
(a user namespace of its own, in which root is nobody: PostgreSQL refuses root, and nothing on the disk
changes hands) or `nobody`.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Prepare this process, then be the command."""
    parent, death_signal, user, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]
    # A shell starts background jobs with SIGINT ignored, and that would be inherited.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    if user == "namespace":
        os.unshare(os.CLONE_NEWUSER)
    elif user == "nobody":
        import pwd

        nobody = pwd.getpwnam("nobody")
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
    if sys.platform == "linux":
        # Last, because a change of user clears it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:  # it ended before we could ask to be told
            sys.exit(1)
    try:
        os.execv(command[0], command)  # noqa: S606
    except OSError as error:
        sys.exit(f"{command[0]} could not be started: {error}")


main()
