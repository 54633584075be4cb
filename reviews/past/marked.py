"""The workbook of past reviews that goes back: every sheet as it came, what became of each row, which cells to mend."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dictionary.workbooks.writing import Cell, Column, Marked, Sheet, write_workbook
from reviews.imports.marked import CODES, OWN_WIDTHS, STATUS_WORDS, cells_of, codes_to_map, in_lines
from reviews.imports.rows import Remark
from reviews.imports.table import OWN_COLUMNS, Table
from reviews.past.mapping import PastMapping

if TYPE_CHECKING:
    from reviews.actions.import_past import PastReceipt

_WAITS = "Waits: another row of its review goes back"
_PASSED_BY = "Not read: nobody has said what it is"


def write_marked_past(receipt: "PastReceipt", target: Path) -> None:
    """Write the sheets back, each row and cell where it stood, with a remark beside each row that needs one."""
    sheets = [_sheet(receipt, name, table) for name, table in receipt.past.tables.items()]
    if isinstance(receipt.mapping, PastMapping):
        sheets.append(Sheet("Codes to map", CODES, codes_to_map(receipt.past.unmapped)))
    write_workbook(target, [*sheets, _receipt(receipt)])


def _sheet(receipt: "PastReceipt", name: str, table: Table) -> Sheet:
    top = table.first_rows(table.header_row)
    named = top[-1].cells
    kept = [at for at in range(len(named)) if named[at] not in OWN_COLUMNS]
    columns = [Column(named[at], 24, wraps=True) for at in kept]
    columns += [
        Column(label, width, wraps=True) for label, width in zip(OWN_COLUMNS, OWN_WIDTHS, strict=True)
    ]
    above = [cells_of(row, kept) for row in top[:-1]]
    return Sheet(name, columns, _rows(receipt, name, table, kept), above=above)


def _rows(receipt: "PastReceipt", name: str, table: Table, kept: Sequence[int]) -> Iterator[Sequence[Cell]]:
    reviews = _reviews_by_row(receipt)
    with table.opened() as (_, rows):
        expected = table.header_row + 1
        for row in rows:
            yield from ([] for _ in range(row.number - expected))  # an empty line keeps its place
            expected = row.number + 1
            at = (name, row.number)
            remarks = receipt.past.remarks.get(at, [])
            yield [
                *cells_of(row, kept, marked={remark.column for remark in remarks}),
                *_own(receipt, at, reviews.get(at, ""), remarks),
            ]


def _own(receipt: "PastReceipt", at: tuple[str, int], key: str, remarks: Sequence[Remark]) -> list[Cell]:
    review = receipt.past.reviews.get(key)
    stays_out = review is None or receipt.past.returned(review)
    if any(remark.returned for remark in remarks):
        status: Cell = Marked(STATUS_WORDS["returned"])
    elif at in receipt.past.passed_by:
        status = _PASSED_BY
    elif stays_out:
        status = _WAITS
    else:
        status = Marked(STATUS_WORDS["warning"]) if remarks else STATUS_WORDS["accepted"]
    ours = receipt.outcomes[key][1] if key in receipt.outcomes and not receipt.dry_run else ""
    told = [in_lines([getattr(remark, part) for remark in remarks]) for part in ("label", "message", "fix")]
    return [status, ours, *told]


def _reviews_by_row(receipt: "PastReceipt") -> dict[tuple[str, int], str]:
    """The key of the review that each row belongs to."""
    return {at: key for key, review in receipt.past.reviews.items() for at in review.places}


def _mapping_sha256(receipt: "PastReceipt") -> str:
    return (receipt.mapping.sha256 if receipt.mapping else "") or "none: the layout is ours"


def _receipt(receipt: "PastReceipt") -> Sheet:
    facts: list[tuple[Cell, Cell]] = [
        ("File", receipt.file.name),
        ("SHA-256 of the file", receipt.file.sha256),
        ("SHA-256 of the mapping", _mapping_sha256(receipt)),
        ("Dictionary edition", receipt.edition),
        ("Dry run", "yes: nothing was kept" if receipt.dry_run else "no"),
        ("Reviews", receipt.rows),
        ("Accepted", receipt.accepted),
        ("Accepted with warnings", receipt.with_warnings),
        ("Returned", receipt.returned),
        ("New reviews", receipt.count("created")),
        ("As they were", receipt.count("unchanged")),
        ("What nobody reads", ", ".join(receipt.past.unread)),
    ]
    return Sheet("Receipt", [Column("What", 28), Column("Value", 70)], facts)
