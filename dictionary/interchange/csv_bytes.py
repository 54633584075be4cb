"""A CSV file as cells that remember how they were written, so that what nobody changed is written back the same."""

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dictionary.interchange.losses import Problem, Refused

FILE_BYTES = 10 * 1024 * 1024
FILE_ROWS = 20_000
DELIMITERS = (",", ";", "\t")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ENDS = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class Cell:
    """What a cell says, and the very characters that say so (empty: whatever the file's style wants)."""

    text: str
    written: str | None = None


@dataclass(frozen=True)
class Line:
    """One record, with the end of line that stood behind it."""

    cells: tuple[Cell, ...]
    end: str

    def texts(self) -> list[str]:
        return [cell.text for cell in self.cells]


@dataclass(frozen=True)
class CsvFile:
    """Lines in order, with the mark before the first, the encoding and the delimiter."""

    lines: tuple[Line, ...]
    mark: bytes = b""
    encoding: str = "utf-8"
    delimiter: str = ","

    def to_bytes(self) -> bytes:
        """The file. A character that an old encoding does not have makes it a UTF-8 file with its mark."""
        text = "".join(self._line(line) for line in self.lines)
        try:
            return self.mark + text.encode(self.encoding)
        except UnicodeEncodeError:
            return codecs.BOM_UTF8 + text.encode()

    def _line(self, line: Line) -> str:
        return self.delimiter.join(self._cell(cell) for cell in line.cells) + line.end

    def _cell(self, cell: Cell) -> str:
        if cell.written is not None:
            return cell.written
        return quoted(cell.text, self.delimiter)

    @property
    def end(self) -> str:
        """How lines end in this file."""
        return next((line.end for line in self.lines if line.end), "\n")


def quoted(text: str, delimiter: str = ",") -> str:
    if any(mark in text for mark in (delimiter, '"', "\n", "\r")) or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text


def changed(line: Line, at: int, text: str) -> Line:
    """The line with another text in one cell; quoted as that cell was."""
    before = line.cells[at]
    was_quoted = before.written is not None and before.written.startswith('"')
    written = '"' + text.replace('"', '""') + '"' if was_quoted else None
    return replace(line, cells=(*line.cells[:at], Cell(text, written), *line.cells[at + 1 :]))


def new_file(rows: Sequence[Sequence[str]]) -> CsvFile:
    return CsvFile(tuple(Line(tuple(Cell(text) for text in row), "\n") for row in rows))


def parse(data: bytes) -> CsvFile:
    """The file's lines and cells. Raises Refused for what is no text, too large, or a quote that never closes."""
    if len(data) > FILE_BYTES:
        raise Refused([Problem(0, "", f"The file is larger than {FILE_BYTES // 1024 // 1024} MiB.")])
    mark, encoding, text = _decoded(data)
    if "\0" in text:
        raise Refused([Problem(0, "", "This is no CSV file. Save the data dictionary as CSV.")])
    header = text[: next((found.start() for found in _ENDS.finditer(text)), len(text))]
    delimiter = max(DELIMITERS, key=header.count)
    return CsvFile(tuple(_lines(text, delimiter)), mark, encoding, delimiter)


def _decoded(data: bytes) -> tuple[bytes, str, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return mark, encoding, data[len(mark) :].decode(encoding)
            except UnicodeDecodeError:
                raise Refused([Problem(0, "", "The file is damaged. Save it as “CSV UTF-8”.")]) from None
    for encoding in ("utf-8", "cp1252"):
        try:
            return b"", encoding, data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused([Problem(0, "", "The file is neither UTF-8 nor Windows-1252. Save it as “CSV UTF-8”.")])


def _lines(text: str, delimiter: str) -> Iterator[Line]:
    at, records = 0, 0
    while at < len(text):
        cells: list[Cell] = []
        while True:
            cell, at = _cell(text, at, delimiter, row=records + 1, column=len(cells) + 1)
            cells.append(cell)
            if at >= len(text) or text[at] != delimiter:
                break
            at += 1
        found = _ENDS.match(text, at)
        end = found[0] if found else ""
        at += len(end)
        records += 1
        if records > FILE_ROWS:
            raise Refused([Problem(0, "", f"The file has more than {FILE_ROWS:,} rows.")])
        yield Line(tuple(cells), end)


def _cell(text: str, at: int, delimiter: str, *, row: int, column: int) -> tuple[Cell, int]:
    """The cell that begins here and where it ends."""
    stops = re.compile(f"[{re.escape(delimiter)}\r\n]")
    if not text.startswith('"', at):
        found = stops.search(text, at)
        end = found.start() if found else len(text)
        return Cell(text[at:end], text[at:end]), end
    inner = at + 1
    while True:
        close = text.find('"', inner)
        if close < 0:
            raise _quote(row, column, "A quote opens here and never closes. Close it with a second quote.")
        if not text.startswith('""', close):
            break
        inner = close + 2
    end = close + 1
    if end < len(text) and not stops.match(text, end):
        raise _quote(row, column, "Text stands behind a closing quote. Write quotes inside a cell twice.")
    return Cell(text[at + 1 : close].replace('""', '"'), text[at:end]), end


def _quote(row: int, column: int, message: str) -> Refused:
    return Refused([Problem(row, f"column {column}", message)])
