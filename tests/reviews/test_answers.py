"""Saving one answer: versions, conflicts, history, and the author's hand."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from reviews.actions.answer import MovedOn, Place, Stale, SteppedBack, save_answer
from reviews.models import Answer, AnswerVersion, Recusal, Review, ReviewHand, ReviewSeat
from tests.cast import member
from tests.reviews.situations import at_once, make_review

pytestmark = pytest.mark.django_db
SAFETY = "safety_account"


@pytest.fixture
def review(in_cedar: Jurisdiction, lead: Membership) -> Review:
    return make_review(in_cedar, lead, lead=lead)


def place(review: Review, item: str = SAFETY) -> Place:
    return Place(review, None, item)


def test_a_first_answer_makes_its_author(review: Review, lead: Membership) -> None:
    assert save_answer(place(review), value="Seen.", missing="", version=0, by=lead) == 1
    answer = Answer.objects.get(item=SAFETY)
    assert (answer.value, answer.author_id) == ("Seen.", lead.pk)
    assert ReviewHand.objects.get(review=review).hand == "author"


def test_each_save_moves_the_version_on(review: Review, lead: Membership) -> None:
    for version in range(4):
        assert (
            save_answer(place(review), value=f"{version}", missing="", version=version, by=lead)
            == version + 1
        )


def test_a_stale_save_is_refused_with_what_stands_there(
    review: Review, lead: Membership, observer: User
) -> None:
    dana = member(observer, review.jurisdiction)
    save_answer(place(review), value="mine", missing="", version=0, by=lead)
    with pytest.raises(Stale) as refusal:
        save_answer(place(review), value="theirs", missing="", version=0, by=dana)
    assert refusal.value.theirs is not None
    assert refusal.value.theirs.value == "mine"
    save_answer(place(review), value="second", missing="", version=1, by=lead)
    with pytest.raises(Stale):
        save_answer(place(review), value="theirs", missing="", version=1, by=dana)
    assert Answer.objects.get(item=SAFETY).value == "second"


def test_a_reason_may_stand_instead_of_a_value_but_not_beside_one(review: Review, lead: Membership) -> None:
    save_answer(place(review), value=None, missing="unknown", version=0, by=lead)
    assert Answer.objects.get(item=SAFETY).missing == "unknown"
    with pytest.raises(IntegrityError, match="answer_is_a_value_or_a_reason"), transaction.atomic():
        save_answer(place(review), value="both", missing="unknown", version=1, by=lead)


def test_typing_on_keeps_one_replaced_text_in_ten_minutes(review: Review, lead: Membership) -> None:
    now = timezone.now()
    for version in range(5):
        at = now + dt.timedelta(minutes=version)
        save_answer(place(review), value=f"text {version}", missing="", version=version, by=lead, now=at)
    assert [kept.value for kept in AnswerVersion.objects.all()] == ["text 0"]
    later = now + dt.timedelta(minutes=20)
    save_answer(place(review), value="later", missing="", version=5, by=lead, now=later)
    assert sorted(kept.value for kept in AnswerVersion.objects.all()) == ["text 0", "text 4"]


def test_what_somebody_else_wrote_is_always_kept(review: Review, lead: Membership, observer: User) -> None:
    dana = member(observer, review.jurisdiction)
    now = timezone.now()
    save_answer(place(review), value="lead 1", missing="", version=0, by=lead, now=now)
    save_answer(place(review), value="dana 2", missing="", version=1, by=dana, now=now)
    save_answer(place(review), value="lead 3", missing="", version=2, by=lead, now=now)
    assert sorted(kept.value for kept in AnswerVersion.objects.all()) == ["dana 2", "lead 1"]


def test_an_approver_cannot_answer_even_by_sql(review: Review, director: User) -> None:
    boss = member(director, review.jurisdiction)
    ReviewHand.objects.create(
        jurisdiction=review.jurisdiction, review=review, membership=boss, hand="approver"
    )
    with pytest.raises(IntegrityError, match="author_is_a_hand"), transaction.atomic():
        at_once(lambda: save_answer(place(review), value="x", missing="", version=0, by=boss))


def test_nobody_changes_or_deletes_a_hand(review: Review, lead: Membership) -> None:
    save_answer(place(review), value="x", missing="", version=0, by=lead)
    for statement in ("UPDATE reviews_reviewhand SET hand = 'approver'", "DELETE FROM reviews_reviewhand"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():  # noqa: SIM117
            with connection.cursor() as cursor:
                cursor.execute(statement)


def test_typing_is_audited_once_in_ten_minutes(review: Review, lead: Membership) -> None:
    now = timezone.now()

    def type_on(item: str, version: int, *, minute: int) -> None:
        at = now + dt.timedelta(minutes=minute)
        save_answer(place(review, item), value="x", missing="", version=version, by=lead, now=at)

    for version, minute in enumerate((0, 1, 9)):
        type_on(SAFETY, version, minute=minute)
    type_on("history_account", 0, minute=0)
    events = AuditEvent.objects.filter(kind="review.answered")
    assert sorted(event.ids["part"] for event in events) == ["history", "safety"]
    type_on(SAFETY, 3, minute=11)
    assert events.all().count() == 3


def test_a_save_that_was_refused_is_not_audited(review: Review, lead: Membership) -> None:
    save_answer(place(review), value="mine", missing="", version=0, by=lead)
    later = timezone.now() + dt.timedelta(minutes=20)
    with pytest.raises(Stale):
        save_answer(place(review), value="theirs", missing="", version=0, by=lead, now=later)
    assert AuditEvent.objects.filter(kind="review.answered").count() == 1


def test_nothing_is_written_once_the_review_has_moved_on(review: Review, lead: Membership) -> None:
    save_answer(place(review), value="in time", missing="", version=0, by=lead)
    Review.objects.update(state="with_quality_lead")
    assert review.state == "in_review"  # as the page was read
    for version, item in ((1, SAFETY), (0, "history_account")):
        with pytest.raises(MovedOn):
            save_answer(place(review, item), value="late", missing="", version=version, by=lead)
        assert review.state == "with_quality_lead"
        review.state = "in_review"
    assert [answer.value for answer in Answer.objects.all()] == ["in time"]
    assert not AnswerVersion.objects.exists()


def test_who_stepped_back_writes_nothing_even_from_a_page_read_before(
    review: Review, lead: Membership
) -> None:
    save_answer(place(review), value="before", missing="", version=0, by=lead)
    Recusal.objects.create(
        jurisdiction=review.jurisdiction,
        review=review,
        membership=lead,
        reason="A conflict.",
        recorded_by=lead,
    )
    for version, item in ((1, SAFETY), (0, "history_account")):
        with pytest.raises(SteppedBack):
            save_answer(place(review, item), value="after", missing="", version=version, by=lead)
    assert [answer.value for answer in Answer.objects.all()] == ["before"]


def test_words_that_their_author_removes_stay_in_the_history(review: Review, lead: Membership) -> None:
    now = timezone.now()
    for version, words in enumerate(("draft", "draft two", "a long paragraph", None)):
        at = now + dt.timedelta(minutes=version)
        save_answer(place(review), value=words, missing="", version=version, by=lead, now=at)
    assert [kept.value for kept in AnswerVersion.objects.order_by("pk")] == ["draft", "a long paragraph"]


def test_whose_save_was_refused_is_no_author(review: Review, lead: Membership, observer: User) -> None:
    dana = member(observer, review.jurisdiction)
    save_answer(place(review), value="mine", missing="", version=0, by=lead)
    for version in (0, 5):
        with pytest.raises(Stale):
            save_answer(place(review), value="theirs", missing="", version=version, by=dana)
    assert not ReviewHand.objects.filter(membership=dana).exists()


def test_a_seat_that_ended_takes_nothing(review: Review, lead: Membership) -> None:
    seat = ReviewSeat.objects.get(membership=lead)
    assert save_answer(place(review), value="before", missing="", version=0, by=lead, seat=seat) == 1
    ReviewSeat.objects.update(ended_at=timezone.now())
    with pytest.raises(MovedOn):
        save_answer(place(review), value="after", missing="", version=1, by=lead, seat=seat)
    assert Answer.objects.get().value == "before"
