"""No message about a review goes to somebody who may not see it, whenever they asked for what it tells of."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from inbox.models import Message
from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews import grants, pdf
from reviews.actions.moves import tell
from reviews.actions.report import ask_for_report
from reviews.actions.team import step_back
from reviews.models import Review, ReviewGrant
from reviews.rules.who import people_who_may_be_told
from reviews.tasks import render_reports
from tests.cast import make_person, member
from tests.reviews.situations import make_review
from tests.reviews.written_review import write_review

pytestmark = pytest.mark.django_db


def steps_back(review: Review, who: Membership) -> None:
    step_back(review, who=who, reason="A cousin of the family", by=who)


def leaves(review: Review, who: Membership) -> None:
    Membership.objects.filter(pk=who.pk).update(left_at=timezone.now())


def loses_every_role_that_reads(review: Review, who: Membership) -> None:
    Membership.objects.filter(pk=who.pk).update(roles=["agency_administrator"])


def has_a_closed_account(review: Review, who: Membership) -> None:
    User.objects.filter(pk=who.user_id).update(is_active=False)


GONE = [steps_back, leaves, loses_every_role_that_reads, has_a_closed_account]


@pytest.mark.parametrize("gone", GONE, ids=lambda gone: gone.__name__)
def test_who_is_gone_since_they_asked_is_not_told_that_the_report_is_ready(
    cedar: Jurisdiction,
    reviewer: User,
    director: User,
    monkeypatch: pytest.MonkeyPatch,
    gone: Callable[[Review, Membership], None],
) -> None:
    monkeypatch.setattr(pdf, "render", lambda document: pdf.Rendered(b"%PDF", "0" * 64, 1))
    with jurisdiction_scope(cedar.pk):
        lead, approver = member(reviewer, cedar), member(director, cedar)
        review = write_review(cedar, lead, approver)
        ask_for_report(review, by=approver)
        gone(review, approver)
        told_before = set(Message.objects.values_list("pk", flat=True))
    assert render_reports(cedar.pk) == 1
    with jurisdiction_scope(cedar.pk):
        assert not Message.objects.exclude(pk__in=told_before).exists()


@pytest.mark.parametrize("gone", GONE, ids=lambda gone: gone.__name__)
def test_no_message_of_any_kind_reaches_them(
    in_cedar: Jurisdiction, quality_lead: User, gone: Callable[[Review, Membership], None]
) -> None:
    reader = member(quality_lead, in_cedar)
    review = make_review(in_cedar, reader)
    assert people_who_may_be_told(review, [reader, reader]) == [reader]
    gone(review, reader)
    tell([member(quality_lead, in_cedar)], "due_soon", review, occasion="test:1")
    assert not Message.objects.filter(kind="due_soon").exists()


def test_a_guest_is_told_until_their_day(in_cedar: Jurisdiction, coordinator: User) -> None:
    by, guest = member(coordinator, in_cedar), member(make_person("guest", in_cedar, Role.GUEST), in_cedar)
    review = make_review(in_cedar, by)
    assert people_who_may_be_told(review, [guest]) == []
    today = timezone.localdate()
    grants.grant(review, to=guest, rights=["view_review"], ends_on=today, by=by)
    assert people_who_may_be_told(review, [guest]) == [guest]
    ReviewGrant.objects.update(ends_on=today - dt.timedelta(days=1))
    assert people_who_may_be_told(review, [guest]) == []
