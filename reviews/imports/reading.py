"""Reading an agency's CSV file: streamed, within limits, and refused with words when it is not what it says."""

import codecs
import csv
import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reviews.workbook import CELL_CHARACTERS

FILE_BYTES = 25 * 1024 * 1024
FILE_ROWS = 200_000
COLUMNS = 300
ENCODINGS = {"utf-8": "utf-8-sig", "windows-1252": "cp1252"}
_BLOCK = 1024 * 1024
_OTHER_FORMATS = (
    (b"PK\x03\x04", "It is a workbook (XLSX) or another packed file. Save it as “CSV UTF-8” first."),
    (b"\xd0\xcf\x11\xe0", "It is an old workbook (XLS). Save it as “CSV UTF-8” first."),
    (codecs.BOM_UTF16_LE, "It is written in UTF-16. Save it as “CSV UTF-8”."),
    (codecs.BOM_UTF16_BE, "It is written in UTF-16. Save it as “CSV UTF-8”."),
    (b"%PDF", "It is a PDF. Only CSV files come in."),
)


class FileRefused(Exception):
    """The file as a whole cannot come in; the message says why and what to do."""


@dataclass(frozen=True)
class FileFacts:
    """What a receipt says of a file."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Row:
    """One row as it stands in the file. `number` is the row's number in a spreadsheet; the header is row 1."""

    number: int
    cells: list[str]


def check_file(path: Path, encoding: str) -> FileFacts:
    """Hash the file and read it through once: its size, its format and every character, before a row is taken."""
    if not path.is_file():
        raise FileRefused(f"There is no file {path.name}.")
    size = path.stat().st_size
    if size > FILE_BYTES:
        raise FileRefused(
            f"The file has {size / 1024 / 1024:.1f} MiB; {FILE_BYTES // 1024 // 1024} MiB can come in at once. "
            "Split it by year."
        )
    if size == 0:
        raise FileRefused("The file is empty.")
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder(ENCODINGS[encoding])()
    line = 1
    with path.open("rb") as file:
        first = True
        while block := file.read(_BLOCK):
            if first:
                _not_another_format(block)
                first = False
            digest.update(block)
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                raise _wrong_encoding(encoding, line + error.object[: error.start].count(b"\n")) from None
            line += block.count(b"\n")
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise _wrong_encoding(encoding, line) from None
    return FileFacts(path.name, digest.hexdigest(), size)


def _not_another_format(block: bytes) -> None:
    for mark, words in _OTHER_FORMATS:
        if block.startswith(mark):
            raise FileRefused(f"This is not a CSV file. {words}")


def _wrong_encoding(encoding: str, line: int) -> FileRefused:
    if encoding == "utf-8":
        return FileRefused(
            f"Line {line} of the file is not UTF-8. Save the file as “CSV UTF-8”. If it comes from an older "
            "system that writes Windows-1252, say `encoding: windows-1252` in the mapping."
        )
    return FileRefused(
        f"Line {line} of the file is not Windows-1252, as the mapping says. Check the encoding in the mapping."
    )


@contextmanager
def opened(path: Path, *, encoding: str, delimiter: str) -> Iterator[tuple[list[str], Iterator[Row]]]:
    """The header and the rows of a checked file. One row is held at a time."""
    csv.field_size_limit(
        FILE_BYTES
    )  # a quote that is never closed is one long cell, and one row that goes back
    with path.open(encoding=ENCODINGS[encoding], newline="") as file:
        records = csv.reader(file, delimiter=delimiter)
        header = _header(next(records, []), delimiter)
        yield header, _rows(records)


def _header(cells: list[str], delimiter: str) -> list[str]:
    names = [cell.strip() for cell in cells]
    if not any(names):
        raise FileRefused("The file has no header: its first row must name the columns.")
    if len(names) > COLUMNS:
        raise FileRefused(f"The header has {len(names)} columns; {COLUMNS} can come in.")
    if len(names) == 1 and delimiter not in names[0] and any(mark in names[0] for mark in ";\t,|"):
        raise FileRefused(
            "The header is one single column. If the file parts its columns by another mark, say so in the "
            'mapping, for example `delimiter: ";"`.'
        )
    doubled = [name for name, count in Counter(names).items() if count > 1 and name]
    if doubled:
        raise FileRefused(
            f"The header names a column twice: {', '.join(f'“{name[:60]}”' for name in doubled)}. "
            "Give each its own name."
        )
    return names


def _rows(records: Iterator[list[str]]) -> Iterator[Row]:
    for number, cells in enumerate(records, 2):
        if number - 1 > FILE_ROWS:
            raise FileRefused(f"The file has more than {FILE_ROWS:,} rows. Split it by year.")
        if cells:  # an empty line is no row
            yield Row(number, cells)


def too_long(cell: str) -> bool:
    return len(cell) > CELL_CHARACTERS
