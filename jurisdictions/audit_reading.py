"""Reading the audit: which events, in which order, and each as one line in plain words."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from jurisdictions.audit_pages import page_asked_for
from jurisdictions.audit_words import FOUND_BY, KINDS, NAMED_BY, THINGS, words_for
from jurisdictions.models import AuditEvent, Jurisdiction, Membership, PartnershipEvent
from jurisdictions.paging import PAGE, read_key
from jurisdictions.tables import Row

type Event = AuditEvent | PartnershipEvent
type People = Mapping[int, str]  # by the key of the user: those whom this reader may know by name
type Naming = Mapping[tuple[str, int], tuple[str, str]]  # (model, key): what it is called, and its page

COLUMNS = [{"label": label} for label in ("When", "Who", "What", "About", "Result")]


@dataclass(frozen=True)
class AuditFilters:
    """What a reader asked to see. Anything that no list ever offered counts as not asked.

    `about` is as typed, and `found` what it names, as events name it; words that name nothing are about nothing.
    """

    person: int | None = None
    kind: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    about: str = ""
    found: frozenset[str] = frozenset()

    @classmethod
    def read(
        cls, given: Mapping[str, str], people: Collection[int], *, reader: Membership | None = None
    ) -> "AuditFilters":
        """From an address. Nobody is looked for by their key but the people whom the list offers, and nothing by its
        name but what the reader may see."""
        person, kind = read_key(given.get("person", "")), given.get("kind", "")
        about = _words(given.get("about", "")) if reader else ""
        return cls(
            person if person in people else None,
            kind if kind in KINDS else "",
            _day(given.get("since", "")),
            _day(given.get("until", "")),
            about,
            frozenset(_named(about, reader)) if about and reader else frozenset(),
        )

    @property
    def set(self) -> dict[str, str]:
        """Only what was asked for, as an address says it."""
        asked = {
            "person": self.person,
            "kind": self.kind,
            "since": self.since,
            "until": self.until,
            "about": self.about,
        }
        return {name: str(value) for name, value in asked.items() if value}

    def apply[E: (AuditEvent, PartnershipEvent)](self, events: QuerySet[E]) -> QuerySet[E]:
        """Newest first."""
        if self.person is not None:
            events = events.filter(by_user=self.person)
        if self.kind:
            events = events.filter(kind=self.kind)
        if self.since is not None:
            events = events.filter(at__gte=_begin(self.since))
        if self.until is not None:
            events = events.filter(at__lt=_begin(self.until) + dt.timedelta(days=1))
        if self.about:
            events = events.filter(about__in=self.found)
        return events.order_by("-at", "-pk")


def _named(words: str, reader: Membership) -> Iterator[str]:
    """What these words name, as events do: somebody of the agency, and what the apps above know by a number."""
    people = Membership.objects.filter(jurisdiction=reader.jurisdiction_id, user__display_name__iexact=words)
    yield from (f"membership:{key}" for key in people.values_list("pk", flat=True))
    for find in FOUND_BY:
        yield from find(words, reader)


def _words(text: str) -> str:
    """On one line, without what no database takes."""
    seen = (sign for sign in text if sign.isprintable() or sign.isspace())
    return " ".join("".join(seen).split())[:120]


def _begin(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


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
    return names_of({event.about for event in events}, reader=reader)


def names_of(things: Iterable[str], *, reader: Membership) -> Naming:
    """The same of things as events name them."""
    by_model: dict[str, set[int]] = {}
    for thing in things:
        model, key = _about(thing)
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
                who_did(event, people),
                what_was_done(event),
                _about_cell(event, names),
                event.get_outcome_display(),
            )
        )
        for event in events
    ]


def who_did(event: Event, people: People) -> str:
    return people.get(event.by_user, "somebody from outside") if event.by_user else "the software"


def what_was_done(event: Event) -> str:
    """In words; of what came by a token, that it did."""
    return words_for(event.kind) + (", by other software" if "token" in event.ids else "")


def about_what(event: Event, names: Naming) -> str:
    """What the event is about, in words: by its name where the reader may know it."""
    if event.outcome == event.Outcome.DENIED:
        return page_asked_for(event.about)
    model, key = _about(event.about)
    name, _ = names.get((model, key), ("", "")) if key is not None else ("", "")
    return name or THINGS.get(model, model)


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
    words = about_what(event, names)
    model, key = _about(event.about)
    if event.outcome == event.Outcome.DENIED or key is None:
        return words
    _, url = names.get((model, key), ("", ""))
    return format_html('<a href="{}">{}</a>', url, words) if url else words


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
