"""The tables as one workbook for people: labels in place of codes, days as days, one sheet for each table."""

import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from dictionary.workbooks import writing
from dictionary.workbooks.writing import Cell, Sheet, without_moment, write_workbook
from reviews.packs.codebook import CODES, VARIABLES, Codebook
from reviews.packs.columns import Column
from reviews.packs.csv_files import TableFiles
from reviews.packs.tables import KEY, Table

_WIDTHS = {"text": 40, "links": 30, "codes": 34, "code": 24, "reason": 18}


def write_tables(files: TableFiles, book: Codebook, about: Sequence[str], target: Path) -> None:
    """Write the workbook: what it is, each table, and its codebook. The same rows are the same bytes."""
    sheets = [
        Sheet("Read me", [writing.Column("About these data", 110)], [[said] for said in about]),
        *(_sheet(table, files) for table in book.tables),
        _list("Codebook", VARIABLES, book.variables()),
        _list("Codes", CODES, book.codes()),
    ]
    with tempfile.NamedTemporaryFile(suffix=".xlsx", dir=files.folder) as whole:
        write_workbook(Path(whole.name), sheets)
        with target.open("wb") as out:
            without_moment(Path(whole.name), out)


def _list(title: str, names: Sequence[str], rows: Iterable[dict[str, str]]) -> Sheet:
    columns = [writing.Column(name, 24) for name in names]
    return Sheet(title, columns, ([row[name] for name in names] for row in rows))


def _sheet(table: Table, files: TableFiles) -> Sheet:
    columns = [
        writing.Column(
            column.name, 14 if column.name == KEY else _WIDTHS.get(column.kind, 14), note=column.label
        )
        for column in table.columns
    ]
    return Sheet(table.title, columns, _rows(table, files))


def _rows(table: Table, files: TableFiles) -> Iterator[Sequence[Cell]]:
    labels = [{code.code: code.label for code in column.codes} for column in table.columns]
    for cells in files.kept_rows(table):
        yield [
            _cell(column, cell, known)
            for column, cell, known in zip(table.columns, cells, labels, strict=True)
        ]


def _cell(column: Column, text: str, labels: dict[str, str]) -> Cell:
    if not text:
        return None
    match column.kind:
        case "integer":
            return int(text)
        case "flag":
            return int(text)
        case "date":
            with suppress(ValueError):
                return dt.date.fromisoformat(text)
        case "code" | "reason":
            return labels.get(text, text)
        case "codes":
            return "; ".join(labels.get(code, code) for code in text.split(";"))
    return text
