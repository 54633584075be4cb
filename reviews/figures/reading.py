"""From the rows of a file to what it says: so much of a figure, in a year. Rows of other agencies are passed by."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from reviews.figures.amounts import PLACES, amount_of, plainly, shown
from reviews.figures.known import COUNT, KNOWN, SHARE, label_of
from reviews.figures.mapping import (
    PARTS,
    SOURCE_CHARACTERS,
    VINTAGE_CHARACTERS,
    FigureMapping,
    Said,
    Spec,
)
from reviews.imports.mapping import kept_code
from reviews.imports.rows import WHOLE_ROW, Remark
from reviews.imports.table import OWN_COLUMNS, FileRefused, Row

FIRST_YEAR = 1900
# Full-time places of staff have fractions; children, reports and deaths have none.
_WHOLE = {one.key for one in KNOWN.values() if one.unit == COUNT} - {"caseworkers", "supervisors"}
JUMP = 8  # times as much as the year before: often a digit too many, or another unit
# What a row holds for us: figures, nothing, or what is another agency's.
FIGURES, NOTHING, OTHERS = range(3)
_YEAR = re.compile(r"(?:(?:F|FF|SF|C)Y\s*)?([0-9]{4})(?:\.0)?", re.IGNORECASE)
_TWO_YEARS = re.compile(r"[0-9]{4}\s*[-/–]\s*(?:[0-9]{2}|[0-9]{4})")


@dataclass(frozen=True)
class Told:
    """What one cell says."""

    row: int
    column: int
    spec: Spec
    year: int
    source: str
    vintage: str
    value: Decimal

    @property
    def key(self) -> tuple[str, int, str]:
        return self.spec.name, self.year, self.source


@dataclass
class Read:
    """What a row says, with what to look at; `figures` counts its cells that hold one, `gaps` those that are empty."""

    told: list[Told] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    unmapped: list[tuple[str, str]] = field(default_factory=list)
    figures: int = 0
    gaps: int = 0
    is_ours: bool = True

    @property
    def what(self) -> int:
        """FIGURES, NOTHING or OTHERS."""
        return OTHERS if not self.is_ours else FIGURES if self.figures else NOTHING


class FigureReader:
    """Reads the rows of one file under one mapping. Raises FileRefused when the header lacks a mapped column."""

    def __init__(self, mapping: FigureMapping, header: Sequence[str], *, today: dt.date) -> None:
        absent = sorted(mapping.columns - set(header))
        if absent:
            raise FileRefused(
                f"The file has no column {', '.join(f'“{name}”' for name in absent)}, which the mapping reads."
            )
        self.mapping, self.header, self.today = mapping, list(header), today
        self._at = {name: at for at, name in enumerate(self.header) if name}

    @property
    def unread(self) -> list[str]:
        """Columns that neither the mapping reads nor says to ignore; those that we wrote ourselves are none."""
        known = self.mapping.columns | self.mapping.ignored | set(OWN_COLUMNS)
        return [name for name in self.header if name and name not in known]

    def read(self, row: Row) -> Read:
        found = Read()
        if not any(cell.strip() for cell in row.cells):
            return found
        if self.mapping.mine and self._code(row, self._at[self.mapping.mine]) not in self.mapping.ours:
            found.is_ours = False
            return found
        cells = list(self._cells(row, found))
        found.figures = len(cells)
        if not cells:  # a footnote, gaps alone, a name that is left out: no year or source is asked
            return found
        year, source, vintage = self._year(row, found), self._source(row, found), self._vintage(row)
        for at, spec in cells:
            value = self._value(row, at, spec, found)
            if value is None or year is None or not source:
                continue
            found.told.append(Told(row.number, at, spec, year, source, vintage, value))
        return found

    def _cells(self, row: Row, found: Read) -> Iterator[tuple[int, Spec]]:
        """The cells of a row that hold a figure, and which."""
        mapped = [(self._at[column], spec) for column, spec in self.mapping.wide.items()]
        if self.mapping.names:
            name = self._code(row, self._at[self.mapping.names])
            spec = self.mapping.long.get(name)
            if spec is not None:
                mapped.append((self._at[self.mapping.value], spec))
            elif name not in self.mapping.long:
                self._unnamed(name, found)
        for at, spec in mapped:
            if self._is_blank(row, at):
                found.gaps += 1
            else:
                yield at, spec

    def _unnamed(self, name: str, found: Read) -> None:
        """A figure of which nobody has said what it is: counted and queued, never guessed."""
        if name:
            found.unmapped.append((self.mapping.names, name))
            message = f"Nobody has said yet which figure “{name[:60]}” is, so it was not read."
            fix = "Say it where the columns are mapped, or leave it out there."
            at = self._at[self.mapping.names]
            found.remarks.append(Remark(at, self.mapping.names, message, fix, about_code=True))

    # -- cells ----------------------------------------------------------------------------------

    def _cell(self, row: Row, name: str) -> str:
        return self._text(row, self._at[name])

    @staticmethod
    def _text(row: Row, at: int) -> str:
        return " ".join(row.cells[at].split()) if at < len(row.cells) else ""

    @staticmethod
    def _code(row: Row, at: int) -> str:
        return kept_code(row.cells[at]) if at < len(row.cells) else ""

    def _is_blank(self, row: Row, at: int) -> bool:
        return self._code(row, at) in self.mapping.blanks

    def _year(self, row: Row, found: Read) -> int | None:
        text = self._cell(row, self.mapping.year)
        match = _YEAR.fullmatch(text)
        year = int(match[1]) if match else 0
        if FIRST_YEAR <= year <= self.today.year + 1:
            return year
        message = f"“{text[:40]}” is not a year that can be." if text else "The row does not say its year."
        fix = f"Write one year, from {FIRST_YEAR} to {self.today.year + 1}."
        if _TWO_YEARS.fullmatch(text):
            message, fix = (
                f"“{text}” names two years.",
                "Write the one in which the budget or report year ends.",
            )
        self._return(found, self._at[self.mapping.year], "Year", message, fix)
        return None

    def _source(self, row: Row, found: Read) -> str:
        source = self._said(row, self.mapping.source)
        if source and len(source) <= SOURCE_CHARACTERS:
            return source
        at = self._at.get(self.mapping.source.column, WHOLE_ROW)
        message = (
            f"The source is longer than {SOURCE_CHARACTERS} characters." if source else "It has no source."
        )
        self._return(found, at, "Source", message, "Say where the figure comes from, in a few words.")
        return ""

    def _vintage(self, row: Row) -> str:
        return self._said(row, self.mapping.vintage)[:VINTAGE_CHARACTERS]

    def _said(self, row: Row, said: Said) -> str:
        return self._cell(row, said.column) if said.column else said.fixed

    def _value(self, row: Row, at: int, spec: Spec, found: Read) -> Decimal | None:
        text, label = self._text(row, at), label_of(spec.name)
        amount = amount_of(text)
        if amount is None:
            message = f"“{text[:40]}” is not a number."
            fix = "Write a number like 1,234 or 0.14, or leave the cell empty."
            self._return(found, at, label, message, fix)
            return None
        value, in_percent = amount
        if in_percent and spec.unit != SHARE:
            message = f"“{text}” is in percent, and “{label}” is not."
            self._return(
                found, at, label, message, "Correct the cell, or choose another figure for the column."
            )
            return None
        if in_percent or (spec.unit == SHARE and spec.written != PARTS):
            value = (value / 100).quantize(PLACES)
        for message, fix, returned in doubts(value, text, spec):
            found.remarks.append(Remark(at, label, message, fix, returned))
            if returned:
                return None
        return value

    # -- remarks --------------------------------------------------------------------------------

    @staticmethod
    def _return(found: Read, at: int, label: str, message: str, fix: str) -> None:
        found.remarks.append(Remark(at, label, message, fix, returned=True))


def said_twice(told: Sequence[Told]) -> dict[tuple[str, int, str], list[Told]]:
    """What stands in several cells for the same name, year and source: which of them counts is not ours to guess."""
    cells: dict[tuple[str, int, str], list[Told]] = {}
    for one in told:
        cells.setdefault(one.key, []).append(one)
    return {key: found for key, found in cells.items() if len(found) > 1}


def doubts(value: Decimal, text: str, spec: Spec) -> Iterator[tuple[str, str, bool]]:
    """What cannot be, or is hard to believe, of one value: message, mend, whether it goes back."""
    known = KNOWN.get(spec.name)
    if value < 0:
        yield f"“{text}” is less than nothing.", "Correct the cell.", True
    elif spec.unit == SHARE:
        yield from _doubts_about_a_share(
            value, text, spec, may_exceed=known is not None and known.may_exceed_all
        )
    elif value != value.to_integral_value() and spec.name in _WHOLE:
        yield f"“{text}” is no whole number.", "Look whether the column is a number, or a rate.", False


def _doubts_about_a_share(
    value: Decimal, text: str, spec: Spec, *, may_exceed: bool
) -> Iterator[tuple[str, str, bool]]:
    said = "as parts of one" if spec.written == PARTS else "in percent"
    if value > 1 and may_exceed and value <= 5:
        yield (
            f"“{text}” is {shown(value, SHARE)}: more than all.",
            "It came in. Look whether that is right.",
            False,
        )
    elif value > 1:
        message = f"“{text}” would be {shown(value, SHARE)}: more than all. The file was read {said}."
        yield message, "Correct the cell, or say where the columns are mapped how it is written.", True
    elif spec.written != PARTS and 0 < value < Decimal("0.01") and not text.endswith("%"):
        message = f"Is “{text}” meant as {plainly(value, SHARE)} percent, or as {plainly(value * 100, SHARE)} percent?"
        yield message, "It came in as the first. Correct the cell if it is the second.", False


def jumps(told: Sequence[Told]) -> Iterator[tuple[Told, str]]:
    """Values that are many times those of the year before or a small part of them, with what to say."""
    series: dict[tuple[str, str], list[Told]] = {}
    for one in told:
        series.setdefault((one.spec.name, one.source), []).append(one)
    for listed in series.values():
        listed.sort(key=lambda one: one.year)
        for before, after in pairwise(listed):
            low, high = sorted((before.value, after.value))
            if low > 0 and high >= JUMP * low:
                was = shown(before.value, before.spec.unit)
                yield (
                    after,
                    f"In {before.year} it was {was}; now it is {shown(after.value, after.spec.unit)}.",
                )
