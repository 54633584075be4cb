"""Where unix sockets lie: their paths must be short, and the folders people choose are not always."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

LONGEST = 80  # the kernel allows 107 bytes, and the socket's own name comes on top


def socket_folder(folder: Path) -> Path:
    """The folder itself, or when its path is too long a private one with a name made from it."""
    if len(os.fsencode(folder)) <= LONGEST:
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"npcs-{os.getuid()}-{digest}"
    short.mkdir(mode=0o700, exist_ok=True)
    found = short.lstat()
    # The name can be guessed, so somebody else may have been there first.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) != 0o700:
        raise PermissionError(
            f"{short} is not a private folder of this user; remove it, or choose a shorter --data."
        )
    return short
