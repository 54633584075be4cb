"""The demo's data folder: known by a marker, used by one launcher at a time, wiped only when it is ours."""

import fcntl
import json
import os
import secrets
import shutil
from pathlib import Path
from typing import IO, Any

MARKER = ".npcs-demo-data"
SENTENCE = "Made by script/demo of NPCS. script/demo --reset deletes what it keeps here.\n"
FOLDERS = ("mail", "files", "static", "logs", "run")
# Everything the demo writes here. --reset deletes these and nothing else.
KEPT = (
    "postgres",
    "valkey",
    *FOLDERS,
    "secret-key",
    "sign-ins.json",
    "running.json",
)


class DataError(Exception):
    """The folder cannot be used; the message says why and what to do."""


class DataFolder:
    """One demo's folder. Everything in it belongs to the person who started it, and to nobody else."""

    def __init__(self, path: Path) -> None:
        """Make the folder, or recognise it as ours."""
        self.path = path.resolve()
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = {entry.name for entry in self.path.iterdir()}
            if MARKER not in found:
                if found:
                    raise DataError(
                        f"{self.path} holds other things and was not made by script/demo. "
                        "Choose another --data."
                    )
                (self.path / MARKER).write_text(SENTENCE)
            for name in FOLDERS:
                (self.path / name).mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise DataError(f"{self.path} cannot be used as a data folder: {error.strerror}.") from error
        self._lock: IO[str] | None = None

    # -- One at a time ------------------------------------------------------------------------

    def take(self) -> bool:
        """Take the folder until this process ends, however it ends. False when another has it."""
        lock = (self.path / MARKER).open("r")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        (self.path / "running.json").unlink(missing_ok=True)  # of one that was killed
        return True

    def running(self) -> dict[str, Any]:
        """What whoever has the folder says about itself."""
        try:
            said: dict[str, Any] = json.loads((self.path / "running.json").read_text())
        except (OSError, ValueError):
            return {}
        return said

    def tell(self, **facts: Any) -> None:
        """Say about oneself what script/manage needs to know."""
        whole = self.path / "running.json.new"
        whole.write_text(json.dumps({"process": os.getpid(), **facts}, indent=1) + "\n")
        whole.rename(self.path / "running.json")

    def leave(self) -> None:
        """Give the folder back."""
        (self.path / "running.json").unlink(missing_ok=True)
        if self._lock:
            self._lock.close()
            self._lock = None

    # -- Its content --------------------------------------------------------------------------

    def reset(self) -> list[str]:
        """Delete what the demo keeps here; answers with the names of what it does not know and left alone."""
        if self._lock is None:
            raise DataError(f"{self.path} is not taken, so it is not deleted.")
        for name in KEPT:
            entry = self.path / name
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink(missing_ok=True)
        left = sorted(entry.name for entry in self.path.iterdir() if entry.name != MARKER)
        for name in FOLDERS:
            (self.path / name).mkdir(mode=0o700, exist_ok=True)
        return left

    def secret_key_file(self) -> Path:
        """A key of this folder's own, made once; sessions outlive a restart."""
        path = self.path / "secret-key"
        if not path.exists():
            half = self.path / "run" / "secret-key.new"
            half.unlink(missing_ok=True)
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(64) + "\n")
            half.rename(path)
        return path

    def log(self, name: str) -> Path:
        """A log to append to; a large one steps aside first."""
        path = self.path / "logs" / f"{name.replace(' ', '-')}.log"
        if path.exists() and path.stat().st_size > 5_000_000:
            path.rename(path.with_suffix(".log.1"))
        return path
