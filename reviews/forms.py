"""The form of an incident's facts. Labels, help, choices and checks come from the edition of the dictionary."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.http import QueryDict

from dictionary.fields import BoundItem, Taken, bind_section, field_name, take_section
from dictionary.rules import Json
from dictionary.schema import Edition, Item, Section
from dictionary.sheet import AnswerSheet, EntryId
from dictionary.validation import check_one
from reviews.facts import CHILD_KEYS, INCIDENT_KEYS, REQUIRED, ChildFacts, IncidentFacts

REPORTED = "what_was_reported"
CHILDREN = 20
_WANTED = {
    "incident_type": "Choose the type of incident.",
    "occurred_on": "Give the date of the incident. If the day is not certain, give the first day it may have been.",
}


@dataclass(frozen=True)
class ChildFields:
    """One child on the form: its place there, the child it is (0: a new one), and its fields."""

    place: int
    entry: int
    number: int
    fields: tuple[BoundItem, ...]


@dataclass
class FactsForm:
    """What a person gives about an incident. `data` is a posted form; without one the form shows what stands.

    A child's fields are named by its place on the form (1, 2, …), because a new child has no entry yet.
    """

    edition: Edition
    today: dt.date
    data: QueryDict | None = None
    facts_before: IncidentFacts | None = None
    children_before: Sequence[ChildFacts] = ()
    with_report: bool = True
    errors: dict[tuple[EntryId, str], str] = field(default_factory=dict)

    # -- what was posted ------------------------------------------------------------------------

    @cached_property
    def places(self) -> list[tuple[int, int]]:
        """(place on the form, entry) of each child; buttons that add and remove one are heard here."""
        if self.data is None:
            return [(at, child.entry or 0) for at, child in enumerate(self.children_before, 1)] or [(1, 0)]
        places = []
        for text in self.data.getlist("child")[:CHILDREN]:
            place, _, entry = text.partition(":")
            if _is_number(place) and (not entry or _is_number(entry)):
                places.append((int(place), int(entry or 0)))
        gone = self.data.get("remove_child", "")
        kept = [(place, entry) for place, entry in dict(places).items() if str(place) != gone]
        if "add_child" in self.data and len(kept) < CHILDREN:
            kept.append((max((place for place, _ in places), default=0) + 1, 0))
        return kept or [(1, 0)]

    @property
    def asks_for_another_look(self) -> bool:
        """Whether a child was added or removed: the form comes back, and nothing is judged yet."""
        return self.data is not None and ("add_child" in self.data or "remove_child" in self.data)

    @cached_property
    def taken(self) -> list[Taken]:
        if self.data is None:
            return []
        taken = take_section(self._incident, None, self.data)
        for place, _ in self.places:
            taken += take_section(self._child, place, self.data)
        return taken

    def is_valid(self) -> bool:
        """Judge what was posted; `errors` holds one message a field."""
        self.errors = {one.place: one.error for one in self.taken if one.error}
        for place, message in self._problems():
            self.errors.setdefault(place, message)
        return not self.errors

    def _problems(self) -> Iterator[tuple[tuple[EntryId, str], str]]:
        given = {one.place: one.value for one in self.taken}
        for key in REQUIRED:
            if given.get((None, key)) is None:
                yield (None, key), _WANTED[key]
        for place, key in given:
            value = given[place, key]
            if key in ("occurred_on", "aware_on", "died_on") and str(value or "") > self.today.isoformat():
                yield (place, key), "This day has not come yet. Check the year."
        for place, _ in self.places:
            age, unit = given.get((place, "age_value")), given.get((place, "age_unit"))
            if (age is None) != (unit is None):
                key = "age_unit" if unit is None else "age_value"
                yield (place, key), "Give the age and its unit, or neither."
            if given.get((place, "died_on")) and given.get((None, "incident_type")) not in (None, "fatality"):
                yield (
                    (place, "died_on"),
                    "A date of death goes with a fatality. Change the type, or take the date away.",
                )
        for entry, section in self._sections():
            for item in section.items:
                for problem in check_one(self._sheet, item, entry):
                    if problem.hard:
                        yield (entry, item.key), problem.message

    # -- what it says ---------------------------------------------------------------------------

    @property
    def facts(self) -> IncidentFacts:
        """The facts of a valid form."""
        return IncidentFacts(**{key: self._column(None, key) for key in INCIDENT_KEYS})

    @property
    def children(self) -> list[ChildFacts]:
        return [
            ChildFacts(**{key: self._column(place, key) for key in CHILD_KEYS}, entry=entry or None)
            for place, entry in self.places
        ]

    @property
    def reported(self) -> tuple[Json, str]:
        """What was reported, or why there is nothing."""
        return next(((one.value, one.missing) for one in self.taken if one.item.key == REPORTED), (None, ""))

    def _column(self, entry: EntryId, key: str) -> Any:
        value = next((one.value for one in self.taken if one.place == (entry, key)), None)
        if key in ("occurred_on", "aware_on", "died_on"):
            return dt.date.fromisoformat(str(value)) if value else None
        if key == "age_value":
            return value
        return value or ("unknown" if key == "sex" else "")

    # -- what templates draw --------------------------------------------------------------------

    @property
    def incident_fields(self) -> tuple[BoundItem, ...]:
        return self._bound(self._incident, None)

    @property
    def child_fields(self) -> list[ChildFields]:
        return [
            ChildFields(place, entry, number, self._bound(self._child, place))
            for number, (place, entry) in enumerate(self.places, 1)
        ]

    @property
    def error_links(self) -> list[tuple[str, str]]:
        """(message, id of the control), in the order of the form."""
        links = []
        for entry, section in self._sections():
            for item in section.items:
                if message := self.errors.get((entry, item.key)):
                    child = f", child {self._number(entry)}" if entry and len(self.places) > 1 else ""
                    links.append((f"“{item.label}”{child}: {message}", f"id_{field_name(item, entry)}"))
        return links

    def _number(self, place: int) -> int:
        return next(number for number, (found, _) in enumerate(self.places, 1) if found == place)

    def _bound(self, section: Section, entry: EntryId) -> tuple[BoundItem, ...]:
        taken = [replace(one, error=self.errors.get(one.place, "")) for one in self.taken]
        bound = bind_section(self._sheet, section, entry, taken=taken)
        return tuple(
            replace(one, warnings=tuple(words for words in one.warnings if words not in one.errors))
            for one in bound
        )

    # -- the dictionary -------------------------------------------------------------------------

    @cached_property
    def _incident(self) -> Section:
        keys = (*INCIDENT_KEYS, REPORTED) if self.with_report else INCIDENT_KEYS
        return self._section("incident", keys)

    @cached_property
    def _child(self) -> Section:
        return self._section("child", CHILD_KEYS)

    def _section(self, key: str, items: Sequence[str]) -> Section:
        """The columns of a section as items that a form can take: no reason can stand in a column."""
        return replace(self.edition.section(key), items=tuple(map(self._item, items)))

    def _item(self, key: str) -> Item:
        item = self.edition.item(key)
        if not item.is_column:
            return item
        # Nothing is folded away here: the form has no script that would bring it back when the type changes.
        return replace(item, store="answer", required=key in REQUIRED, missing=(), when=None)

    def _sections(self) -> Iterator[tuple[EntryId, Section]]:
        yield None, self._incident
        for place, _ in self.places:
            yield place, self._child

    @property
    def _sheet(self) -> AnswerSheet:
        """What the form says, as rules read it."""
        places = [place for place, _ in self.places]
        if self.data is not None:
            given = {one.place: (one.value, one.missing) for one in self.taken}
            return AnswerSheet(self.edition, given, {"child": places})
        before: dict[tuple[EntryId, str], tuple[Json, str]] = {}
        if self.facts_before:
            before |= {(None, key): (_json(getattr(self.facts_before, key)), "") for key in INCIDENT_KEYS}
        for place, child in zip(places, self.children_before, strict=False):
            before |= {(place, key): (_json(getattr(child, key)), "") for key in CHILD_KEYS}
        return AnswerSheet(self.edition, before, {"child": places})


def _json(value: Any) -> Json:
    return value.isoformat() if isinstance(value, dt.date) else value or (0 if value == 0 else None)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18
