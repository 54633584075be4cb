"""Days that are near or past are told of once, to the right people, and not while a review is on hold."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.core import mail
from django.test.utils import CaptureQueriesContext

from inbox import delivery
from inbox.models import Message
from jurisdictions.models import Jurisdiction, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews import tasks
from reviews.actions.moves import tell
from reviews.actions.remind import remind_of_due_days, remind_of_passed_holds
from reviews.models import Recusal, Review
from reviews.rules.who import people_who_may_be_told
from tests.cast import make_person, member
from tests.reviews.situations import make_review, seat

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


def test_two_reviews_of_one_day_are_two_messages(
    in_cedar: Jurisdiction, reviewer: User, coordinator: User
) -> None:
    by = member(coordinator, in_cedar)
    for number in ("2026-001", "2026-002"):
        make_review(in_cedar, by, number=number, lead=member(reviewer, in_cedar), due_on=dt.date(2026, 3, 4))
    remind_of_due_days(in_cedar, TODAY)
    assert sorted(Message.objects.filter(to=by).values_list("number", flat=True)) == ["2026-001", "2026-002"]


def test_whom_to_tell_costs_the_same_for_one_and_for_many(
    in_cedar: Jurisdiction,
    reviewer: User,
    coordinator: User,
    django_assert_max_num_queries: Callable[..., AbstractContextManager[CaptureQueriesContext]],
) -> None:
    """Who sees the review is asked once for all of its people, in two queries."""
    lead, by = member(reviewer, in_cedar), member(coordinator, in_cedar)
    review = make_review(in_cedar, by, lead=lead)
    people = [lead, by]
    for number in range(9):
        person = member(make_person(f"more{number}", in_cedar, Role.REVIEWER), in_cedar)
        seat(review, person, by)
        people.append(person)
    with django_assert_max_num_queries(2):
        assert people_who_may_be_told(review, people) == people
    with django_assert_max_num_queries(2 + 11 * 2):
        tell(people, "due_soon", review, occasion="test:1")


class TestPassedHolds:
    @pytest.fixture
    def review(self, cedar: Jurisdiction, reviewer: User, coordinator: User) -> Review:
        with jurisdiction_scope(cedar.pk):
            return make_review(
                cedar,
                member(coordinator, cedar),
                lead=member(reviewer, cedar),
                hold_reason="police",
                hold_note="CANARY",
                held_since=TODAY - dt.timedelta(days=9),
                held_until=TODAY,
            )

    def test_the_coordinators_are_told_once_a_passed_day(
        self, review: Review, cedar: Jurisdiction, coordinator: User
    ) -> None:
        away = member(make_person("away", cedar, Role.COORDINATOR), cedar)
        with jurisdiction_scope(cedar.pk):
            Recusal.objects.create(
                jurisdiction=cedar, review=review, membership=away, recorded_by=away, reason="A cousin."
            )
            assert remind_of_passed_holds(cedar, TODAY) == 0, "the day itself is still waited for"
            for later in (1, 1, 2, 5):
                assert remind_of_passed_holds(cedar, TODAY + dt.timedelta(days=later)) == 1
            message = Message.objects.get()
            assert (message.kind, message.to) == ("hold_passed", member(coordinator, cedar))
            assert message.path == "/j/cedar/reviews/2026-001/hold/"
            delivery.post(message)
            (sent,) = mail.outbox
            assert "2026-001" in sent.subject
            assert not any(word in sent.body.lower() for word in ("canary", "police", "court"))
            Review.objects.update(held_until=TODAY + dt.timedelta(days=6))
            remind_of_passed_holds(cedar, TODAY + dt.timedelta(days=7))
            assert Message.objects.count() == 2, "a new day that has passed is told of anew"

    @pytest.mark.parametrize("state", ["not_selected", "withdrawn"])
    def test_a_closed_review_asks_nothing(self, review: Review, cedar: Jurisdiction, state: str) -> None:
        with jurisdiction_scope(cedar.pk):
            Review.objects.update(state=state)
            assert remind_of_passed_holds(cedar, TODAY + dt.timedelta(days=1)) == 0

    def test_a_hold_before_the_selection_counts_too(self, review: Review, cedar: Jurisdiction) -> None:
        with jurisdiction_scope(cedar.pk):
            Review.objects.update(state="to_be_selected")
            assert remind_of_passed_holds(cedar, TODAY + dt.timedelta(days=1)) == 1

    def test_the_hourly_task_asks_for_it(self, review: Review, cedar: Jurisdiction) -> None:
        """The day of this review lies in the past, whatever day the test runs on."""
        assert tasks.remind_of_due_days(cedar.pk) == 1
        with jurisdiction_scope(cedar.pk):
            assert Message.objects.get().kind == "hold_passed"
