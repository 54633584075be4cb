"""The facts of an incident as plain values: what a form or a file gives, and what stands in the columns."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reviews.content import child_facts, incident_facts
from reviews.models import Child, Incident

INCIDENT_KEYS = ("incident_type", "occurred_on", "aware_on", "county", "case_number")
REQUIRED = {"incident_type", "occurred_on"}  # without which no incident is notified
CHILD_KEYS = ("age_value", "age_unit", "sex", "died_on")


@dataclass(frozen=True)
class ChildFacts:
    """What is kept in columns about one child. `entry` is the repeat of a child that is there already."""

    age_value: int | None = None
    age_unit: str = ""
    sex: str = "unknown"
    died_on: dt.date | None = None
    entry: int | None = None

    @property
    def age(self) -> tuple[int, str] | None:
        return None if self.age_value is None else (self.age_value, self.age_unit)


@dataclass(frozen=True)
class IncidentFacts:
    """What is kept in columns about one incident."""

    incident_type: str
    occurred_on: dt.date | None = None
    aware_on: dt.date | None = None
    county: str = ""
    case_number: str = ""


@dataclass(frozen=True)
class Difference:
    """One column that two people see differently, or that a change replaces. Values as rules read them."""

    key: str
    entry: int | None
    old: Any
    new: Any


@dataclass(frozen=True)
class Changes:
    """What would change between the facts that stand and those that are given; falsy when nothing would."""

    differences: list[Difference]
    kept: list[tuple[Child, ChildFacts]]  # children that stay, each with what is given of it
    added: list[ChildFacts]
    removed: list[Child]

    def __bool__(self) -> bool:
        return bool(self.differences or self.added or self.removed)


def facts_of(incident: Incident) -> IncidentFacts:
    return IncidentFacts(**{key: getattr(incident, key) for key in INCIDENT_KEYS})


def child_facts_of(child: Child) -> ChildFacts:
    return ChildFacts(**{key: getattr(child, key) for key in CHILD_KEYS}, entry=child.entry_id)


def differences(incident: Incident, facts: IncidentFacts) -> Iterator[Difference]:
    """The columns of the incident that these facts would change."""
    wanted = incident_facts(Incident(**{key: getattr(facts, key) for key in INCIDENT_KEYS}))
    for key, old in incident_facts(incident).items():
        if old != wanted[key]:
            yield Difference(key, None, old, wanted[key])


def child_differences(child: Child, facts: ChildFacts) -> Iterator[Difference]:
    """The columns of the child that these facts would change."""
    wanted = child_facts(Child(**{key: getattr(facts, key) for key in CHILD_KEYS}))
    for key, old in child_facts(child).items():
        if old != wanted[key]:
            yield Difference(key, child.entry_id, old, wanted[key])


def changes_of(incident: Incident, facts: IncidentFacts, children: Sequence[ChildFacts]) -> Changes:
    """What setting these facts would change. A child without a standing entry is new; one not given is gone."""
    standing = {child.entry_id: child for child in incident.children.all()}
    kept = [(standing[child.entry], child) for child in children if child.entry in standing]
    given = {child.pk for child, _ in kept}
    return Changes(
        differences=[
            *differences(incident, facts),
            *(one for child, wanted in kept for one in child_differences(child, wanted)),
        ],
        kept=kept,
        added=[child for child in children if child.entry not in standing],
        removed=[child for child in standing.values() if child.pk not in given],
    )
