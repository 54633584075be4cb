"""When two incidents look like one: date, county, type and age near, or the same case number. Never merged."""

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from jurisdictions.numbers import number_of

NEAR_DAYS = 3
SHOWN = 5  # look-alikes named for one incident; more help nobody
LOOKED_AT = 50  # of one county and day: a file of nothing but copies must not cost its square
_DAYS = {"hours": 1 / 24, "days": 1.0, "weeks": 7.0, "months": 30.44, "years": 365.25}
# A near fatality whose child later dies is one incident, often told of twice.
_SAME_KIND = {"near_fatality": "fatality"}

type Age = tuple[int, str]


@dataclass(frozen=True)
class Traits:
    """What an incident is compared by."""

    incident_type: str
    occurred_on: dt.date | None
    county: str = ""
    case_number: str = ""
    ages: tuple[Age, ...] = ()


def alike(one: Traits, other: Traits, *, days_without_age: int = NEAR_DAYS) -> str:
    """Why these two may be the same incident, in words; "" when they do not look it.

    Two incidents of which no ages are known to compare must lie within `days_without_age`, and be of the very
    same type when that is 0: in a file of many years a county and three days alone say too little.
    """
    if one.case_number and folded(one.case_number) == folded(other.case_number):
        return "the same case number"
    if one.occurred_on is None or other.occurred_on is None or not one.county:
        return ""
    gap = abs((one.occurred_on - other.occurred_on).days)
    if gap > NEAR_DAYS or folded(one.county) != folded(other.county):
        return ""
    if _kind(one) != _kind(other):
        return ""
    near = ages_near(one.ages, other.ages)
    if near is False:
        return ""
    if near is None and gap > days_without_age:
        return ""
    if near is None and days_without_age == 0 and one.incident_type != other.incident_type:
        return ""
    when = "the same day" if gap == 0 else f"{number_of(gap, 'day')} apart"
    kind = "the same type" if one.incident_type == other.incident_type else "a related type"
    age = ", a similar age" if near else ""
    return f"{when}, the same county, {kind}{age}"


def ages_near(ones: Iterable[Age], others: Iterable[Age]) -> bool | None:
    """Whether some child here and some child there could be one; None when an age is not known."""
    ones, others = tuple(ones), tuple(others)
    if not ones or not others:
        return None
    return any(_near(one, other) for one in ones for other in others)


def _near(one: Age, other: Age) -> bool:
    """Within one of the coarser unit: 14 months and 1 year are near, 14 months and 3 years are not."""
    step = max(_DAYS[one[1]], _DAYS[other[1]])
    return abs(one[0] * _DAYS[one[1]] - other[0] * _DAYS[other[1]]) <= step


def _kind(traits: Traits) -> str:
    return _SAME_KIND.get(traits.incident_type, traits.incident_type)


def folded(text: str) -> str:
    """A county or case number as it is compared: without case and extra spaces."""
    return " ".join(text.split()).casefold()


@dataclass
class LookAlikes[Name: Hashable]:
    """Many incidents, found again by their day and county: each asks its own few days, not all the others."""

    days_without_age: int = NEAR_DAYS
    _by_day: dict[tuple[str, int], list[tuple[Name, Traits]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, name: Name, traits: Traits) -> None:
        if traits.occurred_on and traits.county:
            same = self._by_day[folded(traits.county), traits.occurred_on.toordinal()]
            if len(same) < LOOKED_AT:  # more are never looked at
                same.append((name, traits))

    def forget_before(self, day: dt.date) -> None:
        """Let go of what happened before this day: nothing later looks like it. Days are added in their order."""
        while self._by_day and (oldest := next(iter(self._by_day)))[1] < day.toordinal():
            del self._by_day[oldest]

    def of(self, traits: Traits) -> list[Name]:
        """The first few that look like this one, of those added so far."""
        found: dict[Name, None] = {}
        if self._by_day and traits.occurred_on and traits.county:
            county, today = folded(traits.county), traits.occurred_on.toordinal()
            for day in range(today - NEAR_DAYS, today + NEAR_DAYS + 1):
                for name, other in self._by_day.get((county, day), ()):
                    if len(found) >= SHOWN:
                        return list(found)
                    if alike(traits, other, days_without_age=self.days_without_age):
                        found[name] = None
        return list(found)
