"""A court or the police ask to wait: the clock stops, the list says until when."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from jurisdictions import audit
from jurisdictions.models import Membership
from jurisdictions.rules import Problem
from reviews.actions.moves import CannotMove, tell
from reviews.models import Review
from reviews.rules.clocks import clock_began, days_held
from reviews.rules.moves import CLOSED
from reviews.rules.who import seats_of


@transaction.atomic
def hold_review(
    review: Review, *, reason: str, until: dt.date, note: str, by: Membership, today: dt.date | None = None
) -> Review:
    """Put a live review on hold until a day, or move that day. Raises CannotMove for a day that has passed."""
    today = today or timezone.localdate()
    review = Review.objects.locked(review.pk)
    if until <= today:
        raise CannotMove([Problem("hold.until", "Give a day after today until which the review waits.")])
    if review.state in CLOSED:
        raise CannotMove([Problem("hold.closed", "This review is closed, so there is nothing to hold.")])
    review.held_since = review.held_since or today
    review.hold_reason, review.held_until, review.hold_note = reason, until, note.strip()
    review.version += 1
    review.save(update_fields=["held_since", "hold_reason", "held_until", "hold_note", "version"])
    audit.record("review.held", about=review, by=by)
    return review


@transaction.atomic
def release_hold(review: Review, *, by: Membership, today: dt.date | None = None) -> Review | None:
    """Take a review off hold: the days its clock stood still are added to its due day, and the team is told.

    None when it was not on hold. Before the selection there is no due day yet: the days are kept, and the
    selection adds them.
    """
    today = today or timezone.localdate()
    review = Review.objects.locked(review.pk)
    if not review.on_hold or review.held_since is None:
        return None
    began = clock_began(aware_on=review.incident.aware_on, selected_on=review.selected_on)
    held = days_held(held_since=review.held_since, released_on=today, began=began)
    review.held_days += held
    if review.due_on is not None:
        review.due_on += dt.timedelta(days=held)
    review.hold_reason, review.held_since, review.held_until, review.hold_note = "", None, None, ""
    review.version += 1
    review.save(
        update_fields=[
            "held_days",
            "due_on",
            "hold_reason",
            "held_since",
            "held_until",
            "hold_note",
            "version",
        ]
    )
    event = audit.record("review.released", about=review, by=by, days=held)
    others = [seat.membership for seat in seats_of(review) if seat.membership_id != by.pk]
    tell(others, "turn_again_on_hold_end", review, occasion=f"release:{event.pk}")
    return review
