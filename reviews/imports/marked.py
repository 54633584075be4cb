"""The workbook that goes back: the same rows at the same places, what became of each, and which cells to mend."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dictionary.workbooks.writing import Cell, Column, Marked, Sheet, Value, write_workbook
from reviews.imports.rows import Remark
from reviews.imports.table import DATE, NUMBER, OWN_COLUMNS, YES_NO, Row

if TYPE_CHECKING:
    from reviews.actions.import_figures import FigureReceipt
    from reviews.actions.import_incidents import Receipt

    type Marking = Receipt | FigureReceipt

OWN_SHEETS = ("Codes to map", "What changes", "Receipt")
STATUS_WORDS = {
    "accepted": "Accepted",
    "warning": "Accepted, please look",
    "returned": "Returned",
    "passed_by": "Not yours: not read",
    "nothing_read": "Nothing read here",
}
OWN_WIDTHS = (22, 14, 28, 60, 48)


def write_marked(receipt: "Marking", target: Path) -> None:
    """Write the rows of the file back with a remark beside each that needs one. Each cell stands where it stood, so
    that the workbook can be mended and brought in again; columns of an earlier return are left out."""
    table = receipt.table
    with table.opened() as (header, rows):
        kept = [
            at
            for at in range(max(len(header), receipt.widest))
            if at >= len(header) or header[at] not in OWN_COLUMNS
        ]
        top = table.first_rows(table.header_row)
        named = next((row.cells for row in top if row.number == table.header_row), [])
        columns = [Column(named[at] if at < len(named) else "", 20) for at in kept]
        columns += [
            Column(label, width, wraps=True) for label, width in zip(OWN_COLUMNS, OWN_WIDTHS, strict=True)
        ]
        sheets = [
            Sheet(
                table.name or "Rows",
                columns,
                _rows(receipt, rows, kept),
                above=[cells_of(row, kept) for row in top[: table.header_row - 1]],
            ),
            Sheet("Codes to map", CODES, codes_to_map(receipt.unmapped)),
            Sheet("What changes", _CHANGES, _changes(receipt)),
            _receipt(receipt),
        ]
        write_workbook(target, sheets)


CODES = [Column("Column", 24), Column("Code in the file", 30), Column("Rows", 10), Column("What to do", 60)]
_CHANGES = [
    Column("Row", 8),
    Column("NPCS number", 14),
    Column("NPCS field", 36),
    Column("Stands here", 60, wraps=True),
    Column("In the file", 60, wraps=True),
]


def _rows(receipt: "Marking", rows: Iterator[Row], kept: Sequence[int]) -> Iterator[Sequence[Cell]]:
    expected = receipt.table.header_row + 1
    for row in rows:
        yield from ([] for _ in range(row.number - expected))  # an empty line keeps its place
        expected = row.number + 1
        remarks = receipt.remarks.get(row.number, [])
        yield [
            *cells_of(row, kept, marked={remark.column for remark in remarks}),
            *_own(receipt, row.number, remarks),
        ]


def cells_of(row: Row, kept: Sequence[int], *, marked: Collection[int] = ()) -> list[Cell]:
    """The cells of a row that are kept, each as what it was; the marked ones on a coloured ground."""
    return [Marked(_value(row, at)) if at in marked else _value(row, at) for at in kept]


def _value(row: Row, at: int) -> Value:
    """The cell as what it was in its file: a number stays a number and a day a day."""
    text = row.cells[at] if at < len(row.cells) else ""
    match row.kinds[at : at + 1]:
        case kind if kind == NUMBER:
            return float(text) if "." in text or "e" in text else int(text)
        case kind if kind == DATE:
            return dt.datetime.fromisoformat(text) if " " in text else dt.date.fromisoformat(text)
        case kind if kind == YES_NO:
            return text == "TRUE"
    return text


def _own(receipt: "Marking", number: int, remarks: Sequence[Remark]) -> list[Cell]:
    status = STATUS_WORDS[receipt.status(number)]
    outcome = receipt.outcomes.get(number)
    ours = outcome.number if outcome and not receipt.dry_run else ""
    return [
        Marked(status) if remarks else status,
        ours,
        in_lines([remark.label for remark in remarks]),
        in_lines([remark.message for remark in remarks]),
        in_lines([remark.fix for remark in remarks]),
    ]


def in_lines(texts: Sequence[str]) -> str:
    """One text as it is; several as a numbered list, so that field, message and fix can be read across."""
    return texts[0] if len(texts) == 1 else "\n".join(f"{at}. {text}" for at, text in enumerate(texts, 1))


def codes_to_map(unmapped: Mapping[tuple[str, str], int]) -> Iterator[Sequence[Cell]]:
    """The codes without a meaning, by column, with how many rows each is in."""
    for (column, code), rows in sorted(unmapped.items()):
        yield [column, code, rows, "Say in the mapping what it means, and bring the same file in again."]


def _changes(receipt: "Marking") -> Iterator[Sequence[Cell]]:
    for change in receipt.changes:
        yield [change.row, change.number, change.label, change.before, change.after]


def _receipt(receipt: "Marking") -> Sheet:
    return Sheet("Receipt", [Column("What", 28), Column("Value", 70)], receipt.facts)
