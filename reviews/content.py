"""Everything that is known about one incident, read in two queries and held as plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Func, JSONField

from dictionary import values
from dictionary.schema import Choice, Edition, Item, Section
from dictionary.sheet import AnswerSheet, EntryId
from reviews.models import Answer, Child, Entry, Incident

if TYPE_CHECKING:
    from reviews.querysets import AnswerQuerySet, EntryQuerySet

type Place = tuple[EntryId, str]


class Given(NamedTuple):
    """One answer as it stands: the value or the reason for none, its version, who gave it and when."""

    value: Any
    missing: str
    version: int
    author_id: int | None
    at: dt.datetime


class Repeat(NamedTuple):
    """One kept entry of a repeating section, read without its model: a whole review has half a hundred."""

    pk: int
    section: str
    position: int
    made_from_id: int | None


@dataclass(frozen=True)
class Content:
    """The answers and entries of one record, under the edition its review is pinned to."""

    edition: Edition
    incident: Incident
    given: Mapping[Place, Given]
    entries: Mapping[str, list[Repeat]]
    children: list[Child]

    @cached_property
    def sheet(self) -> AnswerSheet:
        """The answers as rules see them; the columns of incident and children take part."""
        answers: dict[Place, tuple[Any, str]] = {
            place: (answer.value, answer.missing) for place, answer in self.given.items()
        }
        answers |= {(None, key): (value, "") for key, value in incident_facts(self.incident).items()}
        for child in self.children:
            answers |= {(child.entry_id, key): (value, "") for key, value in child_facts(child).items()}
        return AnswerSheet(self.edition, answers, {key: self.ids(key) for key in self.entries})

    @cached_property
    def begun(self) -> frozenset[str]:
        """The items that hold a value or a reason, in whichever entry."""
        return frozenset(
            key for (_, key), given in self.given.items() if given.value is not None or given.missing
        )

    @cached_property
    def versions(self) -> dict[Place, int]:
        return {place: answer.version for place, answer in self.given.items()}

    def ids(self, section: str) -> list[int]:
        return [entry.pk for entry in self.entries.get(section, [])]

    def value(self, key: str, entry: EntryId = None) -> Any:
        return self.sheet.answer(key, entry)[0]

    def text(self, key: str, entry: EntryId = None) -> str:
        """The answer as people read it; links as the titles of what they point at."""
        value, missing = self.sheet.answer(key, entry)
        item = self.edition.item(key)
        if item.type == "links":
            return values.display(item, value, missing, links=self.titles)
        return values.display(item, value, missing)

    @cached_property
    def titles(self) -> dict[int, str]:
        """What names each entry in a list, by its id."""
        return {
            entry.pk: self.title(section, entry) for section, found in self.entries.items() for entry in found
        }

    def title(self, section: str, entry: Entry | Repeat) -> str:
        """What names an entry in lists: its title item in words, or `Need 3` until there is one."""
        described = self.edition.section(section)
        if section == "child":
            return next((child.age for child in self.children if child.entry_id == entry.pk), "Child")
        item, value = self.sheet.entry_title(described, entry.pk)
        if value is None:
            return f"{described.repeats.capitalize()} {entry.position}"
        words = " ".join(values.display(item, value, "").split())
        return words if len(words) <= 120 else words[:119].rsplit(" ", 1)[0] + "…"

    def link_choices(self, section: Section) -> dict[str, list[Choice]]:
        """The entries that items of this section may be ticked to, by the section they stand in."""
        wanted = {target for item in section.items for target in item.links}
        return {
            target: [Choice(str(entry.pk), self.titles[entry.pk]) for entry in self.entries.get(target, [])]
            for target in wanted
        }

    def answered(self, section: Section, entry: EntryId = None) -> list[tuple[Item, str]]:
        """The items of a section that hold something, with their words; without the one that names the entry."""
        asked = self.sheet.asked(section, entry)
        return [
            (item, text)
            for item in section.items
            if item.key in asked
            and not (entry is not None and section.repeats and item.key in {section.title_item, "age_unit"})
            and (text := self.text(item.key, entry))
        ]


def incident_facts(incident: Incident) -> dict[str, Any]:
    """The incident's columns under the keys that the dictionary gives them."""
    return {
        "incident_type": incident.incident_type,
        "occurred_on": incident.occurred_on.isoformat() if incident.occurred_on else None,
        "aware_on": incident.aware_on.isoformat() if incident.aware_on else None,
        "county": incident.county or None,
        "case_number": incident.case_number or None,
    }


def child_facts(child: Child) -> dict[str, Any]:
    """A child's columns under the keys that the dictionary gives them."""
    return {
        "age_value": child.age_value,
        "age_unit": child.age_unit or None,
        "sex": child.sex,
        "died_on": child.died_on.isoformat() if child.died_on else None,
    }


def read_content(incident: Incident, edition: Edition) -> Content:
    """Read a record's answers, entries and children. The scope of its agency must be open."""
    entries = Entry.objects.kept().filter(record=incident)
    answers = Answer.objects.filter(record=incident)
    rows = _entries(entries).get(incident.pk, [])
    return _content(incident, edition, rows, _answers(answers).get(incident.pk, []), incident.children.all())


def read_contents(records: Sequence[tuple[Incident, Edition]]) -> Iterator[Content]:
    """Read many records in as many queries as one. All of them are held at once: hand over a hundred, not thousands."""
    incidents = [incident.pk for incident, _ in records]
    entries = _entries(Entry.objects.kept().filter(record__in=incidents))
    answers = _answers(Answer.objects.filter(record__in=incidents))
    children: dict[int, list[Child]] = {}
    for child in Child.objects.filter(incident__in=incidents).order_by("position"):
        children.setdefault(child.incident_id, []).append(child)
    for incident, edition in records:
        key = incident.pk
        yield _content(incident, edition, entries.get(key, []), answers.get(key, []), children.get(key, []))


def _content(
    incident: Incident,
    edition: Edition,
    rows: Iterable[Repeat],
    answers: Iterable[tuple[Place, Given]],
    children: Iterable[Child],
) -> Content:
    entries: dict[str, list[Repeat]] = {section.key: [] for section in edition.sections if section.repeats}
    for entry in rows:
        entries.setdefault(entry.section, []).append(entry)
    kept = {entry.pk for found in entries.values() for entry in found}
    given = {place: answer for place, answer in answers if place[0] is None or place[0] in kept}
    if "timeline" in entries:
        entries["timeline"].sort(key=lambda entry: _moment(given, entry))
    return Content(edition, incident, given, entries, list(children))


def _entries(entries: EntryQuerySet) -> dict[int, list[Repeat]]:
    """By record, in the order in which they stand."""
    found: dict[int, list[Repeat]] = {}
    rows = entries.order_by("section", "position").values_list("record_id", *Repeat._fields)
    for record, *entry in rows:
        found.setdefault(record, []).append(Repeat._make(entry))
    return found


def _answers(answers: AnswerQuerySet) -> dict[int, list[tuple[Place, Given]]]:
    """Every answer, by record. A record's come as one array: a whole review has four hundred, and one by one they are
    a tenth of the time that its home takes."""
    one = Func("repeat_id", "item", *Given._fields, function="jsonb_build_array", output_field=JSONField())
    return {
        record: [
            ((repeat, item), Given(value, missing, version, author, dt.datetime.fromisoformat(at)))
            for repeat, item, value, missing, version, author, at in found
        ]
        for record, found in answers.values_list("record_id").annotate(found=JSONBAgg(one))
    }


def _moment(given: Mapping[Place, Given], entry: Repeat) -> tuple[str, str, int]:
    """What orders a timeline: the date, the time where it is known, then the order of writing; undated last."""
    answer = given.get((entry.pk, "event_on"))
    value = answer.value if answer and isinstance(answer.value, dict) else {}
    return str(value.get("date") or "9999"), str(value.get("time") or ""), entry.position
