"""The workbook that goes back: the same rows at the same places, what became of each, and which cells to mend."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reviews.imports.reading import opened
from reviews.imports.rows import Remark
from reviews.workbook import Cell, Column, Marked, Sheet, write_workbook

if TYPE_CHECKING:
    from reviews.actions.import_incidents import Receipt

OWN_COLUMNS = ("NPCS status", "NPCS number", "NPCS field", "NPCS message", "NPCS suggested fix")
STATUS_WORDS = {"accepted": "Accepted", "warning": "Accepted, please look", "returned": "Returned"}
_WIDTHS = (22, 14, 28, 60, 48)


def write_marked(receipt: "Receipt", source: Path, target: Path) -> None:
    """Write the rows of the file back with a remark beside each that needs one."""
    with opened(source, encoding=receipt.mapping.encoding, delimiter=receipt.mapping.delimiter) as (
        header,
        rows,
    ):
        kept = [
            at
            for at in range(max(len(header), receipt.widest))
            if at >= len(header) or header[at] not in OWN_COLUMNS
        ]
        columns = [Column(header[at] if at < len(header) else "", 20) for at in kept]
        columns += [
            Column(label, width, wraps=True) for label, width in zip(OWN_COLUMNS, _WIDTHS, strict=True)
        ]
        body = _rows(receipt, ((row.number, row.cells) for row in rows), kept)
        write_workbook(
            target,
            [Sheet("Rows", columns, body), Sheet("Codes to map", _CODES, _codes(receipt)), _receipt(receipt)],
        )


_CODES = [Column("Column", 24), Column("Code in the file", 30), Column("Rows", 10), Column("What to do", 60)]


def _rows(
    receipt: "Receipt", rows: Iterator[tuple[int, list[str]]], kept: Sequence[int]
) -> Iterator[Sequence[Cell]]:
    expected = 2
    for number, cells in rows:
        yield from ([] for _ in range(number - expected))  # an empty line keeps its place
        expected = number + 1
        remarks = receipt.remarks.get(number, [])
        marked = {remark.column for remark in remarks}
        out: list[Cell] = []
        for at in kept:
            text = cells[at] if at < len(cells) else ""
            out.append(Marked(text) if at in marked else text)
        yield out + _own(receipt, number, remarks)


def _own(receipt: "Receipt", number: int, remarks: Sequence[Remark]) -> list[Cell]:
    status = STATUS_WORDS[receipt.status(number)]
    outcome = receipt.outcomes.get(number)
    ours = outcome.number if outcome and not receipt.dry_run else ""
    return [
        Marked(status) if remarks else status,
        ours,
        _lines([remark.label for remark in remarks]),
        _lines([remark.message for remark in remarks]),
        _lines([remark.fix for remark in remarks]),
    ]


def _lines(texts: Sequence[str]) -> str:
    """One text as it is; several as a numbered list, so that field, message and fix can be read across."""
    return texts[0] if len(texts) == 1 else "\n".join(f"{at}. {text}" for at, text in enumerate(texts, 1))


def _codes(receipt: "Receipt") -> Iterator[Sequence[Cell]]:
    for (column, code), rows in sorted(receipt.unmapped.items()):
        yield [column, code, rows, "Say in the mapping what it means, and bring the same file in again."]


def _receipt(receipt: "Receipt") -> Sheet:
    facts: list[tuple[Cell, Cell]] = [
        ("File", receipt.file.name),
        ("SHA-256 of the file", receipt.file.sha256),
        ("SHA-256 of the mapping", receipt.mapping.sha256),
        ("Dictionary edition", receipt.mapping.edition.number),
        ("Dry run", "yes: nothing was kept" if receipt.dry_run else "no"),
        ("Rows", receipt.rows),
        ("Accepted", receipt.accepted),
        ("Accepted with warnings", receipt.with_warnings),
        ("Returned", receipt.returned),
        ("New incidents", receipt.count("created")),
        ("Changed incidents", receipt.count("changed")),
        ("Unchanged incidents", receipt.count("unchanged")),
        ("Columns that nobody reads", ", ".join(receipt.unread)),
    ]
    return Sheet("Receipt", [Column("What", 28), Column("Value", 70)], facts)
