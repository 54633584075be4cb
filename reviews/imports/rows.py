"""One row of a file as incident, children and answers: what could be taken, and what a person should look at."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from dictionary import values
from dictionary.rules import Json, items_in
from dictionary.schema import Check, Item
from dictionary.workbooks.writing import CELL_CHARACTERS
from reviews.imports.cells import UNMAPPED, Taker, taker
from reviews.imports.mapping import FileMapping, Given, Source, kept_code
from reviews.imports.table import OWN_COLUMNS, FileRefused, Row

KEY_LENGTH = 120
WHOLE_ROW = -1


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to look at in one cell, or in the whole row; with `returned` the row did not come in."""

    column: int
    label: str
    message: str
    fix: str
    returned: bool = False
    about_code: bool = False  # its code or word waits for a meaning, and is told of with all of its kind


@dataclass(frozen=True)
class MappedAnswer:
    """`child` is the position of the child it is about; 0 means the incident. `value` is JSON, None means none."""

    child: int
    item: str
    value: str | None
    missing: str


@dataclass
class MappedRow:
    """What one row says, and the remarks on it."""

    number: int
    key: str = ""
    incident: dict[str, Any] = field(default_factory=dict)
    children: list[dict[str, Any]] = field(default_factory=list)
    answers: list[MappedAnswer] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    unmapped: list[tuple[str, str]] = field(default_factory=list)

    @property
    def returned(self) -> bool:
        return any(remark.returned for remark in self.remarks)

    @property
    def sha256(self) -> str:
        """What the row says, as one number: the same number means that there is nothing to do."""
        said = [list(self.incident.items()), [list(child.items()) for child in self.children]]
        said.append([(answer.child, answer.item, answer.value, answer.missing) for answer in self.answers])
        return hashlib.sha256(repr(said).encode()).hexdigest()


@dataclass(frozen=True)
class _Cell:
    """One mapped item, ready to read: where its cell stands and how its text becomes a value."""

    source: Source
    at: int
    take: Taker


class RowReader:
    """Reads rows of one file under one mapping. Raises FileRefused when the header lacks a mapped column."""

    def __init__(self, mapping: FileMapping, header: Sequence[str], *, today: dt.date) -> None:
        absent = sorted(mapping.columns - set(header))
        if absent:
            raise FileRefused(
                f"The file has no column {', '.join(f'“{name}”' for name in absent)}, which the mapping reads. "
                f"Its columns are: {', '.join(f'“{name[:60]}”' for name in header)}."
            )
        self.mapping, self.header, self.today = mapping, list(header), today
        self._key = [header.index(name) for name in mapping.key]
        self._items = [self._cell(source) for source in mapping.items]
        self._children = [[self._cell(source) for source in child] for child in mapping.children]
        self._checks = list(_checks(mapping, {source.item.key for source in mapping.items}, mapping.items))
        self._child_checks = [
            list(_checks(mapping, {source.item.key for source in (*mapping.items, *child)}, child))
            for child in mapping.children
        ]

    @property
    def unread(self) -> list[str]:
        """Columns that neither the mapping reads nor says to ignore; those that we wrote ourselves are none."""
        known = self.mapping.columns | self.mapping.ignored | set(OWN_COLUMNS)
        return [name for name in self.header if name and name not in known]

    def read(self, row: Row) -> MappedRow:
        mapped = MappedRow(row.number)
        mapped.remarks += unreadable(row, self.header)
        if mapped.remarks:
            return mapped
        mapped.key = " / ".join(" ".join(values.keepable(row.cells[at]).split()) for at in self._key)
        if not all(row.cells[at].strip() for at in self._key):
            self._whole(
                mapped, "It has no key, so it cannot be found again.", f"Fill in {self._names(self._key)}."
            )
        elif len(mapped.key) > KEY_LENGTH:
            self._whole(
                mapped, f"Its key is longer than {KEY_LENGTH} characters.", f"Check {self._names(self._key)}."
            )
            mapped.key = ""  # too long for an index, and no incident has it
        said: dict[str, Json] = {}
        for cell in self._items:
            value, missing = self._take(cell, row, mapped)
            said[cell.source.item.key] = value
            self._keep(mapped, cell.source.item, mapped.incident, value, missing, 0)
        self._look_at_incident(mapped)
        self._look(mapped, self._checks, said)
        for position, cells in enumerate(self._children, 1):
            if position > 1 and all(self._is_blank(cell, row) for cell in cells if cell.source.column):
                continue
            self._read_child(cells, row, mapped, said, position)
        return mapped

    def _read_child(
        self, cells: list[_Cell], row: Row, mapped: MappedRow, said: dict[str, Json], position: int
    ) -> None:
        child: dict[str, Any] = {"position": position}
        own: dict[str, Json] = {}
        for cell in cells:
            value, missing = self._take(cell, row, mapped)
            own[cell.source.item.key] = value
            self._keep(mapped, cell.source.item, child, value, missing, position)
        unit_is_fixed = any(cell.source.item.key == "age_unit" and cell.source.fixed for cell in cells)
        if child.get("age_value") is None and unit_is_fixed:
            child["age_unit"] = None
        if (child.get("age_value") is None) != (not child.get("age_unit")) and not mapped.returned:
            message = "An age needs both a number and a unit."
            self._warn(mapped, cells, "age_value", message, "Fill in both, or neither.", returned=True)
        mapped.children.append(child)
        self._look(mapped, self._child_checks[position - 1], {**said, **own}, cells)

    # -- cells ----------------------------------------------------------------------------------

    def _cell(self, source: Source) -> _Cell:
        at = self.header.index(source.column) if source.column else WHOLE_ROW
        return _Cell(source, at, taker(source))

    def _is_blank(self, cell: _Cell, row: Row) -> bool:
        return kept_code(row.cells[cell.at]) in self.mapping.blanks

    def _take(self, cell: _Cell, row: Row, mapped: MappedRow) -> Given:
        source = cell.source
        if source.fixed is not None:
            return source.fixed
        text = row.cells[cell.at]
        if kept_code(text) in self.mapping.blanks:
            return source.when_blank
        value, missing, wrong = cell.take(text)
        if not wrong:
            return value, missing
        if wrong == UNMAPPED:
            self._unmapped(cell, text, mapped)
            return value, missing
        fix = "Write it so, or as 2019-03-24." if source.item.type == "date" else "Correct the cell."
        mapped.remarks.append(Remark(cell.at, source.item.label, wrong, fix, returned=True))
        return None, ""

    def _unmapped(self, cell: _Cell, text: str, mapped: MappedRow) -> None:
        """Counted and queued, never guessed; without its type a row cannot come in at all."""
        source = cell.source
        known = set(source.codes or {choice.code for choice in source.item.choices})
        codes = [text] if source.item.type == "choice" else text.split(source.separator or "\0")
        for code in {kept_code(code) for code in codes} - known - {""}:
            mapped.unmapped.append((source.column, code))
            mapped.remarks.append(without_a_meaning(cell.at, source.item, code))

    @staticmethod
    def _keep(
        mapped: MappedRow, item: Item, columns: dict[str, Any], value: Json, missing: str, child: int
    ) -> None:
        if item.is_column:
            columns[item.key] = value
            return
        text = None if value is None else json.dumps(value, ensure_ascii=False)
        mapped.answers.append(MappedAnswer(child, item.key, text, missing))

    # -- what to look at ------------------------------------------------------------------------

    def _look_at_incident(self, mapped: MappedRow) -> None:
        if not mapped.incident.get("incident_type") and not mapped.returned:
            self._warn(
                mapped,
                self._items,
                "incident_type",
                "No incident goes without its type.",
                "Fill in the type.",
                returned=True,
            )
        day = mapped.incident.get("occurred_on")
        for key in ("occurred_on", "aware_on"):
            given = mapped.incident.get(key)
            if given and given > self.today.isoformat():
                self._warn(
                    mapped, self._items, key, "This day has not come yet.", "Check the year.", returned=True
                )
        if not day and not mapped.returned:
            self._warn(
                mapped,
                self._items,
                "occurred_on",
                "It came in without a date.",
                "Fill in the date when it is known.",
            )

    def _look(
        self,
        mapped: MappedRow,
        checks: list[tuple[Item, Check]],
        said: dict[str, Json],
        cells: list[_Cell] | None = None,
    ) -> None:
        for item, check in checks:
            if said.get(item.key) is not None and not check.holds(said):
                self._warn(mapped, cells or self._items, item.key, check.message, "Check this cell.")

    def _warn(
        self,
        mapped: MappedRow,
        cells: list[_Cell],
        key: str,
        message: str,
        fix: str,
        *,
        returned: bool = False,
    ) -> None:
        item = self.mapping.edition.item(key)
        at = next((cell.at for cell in cells if cell.source.item.key == key), WHOLE_ROW)
        mapped.remarks.append(Remark(at, item.label, message, fix, returned))

    def _whole(self, mapped: MappedRow, message: str, fix: str) -> None:
        mapped.remarks.append(_whole(message, fix))

    def _names(self, columns: Sequence[int]) -> str:
        return " and ".join(f"“{self.header[at]}”" for at in columns)


def _checks(mapping: FileMapping, mapped: set[str], own: Sequence[Source]) -> Iterator[tuple[Item, Check]]:
    """The hard checks of mapped items that speak of mapped items alone; others cannot be judged from the file."""
    for source in own:
        for check in source.item.checks:
            if set(items_in(check.rule)) <= mapped:
                yield source.item, check


def unreadable(row: Row, header: Sequence[str]) -> Iterator[Remark]:
    """What keeps a row from being read at all: nothing in it, cells beside the header, a cell beyond every limit."""
    if not any(cell.strip() for cell in row.cells):
        yield _whole("The row is empty.", "Take it out, or fill it in.")
    elif len(row.cells) != len(header):
        yield _whole(
            f"It has {len(row.cells)} cells, and the header has {len(header)}.",
            "Often a text holds a comma or a quote: put the whole text into quotes.",
        )
    for at, cell in enumerate(row.cells[: len(header)]):
        if len(cell) > CELL_CHARACTERS:
            message = f"This cell has {len(cell):,} characters; {CELL_CHARACTERS:,} can come in."
            fix = "Shorten it. If it swallowed the rows below, close the quote at its end."
            yield Remark(at, header[at], message, fix, returned=True)
        elif "\0" in cell:
            message, fix = "This cell holds a character (NUL) that no text holds.", "Type the cell anew."
            yield Remark(at, header[at], message, fix, returned=True)


def without_a_meaning(column: int, item: Item, code: str) -> Remark:
    """That nobody has said what a code means; without its type an incident cannot come in at all."""
    return Remark(
        column,
        item.label,
        f"Nobody has said yet what “{code[:60]}” means, so this item has no answer.",
        "Say what it means in the mapping, and bring the file in again.",
        returned=item.key == "incident_type",
        about_code=True,
    )


def _whole(message: str, fix: str) -> Remark:
    return Remark(WHOLE_ROW, "The whole row", message, fix, returned=True)
