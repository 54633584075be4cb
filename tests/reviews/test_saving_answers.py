"""One save, condition by condition: whose hand, which place, which text is kept, what is audited."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from jurisdictions.models import AuditEvent, Jurisdiction, Membership
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.answer import MovedOn, Place, Stale, SteppedBack, save_answer
from reviews.actions.remarks import mark_part
from reviews.actions.team import step_back
from reviews.models import Answer, AnswerVersion, Entry, Review, ReviewHand
from tests.cast import make_person, member
from tests.reviews.situations import make_review, seat

SAFETY, STATEMENT = "safety_account", "need_statement"
NOW = timezone.now()


@pytest.fixture
def dana(cedar: Jurisdiction) -> Membership:
    return member(make_person("dana", cedar, Role.REVIEWER), cedar)


@pytest.fixture
def review(in_cedar: Jurisdiction, lead: Membership) -> Review:
    return make_review(in_cedar, lead, lead=lead)


def needs(review: Review, by: Membership, count: int = 2) -> list[Place]:
    """The same question in several entries."""
    made = [
        Entry.objects.create(
            jurisdiction_id=review.jurisdiction_id,
            record=review.incident,
            section="needs",
            position=at + 1,
            created_by=by,
        )
        for at in range(count)
    ]
    return [Place(review, entry.pk, STATEMENT) for entry in made]


def save(
    place: Place, by: Membership, version: int, value: Any, *, minute: int = 0, missing: str = ""
) -> int:
    at = NOW + dt.timedelta(minutes=minute)
    return save_answer(place, value=value, missing=missing, version=version, by=by, now=at)


def kept() -> list[Any]:
    return list(AnswerVersion.objects.order_by("pk").values_list("value", flat=True))


@pytest.mark.django_db
class TestHand:
    def test_nobody_becomes_an_author_of_a_review_that_moved_on(
        self, review: Review, lead: Membership
    ) -> None:
        Review.objects.update(state="with_quality_lead")
        for version in (0, 1):
            review.state = "in_review"
            with pytest.raises(MovedOn):
                save(Place(review, None, SAFETY), lead, version, "Late.")
        assert not ReviewHand.objects.exists()

    def test_who_stepped_back_becomes_no_author(self, review: Review, lead: Membership) -> None:
        step_back(review, who=lead, reason="A cousin.", by=lead)
        with pytest.raises(SteppedBack):
            save(Place(review, None, SAFETY), lead, 0, "After.")
        assert not ReviewHand.objects.exists()

    def test_a_seat_that_another_holds_does_not_stand_for_ones_own(
        self, review: Review, lead: Membership, dana: Membership
    ) -> None:
        own = review.seats.get(membership=lead)
        seat(review, dana, lead)
        review.seats.filter(pk=own.pk).update(ended_at=NOW)
        with pytest.raises(MovedOn):
            save_answer(Place(review, None, SAFETY), value="Late.", missing="", version=0, by=lead, seat=own)
        assert not Answer.objects.exists()

    def test_another_who_stepped_back_or_another_review_stops_nobody(
        self, review: Review, lead: Membership, dana: Membership
    ) -> None:
        other = make_review(lead.jurisdiction, lead, number="2026-002", lead=lead)
        step_back(review, who=dana, reason="A cousin.", by=lead)
        step_back(other, who=lead, reason="A cousin.", by=dana)
        assert save(Place(review, None, SAFETY), lead, 0, "Seen.") == 1
        hand = ReviewHand.objects.get()
        assert (hand.review, hand.membership, hand.hand) == (review, lead, "author")


@pytest.mark.django_db
class TestPlace:
    def test_each_entry_holds_its_own_answer(self, review: Review, lead: Membership) -> None:
        one, two = needs(review, lead)
        assert [save(one, lead, 0, "A crib."), save(two, lead, 0, "A nurse.")] == [1, 1]
        assert save(one, lead, 1, "A safe crib.") == 2
        standing = dict(Answer.objects.values_list("repeat", "value"))
        assert standing == {one.repeat: "A safe crib.", two.repeat: "A nurse."}

    def test_each_item_and_review_holds_its_own_answer(self, review: Review, lead: Membership) -> None:
        other = make_review(lead.jurisdiction, lead, number="2026-002", lead=lead)
        places = [
            Place(review, None, SAFETY),
            Place(review, None, "history_account"),
            Place(other, None, SAFETY),
        ]
        for place in places:
            save(place, lead, 0, "First.")
        save(places[0], lead, 1, "Second.")
        assert sorted(Answer.objects.values_list("value", flat=True)) == ["First.", "First.", "Second."]

    def test_a_version_that_is_not_the_one_that_stands_is_refused(
        self, review: Review, lead: Membership
    ) -> None:
        one, two = needs(review, lead)
        save(one, lead, 0, "Mine.")
        save(two, lead, 0, "Another's.")
        for place, version, stands in ((one, 2, "Mine."), (one, 7, "Mine."), (two, 2, "Another's.")):
            with pytest.raises(Stale) as refused:
                save(place, lead, version, "Theirs.")
            assert refused.value.theirs is not None
            assert refused.value.theirs.value == stands
        assert kept() == []

    def test_who_saved_last_and_when_stands_beside_the_answer(
        self, review: Review, lead: Membership, dana: Membership
    ) -> None:
        place = Place(review, None, SAFETY)
        save(place, lead, 0, "One.")
        save(place, dana, 1, "Two.", minute=3)
        standing = Answer.objects.get()
        assert (standing.author, standing.at) == (dana, NOW + dt.timedelta(minutes=3))
        replaced = AnswerVersion.objects.get()
        assert (replaced.author_id, replaced.replaced_by_id, replaced.version) == (lead.pk, dana.pk, 1)


@pytest.mark.django_db
class TestKept:
    def test_each_place_keeps_its_own_text_in_the_same_minutes(
        self, review: Review, lead: Membership
    ) -> None:
        other = make_review(lead.jurisdiction, lead, number="2026-002", lead=lead)
        items = [(SAFETY, None), ("history_account", None)]
        places = [Place(at, repeat, item) for at in (review, other) for item, repeat in items]
        for place in [*places, *needs(review, lead)]:
            save(place, lead, 0, f"{place}")
            save(place, lead, 1, "Next.")
        assert len(kept()) == 6

    def test_a_reason_is_kept_and_an_empty_answer_is_not(self, review: Review, lead: Membership) -> None:
        place = Place(review, None, SAFETY)
        save(place, lead, 0, None)
        save(place, lead, 1, None, missing="unknown")
        assert not AnswerVersion.objects.exists()
        save(place, lead, 2, "Seen.")
        assert AnswerVersion.objects.get().missing == "unknown"

    def test_what_another_replaced_in_these_minutes_does_not_stand_for_what_one_replaces_oneself(
        self, review: Review, lead: Membership, dana: Membership
    ) -> None:
        place = Place(review, None, SAFETY)
        save(place, lead, 0, "Lead's first.")
        save(place, dana, 1, None, minute=1)
        save(place, lead, 2, "Lead's second.", minute=2)
        save(place, lead, 3, "Lead's third.", minute=3)
        assert kept() == ["Lead's first.", "Lead's second."]

    def test_what_another_wrote_is_kept_however_lately_one_replaced_ones_own(
        self, review: Review, lead: Membership, dana: Membership
    ) -> None:
        place = Place(review, None, SAFETY)
        for version, by in enumerate((lead, lead, dana, lead)):
            save(place, by, version, f"text {version}", minute=version)
        assert kept() == ["text 0", "text 1", "text 2"]


@pytest.mark.django_db
class TestTyped:
    def test_each_person_and_review_has_its_own_event(
        self, review: Review, lead: Membership, dana: Membership
    ) -> None:
        other = make_review(lead.jurisdiction, lead, number="2026-002", lead=lead)
        mark_part(review, "safety", done=True, by=lead)
        for version, by in enumerate((lead, dana, lead)):
            save(Place(review, None, SAFETY), by, version, f"{version}", minute=version)
        save(Place(other, None, SAFETY), lead, 0, "There.")
        events = AuditEvent.objects.filter(kind="review.answered").order_by("pk")
        assert list(events.values_list("about", "by_user")) == [
            (f"review:{review.pk}", lead.user_id),
            (f"review:{review.pk}", dana.user_id),
            (f"review:{other.pk}", lead.user_id),
        ]


@pytest.mark.django_db(transaction=True)
def test_of_two_first_answers_at_once_one_stands_and_the_other_is_told(
    cedar: Jurisdiction, lead: Membership, dana: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        review = make_review(cedar, lead, lead=lead)
    both_in, seen = threading.Barrier(2, timeout=10), dict[int, str]()

    def first(by: Membership) -> None:
        try:
            with jurisdiction_scope(cedar.pk):
                both_in.wait()
                save(Place(review, None, SAFETY), by, 0, f"{by.pk}")
            seen[by.pk] = "saved"
        except Stale as stale:
            seen[by.pk] = f"sees {stale.theirs.value if stale.theirs else None}"
        finally:
            connection.close()

    threads = [threading.Thread(target=first, args=[by]) for by in (lead, dana)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with jurisdiction_scope(cedar.pk):
        standing = Answer.objects.get()
    loser = dana if standing.author_id == lead.pk else lead
    assert seen == {standing.author_id: "saved", loser.pk: f"sees {standing.author_id}"}
