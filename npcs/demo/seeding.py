"""Putting the whole demo into an empty database, in one transaction: all of it or nothing."""

from collections import Counter
from dataclasses import dataclass

from django.db import transaction

from dictionary.models import Edition
from jurisdictions import work
from jurisdictions.activity import note_activity
from jurisdictions.models import Jurisdiction
from jurisdictions.tenancy import jurisdiction_scope
from npcs.demo import past, reading
from npcs.demo.days import Days
from npcs.demo.figures import bring_figures_in
from npcs.demo.incidents import Notifications
from npcs.demo.own_questions import release_own_questions
from npcs.demo.people import write_agencies, write_people
from npcs.demo.plan import SHORTER, STAFF
from npcs.demo.reading import Told
from npcs.demo.records import Keys, Press
from npcs.demo.reported import bring_reported_in
from npcs.demo.reviews import Staff, write_review
from npcs.demo.shelf import Shelf
from npcs.demo.shorter import Composer
from npcs.demo.wordings import Wordings
from reviews import grants
from reviews.models import Review, ReviewReport
from reviews.numbers import number_of

SHOWPIECE = "1-infant-sleep-related"


@dataclass(frozen=True)
class Seeded:
    """How much there is now."""

    agencies: int
    people: int
    incidents: int
    reviews: int


@transaction.atomic
def seed() -> Seeded:
    """Everything the demo has. The database holds no agency yet."""
    press = Press(Days.from_now(), Wordings(), Keys(), Edition.objects.in_force())
    agencies = write_agencies(press.days)
    people = write_people(agencies, press.days)
    told = _tell_everything(press)
    reviews = 0
    for slug, agency in agencies.items():
        staff = {key: member for (of, key), member in people.items() if of == slug}
        with jurisdiction_scope(agency.pk):
            reviews += _write_agency(agency, told[slug], staff, press)
    incidents = sum(len(found) for found in told.values())
    return Seeded(len(agencies), len(reading.people()), incidents, reviews)


def _tell_everything(press: Press) -> dict[str, list[Told]]:
    """What happened in each agency, before anything is written: numbers follow the days."""
    phrases, agencies = reading.phrases(), {told["slug"]: told for told in reading.agencies()}
    factors = [item.key for item in press.edition.parsed.items_of("factors") if item.type == "rating"]
    notifications = Notifications(phrases, press.words, agencies)
    composer = Composer(phrases, press.words, factors, notifications.case_number)
    told: dict[str, list[Told]] = {slug: [] for slug in agencies}
    for name, review in reading.hand_written_reviews().items():
        told[review["agency"]].append(review | {"name": name})
        notifications.taken.add(review["incident"]["case_number"])
    for plan in SHORTER:
        told[plan.agency].append(composer.compose(plan, agencies[plan.agency]))
    for incident in (
        *notifications.notified(),
        *notifications.to_be_selected(),
        *notifications.not_selected(),
        *notifications.withdrawn(),
    ):
        told[incident["agency"]].append(incident)
    for slug, (count, _) in past.FILES.items():
        told[slug] += notifications.past(slug, count)
    return told


def _write_agency(agency: Jurisdiction, told: list[Told], staff: Staff, press: Press) -> int:
    """One agency's incidents and reviews; how many of them were selected for a review."""
    coordinator = staff[STAFF[agency.slug][0]]
    shelf = Shelf(agency, release_own_questions(agency, staff=staff, days=press.days))
    file = past.receipt(agency.slug, shelf, press) if agency.slug in past.FILES else None
    named: dict[str, Review] = {}
    for incident, number in _numbered(told, press.days):
        if incident["state"]:
            review = write_review(incident, number=number, staff=staff, press=press, shelf=shelf)
            named[incident.get("name", number)] = review
        elif file is not None:
            past.write_past(incident, number=number, file=file, press=press, shelf=shelf)
    shelf.save()
    if file is not None:
        bring_reported_in(agency, by=coordinator, days=press.days)
    bring_figures_in(agency, by=coordinator, days=press.days)
    note_activity(agency.pk)
    _let_guests_in(named, staff, press.days)
    if SHOWPIECE in named:
        _owe_report(named[SHOWPIECE], staff)
    return sum(1 for review in named.values() if review.selected_on)


def _numbered(told: list[Told], days: Days) -> list[tuple[Told, str]]:
    """Each incident with its number: the year, and its place among the agency's incidents of that year."""
    last: Counter[int] = Counter()
    found = []
    for incident in sorted(told, key=lambda each: each["incident"]["aware"]):
        year = days.day(incident["incident"]["aware"]).year
        last[year] += 1
        found.append((incident, number_of(year, last[year])))
    return found


def _let_guests_in(named: dict[str, Review], staff: Staff, days: Days) -> None:
    for key, told in reading.people().items():
        guest = told.get("guest_of")
        if guest and guest["review"] in named:
            review = named[guest["review"]]
            coordinator = staff[STAFF[review.jurisdiction.slug][0]]
            until = days.day(guest["until"])
            grants.grant(review, to=staff[key], rights=["view_review"], ends_on=until, by=coordinator)


def _owe_report(review: Review, staff: Staff) -> None:
    """The showpiece's report is made by a worker as soon as one is there."""
    lead = next(iter(staff.values()))
    work.owe(
        ReviewReport(
            jurisdiction=review.jurisdiction,
            review=review,
            asked_by=lead,
            sequence=1,
            is_draft=False,
            edition=review.edition,
            review_version=review.version,
        )
    )
