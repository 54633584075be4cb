"""Who can see this: equal to asking for the page as each person, and every path in words."""

import datetime as dt
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from jurisdictions.roles import Role, every_role
from jurisdictions.tenancy import jurisdiction_scope
from reviews import grants
from reviews.actions.team import step_back
from reviews.models import Incident, Review, ReviewSeat
from reviews.sight import sight_of_incident, sight_of_review
from tests.cast import make_person, member
from tests.reviews.situations import make_review, seat

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
# What a person may be on a review besides their roles.
HOW = ["alone", "seated", "was seated", "granted", "was granted", "away", "removed", "account closed"]


State = Review.State


def people_of_every_kind(agency: Jurisdiction, reviews: list[Review], by: Membership) -> list[Membership]:
    """Every role in every way, on each of these reviews."""
    people = []
    for role in Role:
        for how in HOW:
            user = make_person(f"{role}.{how.replace(' ', '-')}", agency, role)
            person = member(user, agency)
            for review in reviews:
                _part(review, person, how, by)
            _part_with_agency(person, how)
            people.append(person)
    return people


def _part(review: Review, person: Membership, how: str, by: Membership) -> None:
    if how in {"seated", "was seated", "away", "removed", "account closed"}:
        held = seat(review, person, by)
        if how == "was seated":
            held.ended_at = timezone.now()
            held.save(update_fields=["ended_at"])
    if "granted" in how or how in {"away", "removed", "account closed"}:
        day = TODAY() - dt.timedelta(days=how == "was granted")
        grants.grant(review, to=person, rights=["view_review"], ends_on=day, by=by)
    if how == "away":
        step_back(review, who=person, reason="A cousin.", by=by)


def _part_with_agency(person: Membership, how: str) -> None:
    if how == "removed":
        Membership.objects.filter(pk=person.pk).update(left_at=timezone.now())
    if how == "account closed":
        User.objects.filter(pk=person.user_id).update(is_active=False)


def who_get_it(people: list[Membership], address: str) -> set[int]:
    """Brute force: the keys of those for whom the page is there."""
    got = set()
    for person in people:
        client = Client()
        client.force_login(person.user)
        if client.get(address).status_code == 200:
            got.add(person.pk)
    return got


def told_of_review(agency: Jurisdiction, number: str) -> set[int]:
    with jurisdiction_scope(agency.pk):
        found = Review.objects.select_related("incident").get(incident__number=number)
        return {seer.person.pk for seer in sight_of_review(found).seeing}


def told_of_incident(agency: Jurisdiction, number: str) -> set[int]:
    with jurisdiction_scope(agency.pk):
        found = Incident.objects.get(number=number)
        return {seer.person.pk for seer in sight_of_incident(found).seeing}


@pytest.mark.slow
def test_the_list_is_whoever_gets_the_page(cedar: Jurisdiction, coordinator: User, outsider: User) -> None:
    """Of every kind of person, before and after the ceiling came down."""
    by = member(coordinator, cedar)
    with jurisdiction_scope(cedar.pk):
        notifier = member(make_person("notifier", cedar, Role.REVIEWER), cedar)
        people = people_of_every_kind(cedar, [make_review(cedar, notifier)], by)
    people += [by, notifier, Membership.objects.get(user=outsider)]
    lowered = {Role.DIRECTOR, Role.GUEST, Role.REVIEWER}
    seeing = []
    for ceiling in (every_role(), [role for role in every_role() if role not in lowered]):
        Jurisdiction.objects.filter(pk=cedar.pk).update(role_ceiling=ceiling)
        for told, page in ((told_of_review, "reviews"), (told_of_incident, "incidents")):
            by_force = who_get_it(people, f"/j/cedar/{page}/2026-001/")
            assert told(cedar, "2026-001") == by_force
            seeing.append(len(by_force))
    assert len(people) > seeing[0] > seeing[2] > 0
    assert seeing[1] > seeing[3] > 0


@pytest.mark.slow
def test_the_list_is_whoever_gets_the_page_in_every_state(
    cedar: Jurisdiction, coordinator: User, administrator: User, director: User
) -> None:
    by, chosen = member(coordinator, cedar), [(Role.REVIEWER, how) for how in HOW[:3]]
    chosen += [(Role.GUEST, "granted"), (Role.GUEST, "was granted"), (Role.QUALITY_LEAD, "away")]
    people = [member(make_person(f"{role}.{n}", cedar, role), cedar) for n, (role, _) in enumerate(chosen)]
    with jurisdiction_scope(cedar.pk):
        for n, state in enumerate(State):
            approver = member(director, cedar) if state == State.APPROVED else None
            review = make_review(cedar, by, number=f"2026-10{n}", state=state, approver=approver)
            for person, (_, how) in zip(people, chosen, strict=True):
                _part(review, person, how, by)
    people += [by, member(administrator, cedar), member(director, cedar)]
    for n in range(len(State)):
        by_force = who_get_it(people, f"/j/cedar/reviews/2026-10{n}/")
        assert told_of_review(cedar, f"2026-10{n}") == by_force
        assert len(by_force) == 4


@pytest.fixture
def review(in_cedar: Jurisdiction, coordinator: User, reviewer: User) -> Review:
    by = member(coordinator, in_cedar)
    return make_review(in_cedar, by, lead=member(reviewer, in_cedar))


def whys(review: Review) -> dict[str, str]:
    sight = sight_of_review(review)
    every = [*sight.seeing, *sight.stepped_back, *sight.no_longer]
    return {seer.person.user.display_name: seer.why for seer in every}


def in_words(day: dt.date) -> str:
    return f"{day:%-d %B %Y}"


def test_each_is_told_with_what_shows_it_to_them(
    review: Review, in_cedar: Jurisdiction, coordinator: User, observer: User, quality_lead: User
) -> None:
    by, until = member(coordinator, in_cedar), TODAY() + dt.timedelta(days=5)
    seat(review, member(observer, in_cedar), by)
    seat(review, member(quality_lead, in_cedar), by)
    guest, approver = (member(make_person(who, in_cedar, Role.GUEST), in_cedar) for who in ("guest", "outer"))
    grants.grant(review, to=guest, rights=["view_review"], ends_on=until, by=by)
    grants.grant(review, to=approver, rights=["view_review", "approve_review"], ends_on=until, by=by)
    today = in_words(TODAY())
    assert whys(review) == {
        "Reviewer": f"Leads its review since {today}",
        "Observer": f"On the team of its review since {today}",
        "Quality lead": f"On the team of its review since {today}; Quality lead: sees every review of the agency",
        "Coordinator": "Coordinator: sees every review of the agency",
        "Guest": f"Guest until {in_words(until)}, named by Coordinator",
        "Outer": f"Guest until {in_words(until)}, named by Coordinator, and may approve it",
    }


def test_who_works_on_it_comes_first(review: Review, quality_lead: User, director: User) -> None:
    names = [seer.person.user.display_name for seer in sight_of_review(review).seeing]
    assert names == ["Reviewer", "Coordinator", "Director", "Quality lead"]


def test_an_incident_names_who_notified_it(
    in_cedar: Jurisdiction, coordinator: User, reviewer: User, observer: User
) -> None:
    make_review(in_cedar, member(reviewer, in_cedar))
    sight = sight_of_incident(Incident.objects.get())
    assert {seer.person.user.display_name: seer.why for seer in sight.seeing} == {
        "Reviewer": f"Notified it on {in_words(TODAY())}",
        "Coordinator": "Coordinator: sees every incident of the agency",
    }


def test_whoever_stepped_back_is_shown_as_not_seeing(
    review: Review, in_cedar: Jurisdiction, director: User
) -> None:
    away = member(director, in_cedar)
    step_back(review, who=away, reason="A cousin of the mother.", by=away)
    sight = sight_of_review(review)
    assert [seer.person.pk for seer in sight.stepped_back] == [away.pk]
    assert sight.stepped_back[0].why == f"Stepped back on {in_words(TODAY())}"
    assert away.pk not in {seer.person.pk for seer in sight.seeing}


def opened(review: Review, who: User, kind: str = "review.read") -> None:
    AuditEvent.objects.create(
        jurisdiction_id=review.jurisdiction_id, by_user=who.pk, kind=kind, about=f"review:{review.pk}"
    )


def test_the_last_opening_is_read_from_the_audit(
    review: Review, in_cedar: Jurisdiction, coordinator: User, reviewer: User
) -> None:
    opened(review, coordinator)
    opened(review, reviewer, "review.answered")  # nothing of this says that a page was opened
    days = {seer.person.user_id: seer.opened_on for seer in sight_of_review(review).seeing}
    assert days == {coordinator.pk: TODAY(), reviewer.pk: None}


def test_who_opened_it_once_and_no_longer_can_is_told_with_the_reason(
    review: Review, in_cedar: Jurisdiction, coordinator: User, observer: User
) -> None:
    by, yesterday = member(coordinator, in_cedar), TODAY() - dt.timedelta(days=1)
    ended = seat(review, member(observer, in_cedar), by)
    ReviewSeat.objects.filter(pk=ended.pk, membership__user=observer).update(ended_at=timezone.now())
    guest, gone, changed = (
        make_person(who, in_cedar, role)
        for who, role in (("guest", Role.GUEST), ("gone", Role.DIRECTOR), ("changed", Role.ADMINISTRATOR))
    )
    grants.grant(review, to=member(guest, in_cedar), rights=["view_review"], ends_on=yesterday, by=by)
    Membership.objects.filter(user=gone).update(left_at=timezone.now())
    make_person("never", in_cedar, Role.REVIEWER)
    for who in (observer, guest, gone, changed):
        opened(review, who)
    today = in_words(TODAY())
    assert {seer.person.user.display_name: seer.why for seer in sight_of_review(review).no_longer} == {
        "Observer": f"On its team until {today}",
        "Guest": f"Guest until {in_words(yesterday)}",
        "Gone": f"Left the agency on {today}",
        "Changed": "Their roles no longer show it",
    }


# -- The pages ------------------------------------------------------------------------------------


@pytest.fixture
def standing(cedar: Jurisdiction, coordinator: User, reviewer: User) -> None:
    with jurisdiction_scope(cedar.pk):
        make_review(cedar, member(coordinator, cedar), lead=member(reviewer, cedar))


@pytest.mark.parametrize("kind", ["reviews", "incidents"])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("nobody", 302),
        ("outsider", 404),
        ("observer", 404),
        ("administrator", 403),
        ("reviewer", 200),
        ("coordinator", 200),
    ],
)
def test_whoever_sees_it_may_ask(
    sign_in: Callable[[str], Client], standing: None, birch: Jurisdiction, kind: str, who: str, status: int
) -> None:
    assert sign_in(who).get(f"/j/cedar/{kind}/2026-001/who-can-see/").status_code == status


@pytest.mark.parametrize("kind", ["reviews", "incidents"])
def test_the_record_leads_there_and_asking_is_recorded(
    sign_in: Callable[[str], Client], standing: None, cedar: Jurisdiction, coordinator: User, kind: str
) -> None:
    client, address = sign_in("coordinator"), f"/j/cedar/{kind}/2026-001/"
    assert f'href="{address}who-can-see/"' in client.get(address).content.decode()
    shown = unescape(client.get(f"{address}who-can-see/").content.decode())
    assert "2 people can open" in shown
    assert "Coordinator: sees every" in shown
    assert in_words(TODAY()) in shown
    with jurisdiction_scope(cedar.pk):
        assert AuditEvent.objects.filter(kind="sight.read", by_user=coordinator.pk).count() == 1


def test_a_guest_is_told_who_sees_it_and_not_when_they_read(
    sign_in: Callable[[str], Client], standing: None, cedar: Jurisdiction, coordinator: User
) -> None:
    guest = make_person("guest", cedar, Role.GUEST)
    with jurisdiction_scope(cedar.pk):
        review = Review.objects.get()
        until = TODAY() + dt.timedelta(days=1)
        by = member(coordinator, cedar)
        grants.grant(review, to=member(guest, cedar), rights=["view_review"], ends_on=until, by=by)
        opened(review, make_person("changed", cedar, Role.ADMINISTRATOR))
    pages = []
    for user in (guest, coordinator):
        client = Client()
        client.force_login(user)
        pages.append(client.get("/j/cedar/reviews/2026-001/who-can-see/").content.decode())
    assert "named by Coordinator" in pages[0]
    assert ["Opened last" in page for page in pages] == [False, True]
    assert ["Opened it before" in page for page in pages] == [False, True]
