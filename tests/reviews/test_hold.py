"""A hold stops the clock for as long as the clock runs, before the selection and after it."""

import datetime as dt

import pytest
from django.utils import timezone

from inbox.models import Message
from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from reviews.actions.hold import hold_review, release_hold
from reviews.actions.moves import CannotMove, problems_before_move
from reviews.actions.select import select_for_review
from reviews.models import Incident, Review
from reviews.rules.clocks import days_held
from reviews.rules.moves import MOVES
from reviews.team_forms import HoldForm
from tests.cast import member
from tests.reviews.situations import make_review, seat

pytestmark = pytest.mark.django_db
AWARE = dt.date(2026, 3, 1)
DAYS = 90  # the agency's clock, where it set none of its own


def day(after: int) -> dt.date:
    return AWARE + dt.timedelta(days=after)


@pytest.fixture
def review(in_cedar: Jurisdiction, by: Membership) -> Review:
    review = make_review(in_cedar, by, state=Review.State.TO_BE_SELECTED)
    Incident.objects.update(aware_on=AWARE)
    return review


def select(review: Review, lead: User, by: Membership, today: dt.date) -> Review:
    person = member(lead, by.jurisdiction)
    return select_for_review(
        review, reasons=["open_case_at_event"], note="", lead=person, team=[], by=by, today=today
    )


def hold(review: Review, by: Membership, since: int, released: int | None) -> None:
    hold_review(review, reason="court", until=day(since + 30), note="", by=by, today=day(since))
    if released is not None:
        release_hold(review, by=by, today=day(released))


def test_days_on_hold_before_the_selection_are_added_by_it(
    review: Review, by: Membership, reviewer: User
) -> None:
    hold(review, by, 2, 9)
    hold(review, by, 10, 15)
    assert select(review, reviewer, by, day(20)).due_on == day(DAYS + 7 + 5)


def test_a_hold_over_the_selection_is_counted_once(review: Review, by: Membership, reviewer: User) -> None:
    hold(review, by, 2, None)
    assert select(review, reviewer, by, day(20)).due_on == day(DAYS)
    released = release_hold(review, by=by, today=day(30))
    assert released is not None
    assert released.due_on == day(DAYS + 28)
    assert release_hold(review, by=by, today=day(31)) is None, "once"


def test_a_clock_that_had_not_begun_was_not_stopped(review: Review, by: Membership, reviewer: User) -> None:
    Incident.objects.update(aware_on=None)
    hold(review, by, 2, 9)
    hold(review, by, 10, None)
    assert select(review, reviewer, by, day(20)).due_on == day(20 + DAYS)
    released = release_hold(review, by=by, today=day(30))
    assert released is not None
    assert released.due_on == day(30 + DAYS), "only the days since it began"


@pytest.mark.parametrize(
    ("since", "released", "began", "days"),
    [(5, 9, 0, 4), (5, 9, 7, 2), (5, 9, 12, 0), (5, 5, 0, 0), (5, 9, None, 0)],
)
def test_days_held(since: int, released: int, began: int | None, days: int) -> None:
    begins = None if began is None else day(began)
    assert days_held(held_since=day(since), released_on=day(released), began=begins) == days


def test_the_audit_says_that_it_was_held_and_for_how_long_never_why(review: Review, by: Membership) -> None:
    hold(review, by, 2, 9)
    events = dict(
        AuditEvent.objects.filter(kind__in=["review.held", "review.released"]).values_list("kind", "ids")
    )
    assert events == {"review.held": {}, "review.released": {"days": 7}}


def test_a_hold_and_its_end_each_move_the_version_on(review: Review, by: Membership) -> None:
    before = review.version
    for act in (
        lambda: hold_review(review, reason="court", until=day(30), note="", by=by, today=day(2)),
        lambda: release_hold(review, by=by, today=day(9)),
    ):
        act()
        review.refresh_from_db()
        before += 1
        assert review.version == before


@pytest.mark.parametrize("after", [1, 2])
def test_a_review_waits_until_a_day_after_today(review: Review, by: Membership, after: int) -> None:
    with pytest.raises(CannotMove, match=r"^hold\.until$"):
        hold_review(review, reason="court", until=day(after), note="", by=by, today=day(2))
    assert not Review.objects.get().on_hold


@pytest.mark.parametrize("state", ["not_selected", "withdrawn", "approved"])
def test_a_closed_review_is_not_held(
    in_cedar: Jurisdiction, by: Membership, director: User, state: str
) -> None:
    approver = member(director, in_cedar) if state == "approved" else None
    closed = make_review(in_cedar, by, state=state, approver=approver)
    with pytest.raises(CannotMove, match=r"^hold\.closed$"):
        hold_review(closed, reason="court", until=day(9), note="", by=by, today=day(2))


def test_moving_the_day_keeps_since_when_it_is_held(review: Review, by: Membership) -> None:
    hold(review, by, 2, None)
    hold_review(review, reason="police", until=day(60), note=" Both asked. ", by=by, today=day(5))
    held = Review.objects.get()
    assert (held.held_since, held.held_until, held.hold_note) == (day(2), day(60), "Both asked.")


def test_the_end_of_a_hold_is_told_to_the_team_and_not_to_who_ended_it(
    review: Review, by: Membership, reviewer: User
) -> None:
    other = member(reviewer, by.jurisdiction)
    for person in (by, other):
        seat(review, person, by)
    hold(review, by, 2, 9)
    assert [message.to for message in Message.objects.filter(kind="turn_again_on_hold_end")] == [other]


@pytest.mark.parametrize(("lines", "fits"), [(250, True), (251, False)])
def test_a_line_end_counts_once_as_in_the_browser(
    review: Review, by: Membership, lines: int, fits: bool
) -> None:
    note = "\r\n".join(["x"] * lines) + ("!" if fits else "")
    until = str(timezone.localdate() + dt.timedelta(days=9))
    form = HoldForm({"reason": "court", "until": until, "note": note})
    assert form.is_valid() is fits, form.errors
    move = MOVES["withdraw"]
    long = "\r\n".join(["x"] * (lines + 750)) + "!"
    problems = problems_before_move(move, review, by=by, note=long)
    assert ("move.long" in {problem.code for problem in problems}) is not fits
