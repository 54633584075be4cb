"""What may happen to an incident now: its facts changed, the notification withdrawn, a past one opened."""

from jurisdictions.models import Membership
from jurisdictions.roles import Permission
from jurisdictions.rules import Problem
from reviews.models import Incident, Review, ReviewSeat
from reviews.rules.editing import problems_before_editing
from reviews.rules.moves import MOVES

REASON_LENGTH = 500


def problems_before_changing_facts(
    incident: Incident, review: Review | None, *, by: Membership, seat: ReviewSeat | None
) -> list[Problem]:
    """Why this person may not change the facts now; an empty list means they may."""
    if incident.withdrawn_at is not None:
        return [Problem("facts.withdrawn", "This notification was withdrawn. Its facts stay as they are.")]
    if review is not None:
        return problems_before_editing(review, "facts", by=by, seat=seat)
    if not by.allows(Permission.INCIDENT_NOTIFY):
        return [Problem("facts.role", "A coordinator or a reviewer changes these facts.")]
    return []


def problems_before_withdrawing(incident: Incident, review: Review | None, *, reason: str) -> list[Problem]:
    """Why the notification cannot be withdrawn now; the reason as it would be kept."""
    if review is not None and review.state not in MOVES["withdraw"].begins:
        return [
            Problem(
                "withdraw.under_way",
                f"An incident is withdrawn before the selection decision, and this one is "
                f"{review.get_state_display().lower()}. Write what was a mistake into its review instead.",
            )
        ]
    if not reason:
        return [Problem("withdraw.reason", "Say in a sentence why the notification was a mistake.")]
    if len(reason) > REASON_LENGTH:
        return [Problem("withdraw.long", f"Say it in at most {REASON_LENGTH} characters.")]
    return []


def problems_before_opening(incident: Incident, review: Review | None) -> list[Problem]:
    """Why a selection decision cannot be opened for an incident that came in with a file."""
    if incident.withdrawn_at is not None:
        return [Problem("open.withdrawn", "This incident was withdrawn.")]
    if review is not None:
        return [Problem("open.already", "This incident has its selection decision already.")]
    return []
