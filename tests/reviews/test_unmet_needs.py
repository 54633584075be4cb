"""A need that was not met in full becomes an improvement opportunity before its review is sent."""

import pytest

from jurisdictions.models import Jurisdiction, Membership
from reviews.actions.entries import bring_back_entry, make_opportunity, remove_entry
from reviews.actions.moves import CannotMove, make_move
from reviews.models import Review
from tests.reviews.situations import add, make_review

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quality_lead")]


@pytest.fixture
def review(in_cedar: Jurisdiction, lead: Membership) -> Review:
    return make_review(in_cedar, lead, lead=lead)


def asked_for(review: Review, lead: Membership) -> list[int | None]:
    """The needs for which sending asks an opportunity."""
    with pytest.raises(CannotMove) as refusal:
        make_move(review, "send_to_quality_lead", by=lead)
    return [problem.entry for problem in refusal.value.problems if problem.code == "need.no_opportunity"]


def test_what_was_unmet_or_partly_met_asks_for_one_and_what_was_met_does_not(
    review: Review, lead: Membership
) -> None:
    needs = {met: add(review, lead, "needs", need_met=met) for met in ("unmet", "partly", "met")}
    add(review, lead, "needs", need_statement="Nobody said yet whether it was met.")
    assert asked_for(review, lead) == [needs["unmet"].pk, needs["partly"].pk]


def test_an_opportunity_answers_for_its_own_need_until_it_is_removed(
    review: Review, lead: Membership
) -> None:
    need, other = (add(review, lead, "needs", need_met="unmet") for _ in range(2))
    made = make_opportunity(need, by=lead)
    assert asked_for(review, lead) == [other.pk]
    remove_entry(made, by=lead)
    assert asked_for(review, lead) == [need.pk, other.pk]
    bring_back_entry(made, by=lead)
    remove_entry(other, by=lead)
    assert asked_for(review, lead) == []
