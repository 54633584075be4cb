"""What a reader asks about one part, and the team's word that it is settled; and marking a part done."""

from django.db import transaction
from django.utils import timezone

from dictionary.values import keepable
from jurisdictions import audit
from jurisdictions.models import Membership
from jurisdictions.rules import Problem
from reviews.actions.answer import hold_still
from reviews.actions.moves import CannotMove
from reviews.models import PartMark, Remark, Review
from reviews.rules.reading import parts_read

LONGEST = 2000


@transaction.atomic
def leave_remark(review: Review, *, part: str, text: str, by: Membership) -> Remark:
    """A remark beside one part that is read. Raises CannotMove when it says nothing, or the review has moved on."""
    hold_still(review)
    text = keepable(text).strip()
    if review.state not in {Review.State.WITH_QUALITY_LEAD, Review.State.WITH_DIRECTOR}:
        raise CannotMove([Problem("remark.turn", "Remarks are left while the review is read.", part)])
    if all(part != one.key for one in parts_read(review.asked.questions)):
        raise CannotMove([Problem("remark.part", "Leave the remark beside a part of the page.", part)])
    if not text:
        raise CannotMove([Problem("remark.empty", "Write the remark first.", part)])
    if len(text) > LONGEST:
        over = len(text) - LONGEST
        raise CannotMove(
            [
                Problem(
                    "remark.long",
                    f"Keep a remark within {LONGEST:,} characters: this one is {over:,} over.",
                    part,
                )
            ]
        )
    remark = Remark.objects.create(
        jurisdiction_id=review.jurisdiction_id,
        review=review,
        part=part,
        text=text,
        by=by,
        at=timezone.now(),
    )
    audit.record("remark.left", about=review, by=by, remark=remark.pk, part=part)
    return remark


@transaction.atomic
def settle_remark(remark: Remark, *, by: Membership) -> Remark:
    """Say that a remark has been looked at; the text and who settled it stay."""
    remark = Remark.objects.select_for_update(of=("self",)).get(pk=remark.pk)
    if remark.settled_at is None:
        remark.settled_at, remark.settled_by = timezone.now(), by
        remark.save(update_fields=["settled_at", "settled_by"])
        audit.record("remark.settled", about=f"review:{remark.review_id}", by=by, remark=remark.pk)
    return remark


@transaction.atomic
def mark_part(review: Review, part: str, *, done: bool, by: Membership) -> None:
    """Say that a part is done, or take that back."""
    if done:
        PartMark.objects.get_or_create(
            jurisdiction_id=review.jurisdiction_id,
            review=review,
            part=part,
            defaults={"done_by": by, "done_at": timezone.now()},
        )
    else:
        PartMark.objects.filter(review=review, part=part).delete()
    audit.record("part.done" if done else "part.reopened", about=review, by=by, part=part)
