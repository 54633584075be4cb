"""Files as somebody would have brought them: their sheets as plain tables, which is what unpacking makes of a file."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dictionary.workbooks.reading import SheetFacts
from reviews.imports.table import write_table
from reviews.imports.unpacking import FileFacts, Unpacked


def unpacked(
    name: str, sheets: Mapping[str, Sequence[Mapping[str, Any]]], folder: Path, *, size: int
) -> Unpacked:
    """A file of this name with these sheets, each a list of rows by column; a CSV file has one sheet without a name."""
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    facts = tuple(_sheet(sheet, rows, folder) for sheet, rows in sheets.items())
    return Unpacked(FileFacts(name, sha256, size), folder, facts)


def _sheet(name: str, rows: Sequence[Mapping[str, Any]], folder: Path) -> SheetFacts:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    cells = [[str(row.get(column, "")).strip() for column in columns] for row in rows]
    lines = (("t" * len(columns), line) for line in [columns, *cells])
    table = f"{name or 'table'}.csv"
    last, widest = write_table(folder / table, lines)
    return SheetFacts(name, last, widest, table)
