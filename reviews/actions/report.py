"""Asking for a review report."""

from django.db import transaction
from django.db.models import Max

from jurisdictions import audit, work
from jurisdictions.models import Membership
from reviews.models import Review, ReviewReport
from reviews.rules.moves import FINAL


@transaction.atomic
def ask_for_report(review: Review, *, by: Membership, format: str = ReviewReport.Format.PDF) -> ReviewReport:
    """Owe one report of the review as it stands when a worker reads it.

    While one of this format is waiting or being made, asking again returns that one: it will hold whatever stands
    then.
    """
    review = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    reports = ReviewReport.objects.filter(review=review)
    waiting = reports.filter(format=format, done_at=None, dead_at=None).order_by("-sequence").first()
    if waiting is not None:
        return waiting
    last = reports.aggregate(last=Max("sequence"))["last"] or 0
    report = work.owe(
        ReviewReport(
            jurisdiction_id=review.jurisdiction_id,
            review=review,
            asked_by=by,
            sequence=last + 1,
            format=format,
            is_draft=review.state not in FINAL,
            edition_id=review.edition_id,
            review_version=review.version,
        )
    )
    audit.record(
        "report.asked", about=review, by=by, report=report.pk, sequence=report.sequence, format=format
    )
    return report
