"""Reading the workbook of past reviews: each row to its review, each cell to its item, and what is to be mended."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from dictionary.rules import Json
from dictionary.schema import Edition, Item
from dictionary.values import date_words
from dictionary.workbooks.writing import CELL_CHARACTERS
from reviews.imports.days import day_of
from reviews.imports.mapping import kept_code
from reviews.imports.proposing import plain
from reviews.imports.rows import KEY_LENGTH, WHOLE_ROW, Remark
from reviews.imports.table import OWN_COLUMNS, FileRefused, NotOurLayout, Row, Table
from reviews.imports.unpacking import Unpacked
from reviews.past import layout as past
from reviews.past.cells import DAY_FORMS, take
from reviews.past.layout import Column, SheetLayout
from reviews.past.links import link_words, not_numbered, number_in, numbers, section_of
from reviews.past.words import NO_WORDS, Words

type Given = tuple[Json, str]  # a value, and the reason that stands in its place

MOST_REVIEWS = 2_000
FIRST_DAY = "1900-01-01"
# What is wrong with a child's row, and how to mend it.
HALF_AN_AGE = ("An age needs both a number and a unit.", "Fill in both, or neither.")


@dataclass
class PastEntry:
    """One entry of a past review: what is said of it, and the entries that it points at, by their sections."""

    section: str
    number: int
    at: tuple[str, int]  # sheet and row
    columns: dict[str, Any] = field(default_factory=dict)  # of a child
    answers: dict[str, Given] = field(default_factory=dict)
    points_at: dict[str, list[tuple[str, int]]] = field(default_factory=dict)  # item: (section, number)
    from_need: int | None = None
    ratings: dict[str, Given] = field(default_factory=dict)

    @property
    def has_half_an_age(self) -> bool:
        return (self.columns.get("age_value") is None) != (not self.columns.get("age_unit"))


@dataclass
class PastReview:
    """One past review, whole. `ours` is the number of an incident that is here already, where the file names one."""

    key: str
    at: tuple[str, int]
    ours: str = ""
    closed_on: str | None = None
    incident: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Given] = field(default_factory=dict)
    entries: dict[str, list[PastEntry]] = field(default_factory=dict)
    ratings: dict[str, Given] = field(default_factory=dict)
    points_at: dict[str, list[tuple[str, int]]] = field(
        default_factory=dict
    )  # as an entry's, of what is said once
    other_rows: list[tuple[str, int]] = field(default_factory=list)  # of ratings, and what could not be read

    def entry(self, section: str, number: int) -> PastEntry | None:
        return next((one for one in self.entries.get(section, []) if one.number == number), None)

    @property
    def every_entry(self) -> Iterator[PastEntry]:
        for entries in self.entries.values():
            yield from entries

    @property
    def places(self) -> set[tuple[str, int]]:
        """The rows that tell of it, as sheet and row."""
        return {self.at, *(entry.at for entry in self.every_entry), *self.other_rows}


@dataclass
class PastFile:
    """A workbook as it was read: its reviews, and the remarks by sheet and row."""

    tables: dict[str, Table] = field(default_factory=dict)  # by the sheet's own name
    reviews: dict[str, PastReview] = field(default_factory=dict)
    remarks: dict[tuple[str, int], list[Remark]] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)  # sheets and columns that nobody knows
    unmapped: Counter[tuple[str, str]] = field(
        default_factory=Counter
    )  # codes and words without a meaning, by column
    passed_by: set[tuple[str, int]] = field(default_factory=set)  # rows that are nothing of ours

    def remark(self, at: tuple[str, int], remark: Remark) -> None:
        self.remarks.setdefault(at, []).append(remark)

    def returned(self, review: PastReview) -> bool:
        """Whether something of it cannot come in; then none of it does."""
        return any(remark.returned for remark in self.remarks_on(review))

    def remarks_on(self, review: PastReview) -> list[Remark]:
        return [remark for place in review.places for remark in self.remarks.get(place, ())]


def read_past(file: Unpacked, edition: Edition, words: Words = NO_WORDS) -> PastFile:
    """Everything that a workbook says, with what its agency's own words mean. Raises NotOurLayout where nothing in it
    looks like our workbook of past reviews, and FileRefused where something does and a part is missing."""
    reader = _Reader(file, edition, words)
    reader.read()
    return reader.found


def look_over(found: PastFile, review: PastReview, edition: Edition, today: dt.date) -> None:
    """What no single row can show: an entry that is named and not there, a day to come."""

    def wrong(at: tuple[str, int], message: str, fix: str) -> None:
        found.remark(at, Remark(WHOLE_ROW, "The whole row", message, fix, returned=True))

    for day in (review.closed_on, review.incident.get("occurred_on"), review.incident.get("aware_on")):
        if day and not FIRST_DAY <= day <= today.isoformat():
            message = f"{date_words(day)} cannot be: it has not come yet, or is too long ago."
            wrong(review.at, message, "Check the year.")
    said: list[PastReview | PastEntry] = [review, *review.every_entry]
    for entry in said:
        named = [target for targets in entry.points_at.values() for target in targets]
        if isinstance(entry, PastEntry) and entry.from_need is not None:
            named.append(("needs", entry.from_need))
        for section, number in named:
            if review.entry(section, number) is None:
                what = edition.section(section).repeats
                message = f"It names {what} {number}, and the review has no such {what}."
                wrong(entry.at, message, "Correct the number, or add the entry.")


class _Reader:
    def __init__(self, file: Unpacked, edition: Edition, words: Words) -> None:
        self.file, self.edition, self.words = file, edition, words
        self.found = PastFile()
        self.layouts = past.layout(edition)
        self.factors = past.factors(edition)

    def read(self) -> None:
        sheets = self._sheets()
        if not any(self._is_ours(sheet, sheets[sheet.key]) for sheet in self.layouts if sheet.key in sheets):
            raise NotOurLayout(
                "The workbook has no sheet that is laid out as in ours. Say what its columns mean."
            )
        if past.REVIEWS not in sheets:
            raise FileRefused(
                "The workbook has no sheet “Reviews”. Begin with our template: it has one sheet for each kind of entry."
            )
        for sheet in self.layouts:
            if sheet.key in sheets:
                self._read_sheet(sheet, sheets[sheet.key])
        if not self.found.reviews:
            raise FileRefused("The sheet “Reviews” has no rows. Write one for each review.")
        for review in self.found.reviews.values():
            look_over(self.found, review, self.edition, timezone.localdate())

    @staticmethod
    def _is_ours(sheet: SheetLayout, table: Table) -> bool:
        """Whether at least half of a sheet's headings are those that our workbook has there."""
        first = table.first_rows(1)
        named = [cell for cell in first[0].cells if cell.strip() and cell not in OWN_COLUMNS] if first else []
        known = [cell for cell in named if any(column.is_called(cell) for column in sheet.columns)]
        return bool(known) and len(known) * 2 >= len(named)

    def _sheets(self) -> dict[str, Table]:
        """The sheets by what they hold. A sheet that is none of ours is said to be unread; help and lists are ours."""
        found: dict[str, Table] = {}
        for facts in self.file.sheets:
            known = next((sheet for sheet in self.layouts if sheet.is_called(facts.name)), None)
            if known is not None and known.key in found:
                self.found.unread.append(f"sheet “{facts.name}”: another holds the same")
            elif known is not None:
                found[known.key] = self.found.tables[facts.name] = self.file.table(facts.name)
            elif facts.name not in past.OWN_SHEETS:
                self.found.unread.append(f"sheet “{facts.name}”")
        return found

    def _read_sheet(self, sheet: SheetLayout, table: Table) -> None:
        with table.opened() as (header, rows):
            columns = self._columns(sheet, header, table.name)
            for row in rows:
                if any(cell.strip() for cell in row.cells):
                    self._read_row(sheet, (table.name, row.number), _Cells(self, columns, row, table.name))

    def _columns(self, sheet: SheetLayout, header: list[str], name: str) -> dict[int, Column]:
        found: dict[int, Column] = {}
        for at, heading in enumerate(header):
            column = next((column for column in sheet.columns if heading and column.is_called(heading)), None)
            if column is not None:
                found[at] = column
            elif heading and not heading.startswith("NPCS "):
                self.found.unread.append(f"“{heading[:60]}” on “{name}”")
        if past.REVIEW not in found.values():
            raise FileRefused(
                f"Sheet “{name}” has no column “Review”, which says to which review a row belongs."
            )
        return found

    def _read_row(self, sheet: SheetLayout, at: tuple[str, int], cells: "_Cells") -> None:
        key = cells.text(past.REVIEW)
        if not key or len(key) > KEY_LENGTH:
            cells.wrong(
                past.REVIEW, "The row does not say to which review it belongs.", "Fill in its number."
            )
        elif sheet.key == past.REVIEWS:
            self._review(key, at, cells)
        elif key not in self.found.reviews:
            message = f"There is no review “{key[:60]}” on the sheet “Reviews”."
            cells.wrong(past.REVIEW, message, "Correct the number, or add the review there.")
        elif sheet.key == past.RATINGS:
            self.found.reviews[key].other_rows.append(at)
            self._rating(self.found.reviews[key], cells)
        else:
            self._entry(sheet, self.found.reviews[key], at, cells)

    def _review(self, key: str, at: tuple[str, int], cells: "_Cells") -> None:
        if key in self.found.reviews:
            first = self.found.reviews[key].at[1]
            cells.wrong(past.REVIEW, f"Row {first} has this number already.", "Give each its own.")
            return
        if len(self.found.reviews) >= MOST_REVIEWS:
            raise FileRefused(f"The workbook has more than {MOST_REVIEWS:,} reviews. Split it.")
        review = PastReview(key, at, ours=cells.text(past.OURS), closed_on=self._closed_on(cells))
        self.found.reviews[key] = review
        for item, given in cells.given():
            if item.is_column:
                review.incident[item.key] = given[0]
            else:
                review.answers[item.key] = given
        column = next(
            (column for column in cells.columns.values() if column.key == "incident_type"), past.REVIEW
        )
        is_told = any(remark.label == column.label for remark in self.found.remarks.get(at, ()))
        if not (review.incident.get("incident_type") or review.ours or is_told):
            cells.wrong(column, "No incident goes without its type.", "Fill in the type.")

    def _closed_on(self, cells: "_Cells") -> str | None:
        text = cells.text(past.CLOSED_ON)
        day = day_of(text, DAY_FORMS) if text else None
        if text and day is None:
            cells.wrong(
                past.CLOSED_ON, f"“{text[:40]}” is not a date.", "Write it like 2019-03-24 or 03/24/2019."
            )
        return day.isoformat() if day else None

    def _entry(self, sheet: SheetLayout, review: PastReview, at: tuple[str, int], cells: "_Cells") -> None:
        entries = review.entries.setdefault(sheet.key, [])
        number = cells.number(past.NUMBER, sheet.key) or len(entries) + 1
        if review.entry(sheet.key, number) is not None:
            cells.wrong(
                past.NUMBER, f"The review has a No. {number} on this sheet already.", "Number them 1, 2, 3 …"
            )
            review.other_rows.append(at)
            return
        entry = PastEntry(sheet.key, number, at, from_need=cells.number(past.FROM_NEED, "needs"))
        entries.append(entry)
        for item, given in cells.given():
            if item.is_column:
                entry.columns[item.key] = given[0]
            else:
                entry.answers[item.key] = given
        entry.points_at = dict(cells.links(self.edition))
        if entry.has_half_an_age:
            age = next((column for column in sheet.columns if column.key == "age_value"), past.REVIEW)
            cells.wrong(age, *HALF_AN_AGE)

    def _rating(self, review: PastReview, cells: "_Cells") -> None:
        factor = self._factor(cells)
        if not self.factors:
            return
        rating = self._rated(factor or self.factors[0], cells)
        number = cells.number(past.OPPORTUNITY, "opportunities")
        entry = review.entry("opportunities", number) if number is not None else None
        if number is not None and entry is None:
            cells.wrong(
                past.OPPORTUNITY, f"The review has no opportunity {number}.", "Correct the number, or add it."
            )
            return
        if factor is None or rating is None:
            return
        ratings = entry.ratings if entry is not None else review.ratings
        if factor.key in ratings:
            cells.wrong(
                past.FACTOR, "This factor is rated twice for the same opportunity.", "Keep one of the two."
            )
            return
        ratings[factor.key] = rating
        why = take(self.edition.item(f"{factor.key}_why"), cells.raw(past.WHY))
        if why.wrong:
            cells.wrong(past.WHY, why.wrong, "Shorten it.")
        elif why.value is not None:
            ratings[f"{factor.key}_why"] = (why.value, "")

    def _rated(self, factor: Item, cells: "_Cells") -> Given | None:
        """What a row rates its factor; None where it cannot be told, which is said."""
        text = cells.text(past.RATING)
        taken = take(factor, text, self.words.of(past.RATING.key))
        if taken.wrong or (taken.value is None and not taken.missing):
            message = f"“{text[:40]}” is not a rating." if text else "The row has no rating."
            cells.wrong(past.RATING, message, past.RATING.note, taken.unknown)
            return None
        return taken.value, taken.missing

    def _factor(self, cells: "_Cells") -> Item | None:
        """The factor that a row names, by its label or key or by what the agency calls it; None where there is none,
        which is said."""
        said = cells.text(past.FACTOR)
        meant, _ = self.words.of(past.FACTOR.key).get(kept_code(said), ("", ""))
        called = (item for item in self.factors if Column(item.label, item.key).is_called(said))
        factor = next(called, None) or next((item for item in self.factors if item.key == meant), None)
        if factor is None:
            message = f"“{said[:60]}” is not a factor of the dictionary."
            cells.wrong(past.FACTOR, message, "Choose one from the sheet “Lists”.", (kept_code(said),))
        return factor


@dataclass
class _Cells:
    """The cells of one row, by their columns."""

    reader: _Reader
    columns: dict[int, Column]
    row: Row
    sheet: str

    def raw(self, column: Column) -> str:
        at = self._at(column)
        return self.row.cells[at] if 0 <= at < len(self.row.cells) else ""

    def text(self, column: Column) -> str:
        """In one line."""
        return " ".join(self.raw(column).split())

    def number(self, column: Column, section: str) -> int | None:
        """The number of an entry of a section; what names none is said, and taken for nothing."""
        text = self.text(column).removesuffix(".0")
        try:
            return number_in(text, plain(self.reader.edition.section(section).repeats)) if text else None
        except ValueError:
            self.wrong(column, f"“{text[:40]}” is not a number.", "Write 1, 2, 3 …")
            return None

    def given(self) -> Iterator[tuple[Item, Given]]:
        """What the cells say of items; what is wrong is said, and nothing taken from it."""
        for at, column in self.columns.items():
            if column.item is None or column.item.type == "links" or at >= len(self.row.cells):
                continue
            text = self.row.cells[at]
            if len(text) > CELL_CHARACTERS:
                message = f"This cell has {len(text):,} characters; {CELL_CHARACTERS:,} can come in."
                self.wrong(column, message, "Shorten it.")
                continue
            taken = take(column.item, text, self.reader.words.of(column.key))
            if taken.wrong:
                self.wrong(column, taken.wrong, taken.fix or "Correct the cell.", taken.unknown)
            elif taken.value is not None or taken.missing:
                yield column.item, (taken.value, taken.missing)

    def links(self, edition: Edition) -> Iterator[tuple[str, list[tuple[str, int]]]]:
        """The entries that cells name, as (item, [(section, number)])."""
        for column in self.columns.values():
            if column.item is None or column.item.type != "links" or not self.text(column):
                continue
            words = link_words(column.item, edition)
            try:
                named = [(section_of(word, words), number) for word, number in numbers(self.raw(column))]
            except ValueError:
                self.wrong(column, *not_numbered(words))
            else:
                yield column.item.key, named

    def wrong(self, column: Column, message: str, fix: str, unknown: tuple[str, ...] = ()) -> None:
        """Say what is wrong with a cell. `unknown` are its words that are in no list: they can be given a meaning."""
        words = [word for word in unknown if word]
        remark = Remark(self._at(column), column.label, message, fix, returned=True, about_code=bool(words))
        self.reader.found.remark((self.sheet, self.row.number), remark)
        self.reader.found.unmapped.update((column.key, word) for word in words)

    def _at(self, column: Column) -> int:
        return next((at for at, one in self.columns.items() if one is column or one == column), WHOLE_ROW)
