"""Naming a team is recorded, and told to whoever is new on it."""

import pytest

from inbox.models import Message
from jurisdictions.models import AuditEvent, Jurisdiction, User
from jurisdictions.roles import Role
from reviews.actions.team import name_team
from tests.cast import make_person, member
from tests.reviews.situations import make_review

pytestmark = pytest.mark.django_db


def test_the_audit_names_the_whole_team_and_its_lead(
    in_cedar: Jurisdiction, reviewer: User, coordinator: User
) -> None:
    by, lead = member(coordinator, in_cedar), member(reviewer, in_cedar)
    second = member(make_person("second", in_cedar, Role.REVIEWER), in_cedar)
    review = make_review(in_cedar, by)
    name_team(review, lead=second, team=[lead], by=by)
    event = AuditEvent.objects.get(kind="review.team_named")
    assert (event.about, event.by_user) == (f"review:{review.pk}", coordinator.pk)
    assert event.ids == {"lead": second.pk, "team": sorted([lead.pk, second.pk])}


def test_who_names_themselves_is_not_told_of_it_and_the_others_are(
    in_cedar: Jurisdiction, reviewer: User
) -> None:
    by = member(make_person("names", in_cedar, Role.COORDINATOR, Role.REVIEWER), in_cedar)
    other = member(reviewer, in_cedar)
    name_team(make_review(in_cedar, by), lead=by, team=[other], by=by)
    assert [message.to for message in Message.objects.filter(kind="named_to_review")] == [other]
