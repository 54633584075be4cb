"""Each lock of a save, with a real connection on either side of it."""

from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from jurisdictions.models import Jurisdiction, Membership
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.answer import Place, hold_still, save_answer
from reviews.models import Answer, AnswerVersion, Review, ReviewSeat
from tests.cast import make_person, member
from tests.locks import come_to_wait, in_another_connection
from tests.reviews.situations import answer, author, seat

pytestmark = pytest.mark.django_db(transaction=True)
SAFETY = "safety_account"
seated_or_not = pytest.mark.parametrize("seated", [True, False])


@pytest.fixture
def dana(cedar: Jurisdiction) -> Membership:
    return member(make_person("dana", cedar, Role.REVIEWER), cedar)


def save(place: Place, by: Membership, version: int, value: str, *, seated: bool = True) -> int:
    """As the page does it: from one's seat, or with the review held before."""
    own = ReviewSeat.objects.get(review=place.review, membership=by) if seated else None
    if not seated:
        hold_still(place.review)
        place.review.state = Review.State.IN_REVIEW  # as the page was read
    return save_answer(place, value=value, missing="", version=version, by=by, seat=own)


@seated_or_not
def test_writers_wait_for_nobody_who_writes_elsewhere(
    review: Review, cedar: Jurisdiction, lead: Membership, seated: bool
) -> None:
    """Not even for themselves, in another tab."""
    with jurisdiction_scope(cedar.pk):
        author(review, lead)
    elsewhere_in_it = Place(review, None, "history_account")
    other, ended = in_another_connection(
        cedar, partial(save, elsewhere_in_it, lead, 0, "There.", seated=seated)
    )
    with jurisdiction_scope(cedar.pk):
        save(Place(Review.objects.get(), None, SAFETY), lead, 0, "Here.", seated=seated)
        other.start()
        assert not come_to_wait(other)
        assert ended == ["done"]


@seated_or_not
def test_a_state_that_changes_is_waited_for_whoever_changes_it(
    review: Review, cedar: Jurisdiction, lead: Membership, seated: bool
) -> None:
    late = partial(save, Place(review, None, SAFETY), lead, 0, "Late.", seated=seated)
    other, ended = in_another_connection(cedar, late)
    with jurisdiction_scope(cedar.pk):
        Review.objects.update(state=Review.State.WITH_QUALITY_LEAD)  # without any lock taken first
        other.start()
        assert come_to_wait(other)
    other.join(20)
    assert ended == ["MovedOn"]
    with jurisdiction_scope(cedar.pk):
        assert not Answer.objects.exists()


def test_what_is_held_still_is_the_state_that_the_review_came_to(review: Review, cedar: Jurisdiction) -> None:
    other, _ = in_another_connection(cedar, lambda: hold_still(review))
    with jurisdiction_scope(cedar.pk):
        Review.objects.update(state=Review.State.WITH_QUALITY_LEAD)
        other.start()
        assert come_to_wait(other)
    other.join(20)
    assert review.state == Review.State.WITH_QUALITY_LEAD


def test_a_seat_that_ends_is_waited_for_whoever_ends_it(
    review: Review, cedar: Jurisdiction, lead: Membership
) -> None:
    other, ended = in_another_connection(cedar, partial(save, Place(review, None, SAFETY), lead, 0, "Late."))
    with jurisdiction_scope(cedar.pk):
        ReviewSeat.objects.update(ended_at=timezone.now())
        other.start()
        assert come_to_wait(other)
    other.join(20)
    assert ended == ["MovedOn"]


def test_of_two_who_replace_one_text_the_second_is_told(
    review: Review, cedar: Jurisdiction, lead: Membership, dana: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        seat(review, dana, lead)
        for each in (lead, dana):
            author(review, each)
        answer(review, lead, SAFETY, "First.")
    place = Place(review, None, SAFETY)
    other, ended = in_another_connection(cedar, partial(save, place, dana, 1, "Dana's."))
    with jurisdiction_scope(cedar.pk):
        assert save(Place(Review.objects.get(), None, SAFETY), lead, 1, "Lead's.") == 2
        other.start()
        assert come_to_wait(other)
    other.join(20)
    assert ended == ["Stale"]
    with jurisdiction_scope(cedar.pk):
        assert Answer.objects.get().value == "Lead's."
        assert [kept.value for kept in AnswerVersion.objects.all()] == ["First."]


def test_two_who_wait_for_one_text_do_not_wait_for_each_other(
    review: Review, cedar: Jurisdiction, lead: Membership, dana: Membership
) -> None:
    """Both are held up before they hold anything of it: one saves, the other is told."""
    with jurisdiction_scope(cedar.pk):
        seat(review, dana, lead)
        for each in (lead, dana):
            author(review, each)
        answer(review, lead, SAFETY, "First.")
    place = Place(review, None, SAFETY)
    both = [in_another_connection(cedar, partial(save, place, by, 1, f"{by}'s.")) for by in (lead, dana)]
    threads = [thread for thread, _ in both]
    with jurisdiction_scope(cedar.pk), connection.cursor() as cursor:
        cursor.execute("SELECT FROM reviews_answer FOR SHARE")
        for thread in threads:
            thread.start()
        assert come_to_wait(*threads)
    for thread in threads:
        thread.join(20)
    assert sorted(ended[0] for _, ended in both) == ["Stale", "done"]
