"""Tables as CSV: UTF-8, one line a row, ISO dates, and no cell that a spreadsheet program would run.

A table is written twice as its rows come: as it goes out, and as it is, from which the workbook is written.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from dictionary.interchange.csv_bytes import quoted
from dictionary.values import keepable
from jurisdictions.formulas import guarded
from reviews.packs.tables import Table

LINE_BREAK = " ¶ "
_FIGURE = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class TableFiles:
    """The growing files of all tables of a pack. `widest` is the longest cell of each column, in bytes."""

    def __init__(self, folder: Path, tables: Sequence[Table]) -> None:
        self.folder, self.tables = folder, {table.key: table for table in tables}
        self.rows = dict.fromkeys(self.tables, 0)
        self.widest = {table.key: [1] * len(table.columns) for table in tables}
        self._said = {
            table.key: [_SAID.get(column.kind, inert) for column in table.columns] for table in tables
        }
        self._open = ExitStack()

    def __enter__(self) -> "TableFiles":
        self._files: dict[str, TextIO] = {}
        self._plain = {}
        for key, table in self.tables.items():
            self._files[key] = self._open.enter_context(_new(self.path(table)))
            self._files[key].write(line(table.names))
            self._plain[key] = csv.writer(self._open.enter_context(_new(self._kept(table))))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add(self, key: str, cells: Sequence[str]) -> None:
        cells = [keepable(cell) for cell in cells]
        self._plain[key].writerow(cells)
        out = [said(cell) for cell, said in zip(cells, self._said[key], strict=True)]
        self._files[key].write(line(out))
        self.rows[key] += 1
        widest = self.widest[key]
        for at, cell in enumerate(out):
            if len(cell) * 4 > widest[at]:
                widest[at] = max(widest[at], len(cell.encode()))

    def path(self, table: Table) -> Path:
        return self.folder / table.file

    def kept_rows(self, table: Table) -> Iterator[list[str]]:
        """The rows as they are, line breaks and all."""
        with self._kept(table).open(encoding="utf-8", newline="") as file:
            csv.field_size_limit(2**31 - 1)
            yield from csv.reader(file)

    def _kept(self, table: Table) -> Path:
        return self.folder / f"{table.key}.kept"


def outside(text: str) -> str:
    """A text as a cell of one line."""
    return guarded(LINE_BREAK.join(part for part in re.split(r"\s*\n\s*", text) if part))


def inert(text: str) -> str:
    """A code, a figure or words of our own as a cell: a number stands bare, nothing else begins like a formula."""
    return text if _FIGURE.fullmatch(text) else guarded(text)


_SAID = {"text": outside, "links": outside}


def line(cells: Sequence[str]) -> str:
    return ",".join(map(quoted, cells)) + "\n"


def _new(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="")
