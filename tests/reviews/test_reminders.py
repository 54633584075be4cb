"""Days that are near or past are told of once, to the right people, and not while a review is on hold."""

import datetime as dt

import pytest

from inbox.models import Message
from jurisdictions.models import Jurisdiction, User
from reviews.actions.remind import remind_of_due_days
from reviews.models import Review
from tests.cast import member
from tests.reviews.situations import make_review

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 3)


@pytest.mark.parametrize(
    ("due_on", "kind"),
    [
        (dt.date(2026, 3, 10), "due_soon"),
        (dt.date(2026, 3, 4), "due_tomorrow"),
        (dt.date(2026, 3, 2), "overdue"),
        (dt.date(2026, 3, 3), None),
        (dt.date(2026, 3, 5), None),
    ],
)
def test_a_near_day_is_told_once(
    in_cedar: Jurisdiction, reviewer: User, coordinator: User, due_on: dt.date, kind: str | None
) -> None:
    lead, watches = member(reviewer, in_cedar), member(coordinator, in_cedar)
    make_review(in_cedar, watches, lead=lead, due_on=due_on)
    for _ in range(3):
        remind_of_due_days(in_cedar, TODAY)
    told = sorted(Message.objects.values_list("kind", "to_id"))
    assert told == ([(kind, person) for person in sorted([lead.pk, watches.pk])] if kind else [])


def test_nothing_is_said_while_a_review_is_on_hold(
    in_cedar: Jurisdiction, reviewer: User, coordinator: User
) -> None:
    lead = member(reviewer, in_cedar)
    make_review(in_cedar, member(coordinator, in_cedar), lead=lead, due_on=dt.date(2026, 3, 4))
    Review.objects.update(hold_reason="court", held_since=TODAY, held_until=dt.date(2026, 4, 1))
    assert remind_of_due_days(in_cedar, TODAY) == 0
    assert not Message.objects.exists()
