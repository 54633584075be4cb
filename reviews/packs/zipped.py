"""The pack itself: one ZIP whose bytes depend on its files alone, with a list of their check codes."""

import hashlib
import zipfile
from pathlib import Path
from types import TracebackType

MANIFEST = "SHA256SUMS.txt"
_BLOCK = 1024 * 1024


class Pack:
    """A ZIP that is being written. Closing it adds the manifest, which `sha256sum --check` reads."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._sums: list[tuple[str, str]] = []

    def __enter__(self) -> "Pack":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._write(MANIFEST, "".join(f"{sha256}  {name}\n" for name, sha256 in self._sums).encode())
        self._zip.close()

    def add_text(self, name: str, text: str | bytes) -> None:
        content = text if isinstance(text, bytes) else text.encode()
        self._write(name, content)
        self._sums.append((name, hashlib.sha256(content).hexdigest()))

    def add_file(self, name: str, path: Path) -> None:
        """Copied piece by piece: a table may be larger than memory should be."""
        sha256 = hashlib.sha256()
        with path.open("rb") as file, self._zip.open(_entry(name), "w", force_zip64=True) as out:
            while block := file.read(_BLOCK):
                sha256.update(block)
                out.write(block)
        self._sums.append((name, sha256.hexdigest()))

    def _write(self, name: str, content: bytes) -> None:
        self._zip.writestr(_entry(name), content)


def _entry(name: str) -> zipfile.ZipInfo:
    """Without the moment at which it was written."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry
