"""Which incidents a list shows and in which order: what the address of the list says, and an export repeats."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Protocol
from urllib.parse import urlencode

from jurisdictions.paging import read_key
from reviews.models import Incident, Review
from reviews.querysets import IncidentQuerySet

SORTS = {
    "newest": "Newest incident first",
    "oldest": "Oldest incident first",
    "number": "Highest number first",
}
NO_REVIEW, WITHDRAWN = "no_review", "withdrawn"
# A model's own get_…_display builds its table anew for every row of a list.
TYPES: dict[str, str] = dict(Incident.Type.choices)
STATES: dict[str, str] = {
    NO_REVIEW: "Past, no decision opened",
    **{code: label for code, label in Review.State.choices if code != WITHDRAWN},
    WITHDRAWN: "Withdrawn",
}
WORDS = 80


@dataclass(frozen=True)
class IncidentFilters:
    """What a person asked to see. Anything unknown counts as not asked."""

    q: str = ""
    type: str = ""
    state: str = ""
    year: str = ""
    county: str = ""
    sort: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "IncidentFilters":
        """From an address or from a stored export."""
        year = given.get("year", "").strip()
        return cls(
            q=" ".join(given.get("q", "").replace("\0", "").split())[:WORDS],
            type=_known(given.get("type", ""), dict(Incident.Type.choices)),
            state=_known(given.get("state", ""), STATES),
            year=year if len(year) == 4 and 1900 <= (read_key(year) or 0) <= 2200 else "",
            county=" ".join(given.get("county", "").replace("\0", "").split())[:WORDS],
            sort=_known(given.get("sort", ""), SORTS),
        )

    @property
    def set(self) -> dict[str, str]:
        """Only what was asked for."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def narrows(self) -> bool:
        return bool(set(self.set) - {"sort"})

    def address(self, **changed: str) -> str:
        """The query that asks for this, with something changed; a place in the list never carries over."""
        asked = {name: value for name, value in (self.set | changed).items() if value}
        return "?" + urlencode(asked)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Each filter in words, and the address without it."""
        words = {
            "q": f"“{self.q}”",
            "type": dict(Incident.Type.choices).get(self.type, ""),
            "state": STATES.get(self.state, ""),
            "year": self.year,
            "county": f"County {self.county}",
        }
        return [(words[name], self.address(**{name: ""})) for name in words if getattr(self, name)]

    def apply(self, incidents: IncidentQuerySet) -> IncidentQuerySet:
        """The incidents that were asked for. Withdrawn ones only when they were asked for."""
        if self.state == WITHDRAWN:
            incidents = incidents.filter(withdrawn_at__isnull=False)
        else:
            incidents = incidents.standing()
            if self.state == NO_REVIEW:
                incidents = incidents.filter(review=None)
            elif self.state:
                incidents = incidents.filter(review__state=self.state)
        if self.type:
            incidents = incidents.filter(incident_type=self.type)
        if self.year:
            year = int(self.year)
            incidents = incidents.filter(occurred_on__range=(dt.date(year, 1, 1), dt.date(year, 12, 31)))
        if self.county:
            incidents = incidents.filter(county__istartswith=self.county)
        return incidents.matching(self.q) if self.q else incidents

    def ordered(self, incidents: IncidentQuerySet) -> IncidentQuerySet:
        match self.sort:
            case "oldest":
                return incidents.oldest_first()
            case "number":
                return incidents.for_list().order_by("-number")
        return incidents.for_list()


class Listed(Protocol):
    """What a row of the list says of its place."""

    @property
    def pk(self) -> int: ...

    @property
    def number(self) -> str: ...

    @property
    def occurred_on(self) -> dt.date | None: ...


@dataclass(frozen=True)
class ListPage[Row: Listed]:
    """One page of a list, and where its neighbours begin."""

    incidents: list[Row]
    earlier: str  # addresses; empty where there is none
    further: str


def page_of[Row: Listed](
    incidents: IncidentQuerySet,
    filters: IncidentFilters,
    place: Mapping[str, str],
    *,
    size: int,
    rows_of: Callable[[IncidentQuerySet], list[Row]],
) -> ListPage[Row]:
    """The page that begins after one incident or ends before one; a place that is none begins at the top."""
    before = read_place(place.get("before", ""), filters)
    after = None if before else read_place(place.get("after", ""), filters)
    if before:
        found = rows_of(_beyond(incidents, filters, before, back=True)[: size + 1])[::-1]
        more_before, more_after = len(found) > size, True
        found = found[-size:]
    else:
        rows = _beyond(incidents, filters, after, back=False) if after else filters.ordered(incidents)
        found = rows_of(rows[: size + 1])
        more_before, more_after = after is not None, len(found) > size
        found = found[:size]
    return ListPage(
        found,
        filters.address(before=_name(found[0], filters)) if found and more_before else "",
        filters.address(after=_name(found[-1], filters)) if found and more_after else "",
    )


type Place = tuple[dt.date | None, int] | str


def _beyond(
    incidents: IncidentQuerySet, filters: IncidentFilters, place: Place, *, back: bool
) -> IncidentQuerySet:
    """What follows a place in the asked order; with `back`, what stands before it, nearest first."""
    if isinstance(place, str):
        if back:
            return incidents.filter(number__gt=place).for_list().order_by("number")
        return incidents.filter(number__lt=place).for_list().order_by("-number")
    if (filters.sort == "oldest") != back:
        return incidents.before(*place).oldest_first()
    return incidents.after(*place).for_list()


def _name(incident: Listed, filters: IncidentFilters) -> str:
    if filters.sort == "number":
        return incident.number
    return f"{incident.occurred_on.isoformat() if incident.occurred_on else ''}_{incident.pk}"


def read_place(text: str, filters: IncidentFilters) -> Place | None:
    """A place in the list as an address names it; None for what no list ever wrote there."""
    if not text or "\0" in text or len(text) > 40:
        return None
    if filters.sort == "number":
        return text
    day, _, name = text.partition("_")
    pk = read_key(name)
    if pk is None:
        return None
    try:
        return (dt.date.fromisoformat(day) if day else None), pk
    except ValueError:
        return None


def _known(given: str, choices: Mapping[str, str]) -> str:
    return given if given in choices else ""
