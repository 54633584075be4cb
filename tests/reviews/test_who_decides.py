"""Whose decision a finished review is: in My work, for directors and for guests who were named to approve."""

import datetime as dt

import pytest
from django.utils import timezone

from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.roles import Role
from reviews import grants
from reviews.actions.team import step_back
from reviews.models import Review, ReviewGrant
from reviews.turns import my_work
from tests.cast import make_person, member
from tests.reviews.situations import author, make_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def directs(in_cedar: Jurisdiction, director: User) -> Membership:
    return member(director, in_cedar)


@pytest.fixture
def review(in_cedar: Jurisdiction, by: Membership) -> Review:
    return make_review(in_cedar, by, state=Review.State.WITH_DIRECTOR)


def waits_for(person: Membership) -> list[str]:
    return [f"{turn.record} {turn.what}" for turn in my_work(person).waiting_for_me]


def name(review: Review, guest: Membership, by: Membership, *rights: grants.Right) -> None:
    grants.grant(review, to=guest, rights=list(rights), ends_on=timezone.localdate(), by=by)


def test_what_another_wrote_takes_no_decision_away(
    review: Review, by: Membership, directs: Membership, reviewer: User
) -> None:
    author(review, member(reviewer, by.jurisdiction))
    assert waits_for(directs) == ["2026-001 Approve or return"]


def test_what_one_wrote_takes_the_decision_on_that_review_alone(
    review: Review, by: Membership, directs: Membership
) -> None:
    make_review(by.jurisdiction, by, number="2026-002", state=Review.State.WITH_DIRECTOR)
    author(review, directs)
    assert waits_for(directs) == ["2026-002 Approve or return"]
    assert waits_for(by) == ["2026-001 Name an approver"]


def test_a_guest_decides_what_they_were_named_to_approve_and_only_that(
    review: Review, by: Membership, guest: Membership
) -> None:
    other = make_review(by.jurisdiction, by, number="2026-002", state=Review.State.WITH_DIRECTOR)
    name(review, guest, by, "view_review", "approve_review")
    name(other, guest, by, "view_review")
    assert waits_for(guest) == ["2026-001 Approve or return"]


def test_one_director_who_wrote_nothing_is_enough(
    review: Review, by: Membership, directs: Membership
) -> None:
    second = member(make_person("second", by.jurisdiction, Role.DIRECTOR), by.jurisdiction)
    author(review, directs)
    assert waits_for(by) == []
    author(review, second)
    assert waits_for(by) == ["2026-001 Name an approver"]


def test_a_guest_who_only_reads_or_whose_day_is_over_approves_nothing(
    review: Review, by: Membership, directs: Membership, guest: Membership
) -> None:
    author(review, directs)
    name(review, guest, by, "view_review")
    assert waits_for(by) == ["2026-001 Name an approver"]
    name(review, guest, by, "approve_review")
    assert waits_for(by) == []
    ReviewGrant.objects.update(ends_on=timezone.localdate() - dt.timedelta(days=1))
    assert waits_for(by) == ["2026-001 Name an approver"]


def test_a_guest_of_one_review_is_nobody_on_another(
    review: Review, by: Membership, directs: Membership, guest: Membership
) -> None:
    other = make_review(by.jurisdiction, by, number="2026-002", state=Review.State.WITH_DIRECTOR)
    for each in (review, other):
        author(each, directs)
    name(other, guest, by, "view_review", "approve_review")
    assert waits_for(by) == ["2026-001 Name an approver"]


def test_a_guest_who_stepped_back_or_left_approves_nothing(
    review: Review, by: Membership, directs: Membership, guest: Membership
) -> None:
    other = make_review(by.jurisdiction, by, number="2026-002", state=Review.State.WITH_DIRECTOR)
    for each in (review, other):
        author(each, directs)
        name(each, guest, by, "view_review", "approve_review")
    assert waits_for(by) == []
    step_back(review, who=guest, reason="A cousin.", by=guest)
    assert waits_for(by) == ["2026-001 Name an approver"]
    Membership.objects.filter(pk=guest.pk).update(left_at=timezone.now())
    assert waits_for(by) == ["2026-001 Name an approver", "2026-002 Name an approver"]
