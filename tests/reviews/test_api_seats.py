"""Statements, guests from outside and handing over by other software: the actions and refusals of the pages."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews import grants
from reviews.actions.team import step_back
from reviews.models import Recusal, Review, ReviewSeat
from tests.cast import make_person, member
from tests.jurisdictions.test_api_door import problem
from tests.reviews.situations import author, make_review, seat
from tests.tokens import Software, software

pytestmark = pytest.mark.django_db
API = "/api/v1/j/cedar/"
ONE = f"{API}reviews/2026-001/"
UNTIL = (timezone.localdate() + dt.timedelta(days=9)).isoformat()


def state(client: Software, statement: str, **more: Any) -> Any:
    return client.send("post", f"{ONE}statement/", {"statement": statement, **more})


# -- Statements -----------------------------------------------------------------------------------


def test_a_statement_is_made_on_one_s_own_seat(review: Review, observer: User, cedar: Jurisdiction) -> None:
    who = member(observer, cedar)
    with jurisdiction_scope(cedar.pk):
        ReviewSeat.objects.create(
            jurisdiction=cedar, review=review, membership=who, seat="member", named_by=who
        )
    client = software(observer, cedar)
    problem(client.send("post", f"{ONE}entries/", {"section": "needs"}), 422, "refused")
    assert state(client, "no_conflict").json() == {"number": "2026-001", "statement": "no_conflict"}
    seats = {one["person"]: one["statement"] for one in client.get(ONE).json()["seats"]}
    assert seats[who.pk] == "no_conflict"
    with jurisdiction_scope(cedar.pk):
        assert AuditEvent.objects.get(kind="review.statement_made").by_user == observer.pk


def test_who_states_a_conflict_is_off_the_review_and_sees_it_no_more(
    review: Review, reviewer: User, cedar: Jurisdiction
) -> None:
    client = software(reviewer, cedar)
    assert state(client, "conflict", note="A neighbor.").status_code == 200
    problem(client.get(ONE), 404, "not-found")
    with jurisdiction_scope(cedar.pk):
        assert Recusal.objects.get().reason == "A neighbor."
        assert not review.seats.filter(ended_at=None).exists()


def test_a_statement_without_a_seat_is_not_recorded_but_stepping_back_is(
    review: Review, coordinator: User, cedar: Jurisdiction
) -> None:
    client = software(coordinator, cedar)
    said = problem(state(client, "no_conflict"), 422, "refused")
    assert said["problems"][0]["code"] == "statement.no_seat"
    assert state(client, "conflict").status_code == 200
    problem(client.get(ONE), 404, "not-found")


def test_what_is_no_statement_is_pointed_at_in_the_labels_words(
    review: Review, reviewer: User, cedar: Jurisdiction
) -> None:
    client = software(reviewer, cedar)
    for sent in ("", "perhaps"):
        assert problem(state(client, sent), 422, "invalid")["errors"][0]["pointer"] == "/statement"
    (error,) = problem(state(client, "conflict", note="x" * 501), 422, "invalid")["errors"]
    assert (error["pointer"], error["label"]) == ("/note", "What the coordinator needs to know")
    problem(state(software(reviewer, cedar, "read", "import"), "conflict"), 403, "scope")
    with jurisdiction_scope(cedar.pk):
        assert not Recusal.objects.exists()


def test_nobody_states_on_a_review_that_is_closed(
    review: Review, reviewer: User, cedar: Jurisdiction
) -> None:
    client = software(reviewer, cedar)
    for closed, status in (("withdrawn", 403), ("not_selected", 200)):
        with jurisdiction_scope(cedar.pk):
            Review.objects.update(state=closed)
        assert state(client, "no_conflict").status_code == status, closed


# -- Guests from outside --------------------------------------------------------------------------


@pytest.fixture
def guest(cedar: Jurisdiction) -> Membership:
    return member(make_person("guest", cedar, Role.GUEST), cedar)


def name(client: Software, guest: Membership, **more: Any) -> Any:
    return client.send("post", f"{ONE}guests/", {"person": guest.pk, "until": UNTIL, **more})


def test_a_guest_is_named_to_approve_or_to_read_and_ended(
    review: Review, guest: Membership, coordinator: User, cedar: Jurisdiction
) -> None:
    client = software(coordinator, cedar)
    assert client.get(f"{ONE}guests/").json() == {"results": [], "nobody_approves": False}
    row = {"person": guest.pk, "name": "Guest", "until": UNTIL, "may_approve": True}
    assert name(client, guest).json() == {"number": ONE.split("/")[-2], "person": guest.pk}
    assert client.get(f"{ONE}guests/").json() == {"results": [row], "nobody_approves": False}
    with jurisdiction_scope(cedar.pk):
        assert grants.may_approve(guest, review)
    assert name(client, guest, reads_only=True).status_code == 200
    assert client.get(f"{ONE}guests/").json()["results"] == [row | {"may_approve": False}]
    for _ in range(2):  # ending what has ended is no mistake
        assert client.delete(f"{ONE}guests/{guest.pk}/").json()["person"] == guest.pk
    assert client.get(f"{ONE}guests/").json()["results"] == []
    with jurisdiction_scope(cedar.pk):
        assert not Review.objects.visible_to(guest).exists()
        assert AuditEvent.objects.filter(kind="review.approver_ended").count() == 1


def test_it_is_said_that_nobody_can_approve(
    review: Review, guest: Membership, by: Membership, cedar: Jurisdiction
) -> None:
    client = software(by.user, cedar)
    name(client, guest)
    with jurisdiction_scope(cedar.pk):
        Review.objects.update(state="with_director")
    assert client.get(f"{ONE}guests/").json()["nobody_approves"] is False
    assert client.delete(f"{ONE}guests/{guest.pk}/").status_code == 200
    assert client.get(f"{ONE}guests/").json()["nobody_approves"] is True


def test_why_somebody_is_not_named_stands_in_the_words_of_the_page(
    review: Review, guest: Membership, lead: Membership, coordinator: User, cedar: Jurisdiction
) -> None:
    client = software(coordinator, cedar)
    yesterday = (timezone.localdate() - dt.timedelta(days=1)).isoformat()
    (error,) = problem(name(client, guest, until=yesterday), 422, "invalid")["errors"]
    assert error == {"pointer": "/until", "label": "Until", "detail": "Give today or a later day."}
    for no_guest in (lead.pk, 9**15):
        (error,) = problem(name(client, guest, person=no_guest), 422, "invalid")["errors"]
        assert (error["pointer"], error["label"]) == ("/person", "Person from outside")
    with jurisdiction_scope(cedar.pk):
        author(review, guest)
    assert problem(name(client, guest), 422, "refused")["problems"]
    with jurisdiction_scope(cedar.pk):
        Review.objects.update(state="withdrawn")
        assert grants.guests_of(review) == []
    problem(name(client, guest), 404, "not-found")


def test_only_who_names_teams_names_guests(
    review: Review, guest: Membership, reviewer: User, director: User, coordinator: User, cedar: Jurisdiction
) -> None:
    for other in (reviewer, director):
        client = software(other, cedar)
        problem(name(client, guest), 403, "role")
        problem(client.get(f"{ONE}guests/"), 403, "role")
        problem(client.delete(f"{ONE}guests/{guest.pk}/"), 403, "role")
    away = member(coordinator, cedar)
    with jurisdiction_scope(cedar.pk):
        step_back(review, who=away, reason="A cousin.", by=away)
    client = software(coordinator, cedar)
    problem(name(client, guest), 404, "not-found")
    problem(client.delete(f"{ONE}guests/{guest.pk}/"), 404, "not-found")


def test_somebody_of_another_agency_is_not_there(
    review: Review, outsider: User, coordinator: User, cedar: Jurisdiction, birch: Jurisdiction
) -> None:
    theirs = member(outsider, birch)
    client = software(coordinator, cedar)
    problem(client.delete(f"{ONE}guests/{theirs.pk}/"), 404, "not-found")
    problem(client.get(f"{API}people/{theirs.pk}/holdings/"), 404, "not-found")
    problem(client.send("post", f"{API}people/{theirs.pk}/hand-over/", {"to": theirs.pk}), 404, "not-found")


# -- Handing over ---------------------------------------------------------------------------------


@pytest.fixture
def held(review: Review, lead: Membership, by: Membership, cedar: Jurisdiction) -> Membership:
    """Leads one review, is on the team of another, and led one that is closed."""
    with jurisdiction_scope(cedar.pk):
        other = member(make_person("other", cedar, Role.REVIEWER), cedar)
        seat(make_review(cedar, by, number="2026-002", lead=other), lead, by)
        make_review(cedar, by, number="2026-003", lead=lead, state="not_selected")
    return lead


def test_everything_goes_over_in_one_step(held: Membership, by: Membership, cedar: Jurisdiction) -> None:
    client = software(by.user, cedar)
    taker = member(make_person("taker", cedar, Role.REVIEWER), cedar)
    people = {one["name"]: one["person"] for one in client.get(f"{API}people/").json()["results"]}
    assert people["Taker"] == taker.pk
    told = client.get(f"{API}people/{held.pk}/holdings/").json()
    assert told["reviews"] == [
        {"number": "2026-001", "seat": "lead"},
        {"number": "2026-002", "seat": "member"},
    ]
    assert (told["name"], told["leads"], told["joins"]) == ("Reviewer", 1, 1)
    over = f"{API}people/{held.pk}/hand-over/"
    assert client.send("post", over, {"to": taker.pk}).json() == {"reviews": 2}
    assert client.send("post", over, {"to": taker.pk}).json() == {"reviews": 0}
    with jurisdiction_scope(cedar.pk):
        assert AuditEvent.objects.filter(kind="review.handed_over").count() == 1
        kept = (
            ReviewSeat.objects.filter(membership=taker, ended_at=None)
            .order_by("review")
            .values_list("seat", flat=True)
        )
        assert list(kept) == ["lead", "member"]


def test_who_sees_no_review_hands_over_by_counts(
    held: Membership, administrator: User, cedar: Jurisdiction
) -> None:
    client = software(administrator, cedar)
    told = client.get(f"{API}people/{held.pk}/holdings/").json()
    assert (told["leads"], told["joins"], told["reviews"]) == (1, 1, [])
    assert client.get(f"{API}people/").status_code == 200


def test_who_cannot_take_them_is_refused_and_nothing_goes_over(
    held: Membership, by: Membership, quality_lead: User, reviewer: User, cedar: Jurisdiction
) -> None:
    client, over = software(by.user, cedar), f"{API}people/{held.pk}/hand-over/"
    (error,) = problem(client.send("post", over, {"to": member(quality_lead, cedar).pk}), 422, "invalid")[
        "errors"
    ]
    assert (error["pointer"], error["label"]) == ("/to", "To")
    taker = member(make_person("taker", cedar, Role.REVIEWER), cedar)
    with jurisdiction_scope(cedar.pk):
        step_back(Review.objects.get(incident__number="2026-001"), who=taker, reason="A cousin.", by=taker)
    assert problem(client.send("post", over, {"to": taker.pk}), 422, "refused")["problems"]
    problem(software(reviewer, cedar).send("post", over, {"to": taker.pk}), 403, "role")
    problem(software(by.user, cedar, "read").send("post", over, {"to": taker.pk}), 403, "scope")
    with jurisdiction_scope(cedar.pk):
        assert ReviewSeat.objects.filter(membership=held, ended_at=None).count() == 3
