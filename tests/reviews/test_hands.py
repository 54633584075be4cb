"""Author or approver of a review, never both: what PostgreSQL refuses whoever asks, as the site's own role."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.answer import Place, save_answer
from reviews.actions.moves import make_move
from reviews.models import Answer, Review, ReviewHand
from tests.cast import member
from tests.locks import come_to_wait, in_another_connection
from tests.reviews.situations import answer, at_once, make_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(in_cedar: Jurisdiction, director: User) -> Membership:
    return member(director, in_cedar)


@pytest.fixture
def approved(in_cedar: Jurisdiction, reviewer: User, chief: Membership) -> Review:
    """Written by the reviewer, approved by the director."""
    lead = member(reviewer, in_cedar)
    review = make_review(in_cedar, lead, state=Review.State.WITH_DIRECTOR, lead=lead)
    answer(review, lead, "safety_account", "Seen.")
    return make_move(review, "approve", by=chief)


@pytest.mark.parametrize(
    ("statement", "because"),
    [
        (
            "INSERT INTO reviews_reviewhand (jurisdiction_id, review_id, membership_id, hand, since) "
            "VALUES (%(agency)s, %(review)s, %(chief)s, 'author', now())",
            "one_hand",
        ),
        ("UPDATE reviews_reviewhand SET hand = 'author'", "permission denied"),
        ("DELETE FROM reviews_reviewhand", "permission denied"),
        ("UPDATE reviews_answer SET author_id = %(chief)s", "author_is_a_hand"),
        (
            "UPDATE reviews_answer SET author_id = %(chief)s, author_hand = 'approver'",
            "answer_author_is_an_author",
        ),
        ("UPDATE reviews_review SET approver_id = %(lead)s", "approver_is_a_hand"),
        (
            "UPDATE reviews_review SET approver_id = %(lead)s, approver_hand = 'author'",
            "review_approver_is_an_approver",
        ),
    ],
)
def test_no_statement_makes_one_person_both(
    approved: Review, chief: Membership, statement: str, because: str
) -> None:
    lead = approved.seats.get().membership_id
    named = {"agency": approved.jurisdiction_id, "review": approved.pk, "chief": chief.pk, "lead": lead}
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match=because), transaction.atomic():
        at_once(lambda: cursor.execute(statement, named))


def test_whoever_approved_cannot_save_an_answer_afterwards(approved: Review, chief: Membership) -> None:
    place = Place(approved, None, "safety_account")
    with pytest.raises(DatabaseError, match="author_is_a_hand"), transaction.atomic():
        at_once(lambda: save_answer(place, value="Mine.", missing="", version=1, by=chief))


def _writes(review: Review, chief: Membership) -> object:
    place = Place(review, None, "safety_account")
    return save_answer(place, value="Mine.", missing="", version=0, by=chief)


def _approves(review: Review, chief: Membership) -> object:
    return make_move(review, "approve", by=chief)


def _takes(hand: str) -> Callable[[Review, Membership], object]:
    """What the keys refuse by themselves, where nobody holds the review."""

    def take(review: Review, chief: Membership) -> object:
        return ReviewHand.objects.create(
            jurisdiction_id=review.jurisdiction_id, review=review, membership=chief, hand=hand
        )

    return take


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("first", "second", "refusal"),
    [
        (_writes, _approves, "CannotMove"),
        (_approves, _writes, "MovedOn"),
        (_takes("author"), _takes("approver"), "IntegrityError"),
        (_takes("approver"), _takes("author"), "IntegrityError"),
    ],
)
def test_in_a_race_one_person_gets_one_hand(
    cedar: Jurisdiction,
    reviewer: User,
    director: User,
    first: Callable[[Review, Membership], object],
    second: Callable[[Review, Membership], object],
    refusal: str,
) -> None:
    """Two connections at once: the second waits for the first, then is refused."""
    chief = member(director, cedar)
    with jurisdiction_scope(cedar.pk):
        review = make_review(cedar, member(reviewer, cedar), state=Review.State.WITH_DIRECTOR)
    other, ended = in_another_connection(cedar, lambda: second(Review.objects.get(pk=review.pk), chief))
    with jurisdiction_scope(cedar.pk):
        first(review, chief)
        other.start()
        assert come_to_wait(other), "the second waits"
    other.join(20)
    assert ended == [refusal]
    with jurisdiction_scope(cedar.pk):
        hands = list(ReviewHand.objects.filter(membership=chief).values_list("hand", flat=True))
        assert len(hands) == 1
        assert Answer.objects.filter(author=chief).exists() == (first is _writes)
