"""One review as the rows of a pack's tables. What the review report leaves out because it is not asked any more, these
leave out too."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.utils import timezone

from dictionary import prose
from dictionary.rules import Json
from dictionary.schema import Item, Section
from dictionary.sheet import EntryId
from reviews.case_numbers import CaseNumbers
from reviews.content import Content
from reviews.models import Review
from reviews.packs.columns import Place
from reviews.packs.tables import FROM_NEED, KEY, NUMBER, OPPORTUNITIES, RATED, REVIEWS, Table

type Cells = dict[str, str]
type Row = tuple[str, list[str]]  # the key of its table, and its cells in the order of the columns


class ReviewRows:
    """The rows of one review; `hidden` are the agency's case numbers that no text of it may show."""

    def __init__(self, review: Review, content: Content, *, hidden: CaseNumbers) -> None:
        self.review, self.content, self.hidden = review, content, hidden
        self.edition = content.edition

    def rows(self, tables: Sequence[Table]) -> Iterator[Row]:
        for table in tables:
            for cells in self._of(table):
                yield table.key, [cells.get(name, "") for name in table.names]

    def _of(self, table: Table) -> Iterator[Cells]:
        if table.key == REVIEWS:
            yield self._review() | self._answers(table, self.edition.once, None)
        elif table.key == RATED:
            yield from self._ratings(table)
        else:
            yield from self._entries(table)

    def _review(self) -> Cells:
        review = self.review
        approved = timezone.localtime(review.approved_at).date() if review.approved_at else None
        return {
            KEY: review.incident.number,
            "edition": self.edition.number,
            "state": review.state,
            "as_reported": str(int(review.state == Review.State.AS_REPORTED)),
            "due_on": review.due_on.isoformat() if review.due_on else "",
            "approved_on": approved.isoformat() if approved else "",
            "closed_on": review.reported_closed_on.isoformat() if review.reported_closed_on else "",
            "times_returned": str(review.times_returned),
            "held_days": str(review.held_days),
            "children": str(len(self.content.children)),
        }

    def _entries(self, table: Table) -> Iterator[Cells]:
        section = next((one for one in self.edition.sections if one.key == table.key), None)
        if section is None:
            return
        needs = {need.pk: no for no, need in enumerate(self.content.entries.get("needs", []), 1)}
        for no, entry in enumerate(self.content.entries.get(section.key, []), 1):
            cells = {KEY: self.review.incident.number, NUMBER: str(no)}
            if section.key == OPPORTUNITIES and entry.made_from_id in needs:
                cells[FROM_NEED] = str(needs[entry.made_from_id])
            yield cells | self._answers(table, section.items, entry.pk)

    def _ratings(self, table: Table) -> Iterator[Cells]:
        for section in self.edition.sections:
            for target in self.content.sheet.targets(section) if section.rated else ():
                for item in section.items:
                    if item.type != "rating":
                        continue
                    beside = [one for one in section.items if one.rating_of == item.key]
                    cells = self._answers(table, [item, *beside], target)
                    if cells:
                        yield self._rated(target, item) | cells

    def _rated(self, target: EntryId, item: Item) -> Cells:
        number = self.numbers[target][1] if target in self.numbers else ""
        return {KEY: self.review.incident.number, "opportunity_no": str(number), "factor": item.key}

    def _answers(self, table: Table, items: Sequence[Item], entry: EntryId) -> Cells:
        cells: Cells = {}
        for item in items:
            place = table.places.get((self.edition.number, item.key))
            if place is not None:
                cells |= self._cells(place, item, *self.given(item, entry))
        return cells

    def given(self, item: Item, entry: EntryId) -> tuple[Json, str]:
        """The value and the reason for none, as far as the item is asked."""
        if entry is None and item.key in self._selection:
            return self._selection[item.key], ""
        section = self.edition.section(item.section)
        if item.key not in self.content.sheet.asked(section, entry):
            return None, ""
        return self.content.sheet.answer(item.key, entry)

    @cached_property
    def _selection(self) -> Mapping[str, Json]:
        """The decision on the incident, under the keys that the dictionary gives its columns."""
        review = self.review
        return {
            "selected_on": review.selected_on.isoformat() if review.selected_on else None,
            "selection_reasons": list(review.selection_reasons) or None,
            "selection_note": review.selection_note or None,
        }

    @cached_property
    def numbers(self) -> dict[EntryId, tuple[Section, int]]:
        """Each entry's section, and its number there: what a link names it by."""
        return {
            entry.pk: (self.edition.section(key), no)
            for key, entries in self.content.entries.items()
            if any(section.key == key for section in self.edition.sections)
            for no, entry in enumerate(entries, 1)
        }

    def _cells(self, place: Place, item: Item, value: Json, missing: str) -> Cells:
        cells = {place.missing: missing} if place.missing and missing else {}
        if value is None or value == "" or value == []:
            return cells
        match item.type:
            case "choices" if isinstance(value, list):
                cells[place.value] = ";".join(str(code) for code in value)
                cells |= {name: str(int(code in value)) for code, name in place.ticks.items()}
            case "partial_date" if isinstance(value, dict):
                cells[place.value] = str(value.get("date") or "")
                cells[place.precision] = str(value.get("precision") or "")
                cells[place.time] = str(value.get("time") or "")
            case "links":
                cells[place.value] = self.link_words(value)
            case "prose":
                cells[place.value] = self.shown(prose.to_plain(str(value)))
            case _:
                cells[place.value] = self.shown(str(value)) if item.type in ("text", "plain") else str(value)
        return cells

    def shown(self, text: str) -> str:
        return self.hidden.taken_out(text)

    def link_words(self, value: Any) -> str:
        """`need 2; record 1`: the entries that are there still."""
        found = [self.numbers[one] for one in value if one in self.numbers] if isinstance(value, list) else []
        return "; ".join(f"{section.repeats} {number}" for section, number in found)
