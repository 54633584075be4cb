"""A guest who is to read one review and no more: named until a day, told, listed, ended."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from inbox.models import Message
from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews import grants
from reviews.actions.approver import CannotNameReader, name_approver, name_reader
from reviews.actions.team import step_back
from reviews.models import Incident, Review
from reviews.views.page import ReviewPage
from tests.cast import make_person, member
from tests.reviews.situations import author, make_review

PAGE = "/j/cedar/reviews/2026-001/approver/"
UNTIL = timezone.localdate() + dt.timedelta(days=9)


@pytest.fixture
def guest(cedar: Jurisdiction) -> Membership:
    return member(make_person("guest", cedar, Role.GUEST), cedar)


@pytest.fixture
def by(cedar: Jurisdiction, coordinator: User) -> Membership:
    return member(coordinator, cedar)


@pytest.fixture
def review(in_cedar: Jurisdiction, by: Membership) -> Review:
    return make_review(in_cedar, by)


def test_a_reader_reads_and_does_not_approve(review: Review, guest: Membership, by: Membership) -> None:
    name_reader(review, person=guest, until=UNTIL, by=by)
    assert Review.objects.visible_to(guest).exists()
    assert not grants.may_approve(guest, review)
    assert grants.guests_of(review) == [(guest, UNTIL, False)]
    assert Message.objects.get(to=guest).kind == "guest_named"
    named = AuditEvent.objects.get(kind="review.guest_named")
    assert (named.about, named.ids) == (f"review:{review.pk}", {"person": guest.pk})


def test_who_could_approve_reads_only_from_then_on_and_the_other_way_round(
    review: Review, guest: Membership, by: Membership
) -> None:
    name_approver(review, person=guest, until=UNTIL, by=by)
    name_reader(review, person=guest, until=UNTIL, by=by)
    assert grants.guests_of(review) == [(guest, UNTIL, False)]
    name_approver(review, person=guest, until=UNTIL, by=by)
    assert grants.guests_of(review) == [(guest, UNTIL, True)]
    assert grants.may_approve(guest, review)


def test_who_wrote_in_it_may_read_it_as_a_guest(review: Review, guest: Membership, by: Membership) -> None:
    author(review, guest)
    name_reader(review, person=guest, until=UNTIL, by=by)
    assert Review.objects.visible_to(guest).exists()


def test_who_cannot_be_named_is_said(
    review: Review, guest: Membership, by: Membership, in_cedar: Jurisdiction, reviewer: User
) -> None:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    with pytest.raises(CannotNameReader, match=r"^approver\.guest; approver\.day$"):
        name_reader(review, person=member(reviewer, in_cedar), until=yesterday, by=by)
    step_back(review, who=guest, reason="An aunt.", by=by)
    with pytest.raises(CannotNameReader, match=r"^approver\.away$"):
        name_reader(review, person=guest, until=UNTIL, by=by)
    Review.objects.update(state="not_selected")
    with pytest.raises(CannotNameReader, match=r"^approver\.closed; approver\.away$"):
        name_reader(review, person=guest, until=UNTIL, by=by)


@pytest.mark.parametrize(
    ("ticked", "words"), [({"reads_only": "on"}, "to read"), ({}, "to read and approve")]
)
def test_the_page_names_lists_and_ends(
    sign_in: Callable[[str], Client],
    cedar: Jurisdiction,
    guest: Membership,
    by: Membership,
    ticked: dict[str, str],
    words: str,
) -> None:
    with jurisdiction_scope(cedar.pk):
        make_review(cedar, by)
    client = sign_in("coordinator")
    assert client.post(PAGE, {"person": guest.pk, "until": UNTIL} | ticked).status_code == 302
    shown = f"<span>Guest, {words}, until {UNTIL.day} {UNTIL:%B %Y}</span>"
    assert shown in client.get(PAGE).content.decode()
    reader = Client()
    reader.force_login(guest.user)
    assert reader.get("/j/cedar/reviews/2026-001/").status_code == 200
    assert client.post(PAGE, {"end": guest.pk}).status_code == 302
    assert shown not in client.get(PAGE).content.decode()
    assert reader.get("/j/cedar/reviews/2026-001/").status_code == 404


def test_taking_the_only_approver_s_right_away_is_told(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, guest: Membership, by: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        review = make_review(cedar, by, state=Review.State.WITH_DIRECTOR)
        name_approver(review, person=guest, until=UNTIL, by=by)
    posted = {"person": guest.pk, "until": UNTIL, "reads_only": "on"}
    answer = sign_in("coordinator").post(PAGE, posted)
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [
        "Guest can read this review.",
        "Nobody can approve this review now. Name somebody else from outside.",
    ]


def test_the_agency_s_own_number_is_not_told_to_a_guest(
    review: Review, guest: Membership, by: Membership
) -> None:
    Incident.objects.filter(pk=review.pk).update(source_key="CR-7")
    name_reader(review, person=guest, until=UNTIL, by=by)
    for one, told in ((by, True), (guest, False)):
        page = ReviewPage(Review.objects.select_related("incident").get(pk=review.pk), one)
        assert ("as CR-7" in page.headline) is told
