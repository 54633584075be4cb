"""The whole review on one page: which parts it shows, and who leaves remarks beside them now."""

from dictionary.schema import Edition, Part
from jurisdictions.models import Membership
from jurisdictions.roles import Permission
from jurisdictions.rules import Problem
from reviews import grants
from reviews.models import Review

# Decided and stated before the work began, on pages of their own: nothing there is the team's to mend.
_NOT_READ = {"selection", "statement"}

# What a reader can still do with words for which it is too late.
_WAYS = {
    Review.State.IN_REVIEW: "The team has it. Leave your remark when it comes back to you, or tell its lead.",
    Review.State.WITH_QUALITY_LEAD: "The quality lead has it, and can leave your words as a remark.",
    Review.State.WITH_DIRECTOR: "Who approves it has it, and can leave your words as a remark or return it.",
    Review.State.AS_REPORTED: "It was closed before it came here, and stays as it was reported.",
    Review.State.APPROVED: "It is approved and stays as it stands. The coordinator can say what is possible.",
}


def parts_read(edition: Edition) -> list[Part]:
    """The parts that are read and remarked on, in the edition's order."""
    return [part for part in edition.parts if part.key not in _NOT_READ]


def problems_before_remarking(review: Review, *, by: Membership) -> list[Problem]:
    """Why this person leaves no remark now: it is not their turn to read, or the review has moved on."""
    if review.state == Review.State.WITH_QUALITY_LEAD and by.allows(Permission.REVIEW_CHECK):
        return []
    if review.state == Review.State.WITH_DIRECTOR and (
        by.allows(Permission.REVIEW_APPROVE) or grants.may_approve(by, review)
    ):
        return []
    state = review.get_state_display().lower()
    way = _WAYS.get(Review.State(review.state), "The coordinator can say what comes next.")
    return [Problem("remark.turn", f"You cannot leave a remark now: this review is {state}. {way}")]
