"""Reading the audit: which events, in which order, and each as one line in plain words."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from jurisdictions.audit_pages import page_asked_for
from jurisdictions.audit_words import KINDS, NAMED_BY, THINGS, words_for
from jurisdictions.models import AuditEvent, Jurisdiction, Membership, PartnershipEvent
from jurisdictions.paging import PAGE, read_key
from jurisdictions.tables import Row

type Event = AuditEvent | PartnershipEvent
type People = Mapping[int, str]  # by the key of the user: those whom this reader may know by name
type Naming = Mapping[tuple[str, int], tuple[str, str]]  # (model, key): what it is called, and its page

COLUMNS = [{"label": label} for label in ("When", "Who", "What", "About", "Result")]


@dataclass(frozen=True)
class AuditFilters:
    """What a reader asked to see. Anything that no list ever offered counts as not asked."""

    person: int | None = None
    kind: str = ""
    day: dt.date | None = None

    @classmethod
    def read(cls, given: Mapping[str, str], people: Collection[int]) -> "AuditFilters":
        """From an address. Nobody is looked for by their key but the people whom the list offers."""
        person, kind = read_key(given.get("person", "")), given.get("kind", "")
        return cls(
            person if person in people else None, kind if kind in KINDS else "", _day(given.get("day", ""))
        )

    @property
    def set(self) -> dict[str, str]:
        """Only what was asked for, as an address says it."""
        asked = {"person": self.person, "kind": self.kind, "day": self.day}
        return {name: str(value) for name, value in asked.items() if value}

    def apply[E: (AuditEvent, PartnershipEvent)](self, events: QuerySet[E]) -> QuerySet[E]:
        """Newest first."""
        if self.person is not None:
            events = events.filter(by_user=self.person)
        if self.kind:
            events = events.filter(kind=self.kind)
        if self.day is not None:
            begin = timezone.make_aware(dt.datetime.combine(self.day, dt.time()))
            events = events.filter(at__gte=begin, at__lt=begin + dt.timedelta(days=1))
        return events.order_by("-at", "-pk")


def page_of[E: (AuditEvent, PartnershipEvent)](
    events: QuerySet[E], filters: AuditFilters, place: str
) -> tuple[list[E], str]:
    """One page from the place that the address names, and the address of the next; none at the end."""
    events = filters.apply(events)
    at, _, key = place.rpartition("_")
    moment, pk = _moment(at), read_key(key)
    if moment is not None and pk is not None:
        # The first condition bounds the index scan, so any depth costs the same; the second settles the moment itself.
        events = events.filter(Q(at__lte=moment) & (Q(at__lt=moment) | Q(pk__lt=pk)))
    found = list(events[: PAGE + 1])
    if len(found) <= PAGE:
        return found, ""
    last = found[PAGE - 1]
    return found[:PAGE], "?" + urlencode({**filters.set, "after": f"{last.at.isoformat()}_{last.pk}"})


def names_for(events: Sequence[Event], *, reader: Membership) -> Naming:
    """What is called how, of the things that these events are about and that the reader may see."""
    by_model: dict[str, set[int]] = {}
    for event in events:
        model, key = _about(event.about)
        if key is not None:
            by_model.setdefault(model, set()).add(key)
    return {
        (model, key): name
        for model, keys in by_model.items()
        if model in NAMED_BY
        for key, name in NAMED_BY[model](keys, reader).items()
    }


def people_of(agency: Jurisdiction) -> dict[int, str]:
    """Who is or was in this agency. Whoever only came to its door is of another, and has no name here."""
    found = Membership.objects.filter(jurisdiction=agency).with_people()
    return {one.user_id: one.user.display_name for one in found}


def rows_of(events: Sequence[Event], names: Naming, people: People) -> list[Row]:
    """The rows of components/table.html."""
    return [
        Row(
            (
                f"{timezone.localtime(event.at):%-d %b %Y, %H:%M:%S}",
                people.get(event.by_user, "somebody from outside") if event.by_user else "the software",
                words_for(event.kind) + (", by other software" if "token" in event.ids else ""),
                _about_cell(event, names),
                event.get_outcome_display(),
            )
        )
        for event in events
    ]


def name_memberships(keys: Iterable[int], reader: Membership) -> dict[int, tuple[str, str]]:
    """People of the reader's own agency, by their memberships."""
    found = Membership.objects.filter(jurisdiction=reader.jurisdiction_id, pk__in=keys)
    return {one.pk: (one.user.display_name, "") for one in found.select_related("user")}


NAMED_BY["membership"] = name_memberships


def name_agencies(events: Sequence[PartnershipEvent]) -> Naming:
    """Agencies of the partnership's directory, which is everybody's to read."""
    about = [_about(event.about) for event in events]
    keys = [key for model, key in about if model == "jurisdiction" and key is not None]
    found = Jurisdiction.objects.filter(pk__in=keys)
    return {
        ("jurisdiction", one.pk): (one.name, reverse("partnership:agency", args=[one.slug])) for one in found
    }


def _about_cell(event: Event, names: Naming) -> str:
    if event.outcome == event.Outcome.DENIED:
        return page_asked_for(event.about)
    model, key = _about(event.about)
    name, url = names.get((model, key), ("", "")) if key is not None else ("", "")
    if url:
        return format_html('<a href="{}">{}</a>', url, name)
    return name or THINGS.get(model, model)


def _about(about: str) -> tuple[str, int | None]:
    model, _, key = about.partition(":")
    return model, read_key(key)


def _day(text: str) -> dt.date | None:
    """A day that calendars of every time zone know."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo and 2000 <= moment.year <= 2200 else None
