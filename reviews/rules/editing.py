"""Whether this person may change this part now, and if not, why and who can."""

from jurisdictions.models import Membership
from jurisdictions.roles import Permission, Role
from jurisdictions.rules import Problem
from reviews.models import Review, ReviewSeat
from reviews.rules.moves import OPEN_FOR_ANSWERS, WHOSE_TURN

# What may be filled in before a review is selected: the facts that the decision rests on.
BEFORE_SELECTION = {"facts", "history", "safety"}


def problems_before_editing(
    review: Review, part: str, *, by: Membership, seat: ReviewSeat | None
) -> list[Problem]:
    """Why this person may not change this part now; an empty list means they may. `seat` is the one they hold now."""
    return list(_problems(review, part, by, seat))


def writes_every_part(person: Membership) -> bool:
    """Whether the person's roles reach all parts of a review and not Debriefs alone; a lead needs them all."""
    return person.is_a(Role.REVIEWER)


def _problems(review: Review, part: str, by: Membership, seat: ReviewSeat | None) -> list[Problem]:
    if review.state not in OPEN_FOR_ANSWERS:
        turn = WHOSE_TURN.get(review.state)
        where = f"It is with {turn}." if turn else f"It is {review.get_state_display().lower()}."
        return [Problem("editing.locked", f"This review cannot be changed now. {where}", part)]
    if review.state != Review.State.IN_REVIEW:
        if part not in BEFORE_SELECTION:
            return [
                Problem(
                    "editing.not_selected",
                    "This part opens when the incident is selected for a review.",
                    part,
                )
            ]
        if not by.allows(Permission.INCIDENT_NOTIFY):
            return [Problem("editing.role", "A coordinator fills in the facts before the selection.", part)]
        return []
    if seat is None:
        return [
            Problem(
                "editing.no_seat",
                "You can read this review but are not on its team. Its coordinator can name you.",
                part,
            )
        ]
    if not by.allows(Permission.REVIEW_EDIT):
        return [Problem("editing.role", "Your role reads reviews and does not write in them.", part)]
    if seat.statement != ReviewSeat.Statement.NO_CONFLICT:
        return [
            Problem(
                "editing.statement",
                "Make your conflict-of-interest statement first. It takes a minute.",
                "statement",
            )
        ]
    if part != "debriefs" and not writes_every_part(by):
        return [Problem("editing.debriefer", "A debriefer writes in the part Debriefs only.", part)]
    return []
