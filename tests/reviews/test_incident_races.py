"""An incident and its review are held in one order: the review first. Nobody waits in a circle, nothing slips in."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from django.utils import timezone

from jurisdictions.models import Jurisdiction, Membership
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.answer import Place, hold_still, save_answer
from reviews.actions.entries import add_entry
from reviews.actions.facts import change_facts
from reviews.actions.withdraw import withdraw_incident
from reviews.facts import child_facts_of, facts_of
from reviews.models import Incident, Review, ReviewHand
from tests.locks import come_to_wait, in_another_connection

pytestmark = pytest.mark.django_db(transaction=True)


def writes(review: Review, by: Membership) -> None:
    save_answer(Place(review, None, "safety_account"), value="Seen.", missing="", version=0, by=by)


def adds(review: Review, by: Membership) -> None:
    add_entry(review.incident, "timeline", by=by)


def changes(review: Review, by: Membership) -> None:
    incident = Incident.objects.get(pk=review.pk)
    children = [child_facts_of(child) for child in incident.children.all()]
    facts = replace(facts_of(incident), county="Hazel")
    change_facts(incident, facts, children, by=by, version=incident.version)


@pytest.mark.parametrize("write", [writes, adds, changes])
def test_who_withdraws_waits_for_who_writes_and_neither_fails(
    review: Review, cedar: Jurisdiction, by: Membership, write: Callable[[Review, Membership], None]
) -> None:
    with jurisdiction_scope(cedar.pk):
        Review.objects.update(state=Review.State.TO_BE_SELECTED)
        incident = Incident.objects.get()
    withdrawing, ended = in_another_connection(
        cedar, partial(withdraw_incident, incident, by=by, reason="Twice.")
    )
    with jurisdiction_scope(cedar.pk):
        standing = Review.objects.get()
        hold_still(standing)
        withdrawing.start()
        assert come_to_wait(withdrawing)
        write(standing, by)
    withdrawing.join(20)
    assert ended == ["done"]
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.get().withdrawn_at is not None


def test_facts_are_not_changed_behind_a_review_that_was_just_sent(
    review: Review, cedar: Jurisdiction, lead: Membership
) -> None:
    changing, ended = in_another_connection(cedar, partial(changes, review, lead))
    with jurisdiction_scope(cedar.pk):
        Review.objects.locked(review.pk)
        changing.start()
        assert come_to_wait(changing)
        Review.objects.update(state=Review.State.WITH_QUALITY_LEAD, state_since=timezone.now())
    changing.join(20)
    assert ended == ["CannotChangeFacts"]
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.get().county == "Cedar County"
        assert not ReviewHand.objects.exists()
