"""A plain table: one sheet of a file that somebody brings in, as text on disk, its rows at their own numbers.

Whatever came, a CSV file of any encoding or a workbook, is turned into this once (`unpacking`), and everything after
reads only this. A line holds first one letter for each cell (what the cell was), then the cells as text.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# What a cell was in its file; a CSV file has text alone.
TEXT, NUMBER, DATE, YES_NO, EMPTY = "t", "n", "d", "b", "-"
# What we write beside the rows of a person's file when it goes back.
OWN_COLUMNS = ("NPCS status", "NPCS number", "NPCS field", "NPCS message", "NPCS suggested fix")
_LINE_CHARACTERS = 32 * 1024 * 1024  # one cell that swallowed a whole file is read, and goes back as one row


class FileRefused(Exception):
    """The file as a whole cannot come in; the message says why and what to do."""


class NotOurLayout(FileRefused):
    """The file is not laid out as one of ours: somebody has to say what its columns mean."""


@dataclass(frozen=True)
class Row:
    """One row as it stands in the file. `number` is the row's number in a spreadsheet, counted from 1."""

    number: int
    cells: list[str]
    kinds: str = ""


@dataclass(frozen=True)
class Table:
    """One sheet of an unpacked file. `name` is empty for a CSV file, which has one; the header's row names the
    columns, what stands above it is no data."""

    path: Path
    name: str = ""
    header_row: int = 1

    @contextmanager
    def opened(self) -> Iterator[tuple[list[str], Iterator[Row]]]:
        """The names of the columns and the rows below them. One row is held at a time.

        Raises FileRefused when the header's row names no column.
        """
        with _lines(self.path) as lines:
            header = next((row for row in lines if row.number == self.header_row), Row(self.header_row, []))
            yield column_names(header.cells, self.header_row), (row for row in lines if row.cells)

    def first_rows(self, count: int) -> list[Row]:
        """The rows at the top of the sheet, with what stands above its header."""
        with _lines(self.path) as lines:
            return [row for row, _ in zip(lines, range(count), strict=False)]


@contextmanager
def _lines(path: Path) -> Iterator[Iterator[Row]]:
    csv.field_size_limit(_LINE_CHARACTERS)
    with path.open(encoding="utf-8", newline="") as file:
        yield (Row(number, cells, kinds) for number, (kinds, *cells) in enumerate(csv.reader(file), 1))


def write_table(path: Path, rows: Iterator[tuple[str, Sequence[str]]]) -> tuple[int, int]:
    """Write rows as (kinds, cells); return the number of the last row that holds something, and the widest row."""
    last = widest = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for number, (kinds, cells) in enumerate(rows, 1):
            writer.writerow([kinds, *cells])
            if cells:
                last, widest = number, max(widest, len(cells))
    return last, widest


def column_names(cells: Sequence[str], header_row: int = 1) -> list[str]:
    """The names in a header, each once: a name that stands over two columns is said with their letters, so that
    nobody takes one for the other. A column without a name keeps none. Raises FileRefused when none has one."""
    names = [" ".join(cell.split()) for cell in cells]
    if not any(names):
        raise FileRefused(
            f"Row {header_row} names no columns. Choose the row that holds the column headings."
        )
    times = Counter(names)
    return [
        f"{name} (column {letter(at)})" if name and times[name] > 1 else name for at, name in enumerate(names)
    ]


def letter(at: int) -> str:
    """The letter over a column in a spreadsheet: 0 is A, 26 is AA."""
    at, rest = divmod(at, 26)
    return (letter(at - 1) if at else "") + chr(ord("A") + rest)
