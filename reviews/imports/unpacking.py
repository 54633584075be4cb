"""Turning the file that somebody brings in, whatever it is, into plain tables: within limits, or refused with words.

CSV in any encoding that can be told, and workbooks (XLSX), which a process of its own reads
(`dictionary.workbooks.reading`).
"""

import codecs
import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from pathlib import Path

from dictionary.workbooks.reading import (
    MEMORY_BYTES,
    SECONDS,
    Limits,
    SheetFacts,
    WorkbookRefused,
    read_workbook,
)
from reviews.imports.table import FileRefused, Table, letter, write_table

FILE_BYTES = 25 * 1024 * 1024
FILE_ROWS = 200_000
COLUMNS = 1_000  # a whole project of REDCap has a column for each choice of a checkbox
SHEETS = 50
LOOKED_AT = 20  # lines from which the delimiter is told

ENCODINGS = {
    "utf-8": "utf-8-sig",
    "windows-1252": "cp1252",
    "utf-16": "utf-16",
}
DELIMITERS = (",", ";", "\t", "|")
_BLOCK = 1024 * 1024
_WORKBOOK = b"PK\x03\x04"
_OTHER_FORMATS = (
    (
        b"\xd0\xcf\x11\xe0",
        "It is an old workbook (XLS), or one locked with a password. Save it as XLSX without one.",
    ),
    (b"%PDF", "It is a PDF. Bring the table itself, as a workbook (XLSX) or as CSV."),
    (b"{\\rtf", "It is a text document. Bring the table itself, as a workbook (XLSX) or as CSV."),
    (b"<", "It is a web page or XML. Save it as a workbook (XLSX) or as CSV."),
)


@dataclass(frozen=True)
class FileFacts:
    """What a receipt says of a file."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Unpacked:
    """A file as plain tables. `encoding` and `delimiter` are those a CSV file was read with, else empty."""

    facts: FileFacts
    folder: Path
    sheets: tuple[SheetFacts, ...]
    encoding: str = ""
    delimiter: str = ""

    def table(self, sheet: str = "", header_row: int = 1) -> Table:
        """The sheet of this name, else the first. Raises FileRefused for a name that no sheet has, and where cells
        are merged: what a merged cell says of the rows that it covers is for people to write down."""
        found = next((one for one in self.sheets if one.name == sheet), None if sheet else self.sheets[0])
        if found is None:
            names = ", ".join(f"“{one.name}”" for one in self.sheets)
            raise FileRefused(f"The workbook has no sheet “{sheet}”. It has: {names}.")
        if merged := merged_below(found, header_row):
            named = ", ".join(merged[:5]) + (f" and {len(merged) - 5} more" if len(merged) > 5 else "")
            where = f" (sheet “{found.name}”)" if found.name else ""
            raise FileRefused(
                f"Cells are merged: {named}{where}. Unmerge them, so that each row says in its own cells what it means."
            )
        return Table(self.folder / found.table, found.name, header_row)


def merged_below(sheet: SheetFacts, header_row: int) -> list[str]:
    """The merged cells that reach into the header or the data, as `B4:B6`."""
    return [
        f"{letter(left)}{top}:{letter(right)}{bottom}"
        for top, left, bottom, right in sheet.merged
        if bottom >= header_row
    ]


def unpack(
    source: Path, folder: Path, *, name: str = "", encoding: str = "", delimiter: str = ""
) -> Unpacked:
    """Check a file, hash it and write its sheets into the folder. Encoding and delimiter of a CSV file are told from
    its bytes where they are not given. Raises FileRefused, with what to do."""
    facts = _facts(source, name or source.name)
    with source.open("rb") as file:
        start = file.read(_BLOCK)
    if start.startswith(_WORKBOOK):
        return Unpacked(facts, folder, _workbook(source, folder))
    for mark, words in _OTHER_FORMATS:
        if start.removeprefix(codecs.BOM_UTF8).lstrip()[: len(mark)] == mark:
            raise FileRefused(f"This is neither a workbook (XLSX) nor a CSV file. {words}")
    encoding = _checked(source, [encoding] if encoding else _likely(start))
    delimiter = delimiter or _delimiter(start, encoding)
    sheet = _csv(source, folder, encoding, delimiter)
    return Unpacked(facts, folder, (sheet,), encoding, delimiter)


def _facts(source: Path, name: str) -> FileFacts:
    if not source.is_file():
        raise FileRefused(f"There is no file {source.name}.")
    size = source.stat().st_size
    if size > FILE_BYTES:
        raise FileRefused(
            f"The file has {size / 1024 / 1024:.1f} MiB; {FILE_BYTES // 1024 // 1024} MiB can come in at once. "
            "Split it by year."
        )
    if size == 0:
        raise FileRefused("The file is empty.")
    with source.open("rb") as file:
        return FileFacts(name, hashlib.file_digest(file, "sha256").hexdigest(), size)


# -- CSV -----------------------------------------------------------------------------------------


def _likely(start: bytes) -> list[str]:
    """The encodings to try, the likeliest first. UTF-16 shows by its mark, or by a zero in every other byte."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    return ["utf-8", "windows-1252"]


def _checked(source: Path, encodings: Sequence[str]) -> str:
    """The first of these encodings in which every character of the file can be read."""
    wrong: FileRefused | None = None
    for encoding in encodings:
        line = _first_unreadable_line(source, encoding)
        if line is None:
            return encoding
        wrong = wrong or _wrong_encoding(encoding, line)
    raise wrong or FileRefused("The file cannot be read.")


def _first_unreadable_line(source: Path, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(ENCODINGS[encoding])()
    line = 1
    with source.open("rb") as file:
        while block := file.read(_BLOCK):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                return line + error.object[: error.start].count(b"\n")
            line += block.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return line
    return None


def _wrong_encoding(encoding: str, line: int) -> FileRefused:
    if encoding == "utf-8":
        return FileRefused(
            f"Line {line} of the file is not UTF-8. Save the file as “CSV UTF-8”. If it comes from an older "
            "system that writes Windows-1252, say `encoding: windows-1252` in the mapping."
        )
    name = {"windows-1252": "Windows-1252", "utf-16": "UTF-16"}[encoding]
    return FileRefused(f"Line {line} of the file is not {name}. Save the file as “CSV UTF-8”.")


def _delimiter(start: bytes, encoding: str) -> str:
    """The mark that parts the first lines into the same number of columns, and into the most; else a comma."""
    text = codecs.getincrementaldecoder(ENCODINGS[encoding])().decode(start)

    def parts(mark: str) -> tuple[bool, int, int]:
        widths = [
            len(row)
            for row in islice(csv.reader(StringIO(text, newline=""), delimiter=mark), LOOKED_AT)
            if row
        ]
        first = widths[0] if widths else 0
        return first > 1, widths.count(first), first

    csv.field_size_limit(FILE_BYTES)
    return max(DELIMITERS, key=parts)


def _csv(source: Path, folder: Path, encoding: str, delimiter: str) -> SheetFacts:
    csv.field_size_limit(
        FILE_BYTES
    )  # a quote that is never closed is one long cell, and one row that goes back
    with source.open(encoding=ENCODINGS[encoding], newline="") as file:
        rows = _limited(csv.reader(file, delimiter=delimiter))
        last, widest = write_table(folder / "0.csv", (("", cells) for cells in rows))
    if last == 0:
        raise FileRefused("The file has no rows: each of its lines is empty.")
    return SheetFacts("", last, widest, "0.csv")


def _limited(records: Iterator[list[str]]) -> Iterator[list[str]]:
    for number, cells in enumerate(records, 1):
        if number > FILE_ROWS + 1:
            raise FileRefused(f"The file has more than {FILE_ROWS:,} rows. Split it by year.")
        if number == 1 and len(cells) > COLUMNS:
            raise FileRefused(f"The header has {len(cells)} columns; {COLUMNS} can come in.")
        yield cells


# -- Workbooks -----------------------------------------------------------------------------------


def _workbook(source: Path, folder: Path) -> tuple[SheetFacts, ...]:
    limits = Limits(FILE_ROWS, COLUMNS, SHEETS, MEMORY_BYTES, SECONDS)
    try:
        return read_workbook(source, folder, limits)
    except WorkbookRefused as refusal:
        raise FileRefused(str(refusal)) from refusal
