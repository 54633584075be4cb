"""A guest from outside the agency, to approve one review or to read it: named until a day, and ended before it."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from jurisdictions import audit
from jurisdictions.models import Membership
from jurisdictions.rules import Problem
from reviews import grants
from reviews.actions.moves import CannotMove, tell
from reviews.models import Review
from reviews.rules.naming import problems_before_naming_approver, problems_before_naming_reader


class CannotNameApprover(CannotMove):
    """This person is not asked to approve this review."""


class CannotNameReader(CannotMove):
    """This person is not asked to read this review."""


@transaction.atomic
def name_approver(
    review: Review, *, person: Membership, until: dt.date, by: Membership, today: dt.date | None = None
) -> None:
    """Let a guest read and approve one review until a day, and tell them; naming them again moves the day.

    Raises CannotNameApprover. Under the review's lock: nobody becomes its author or steps back meanwhile.
    """
    review = Review.objects.locked(review.pk)
    problems = problems_before_naming_approver(review, person)
    if problems := [*problems, *_about_day(until, today)]:
        raise CannotNameApprover(problems)
    given = grants.grant(review, to=person, rights=["view_review", "approve_review"], ends_on=until, by=by)
    audit.record("review.approver_named", about=review, by=by, person=person.pk)
    tell([person], "approver_named", review, occasion=f"grant:{given[0].pk}")


@transaction.atomic
def name_reader(
    review: Review, *, person: Membership, until: dt.date, by: Membership, today: dt.date | None = None
) -> None:
    """Let a guest read one review until a day and no more, and tell them: also one who could approve it before.

    Raises CannotNameReader.
    """
    review = Review.objects.locked(review.pk)
    problems = problems_before_naming_reader(review, person)
    if problems := [*problems, *_about_day(until, today)]:
        raise CannotNameReader(problems)
    grants.end(review, of=person, right="approve_review")
    (given,) = grants.grant(review, to=person, rights=["view_review"], ends_on=until, by=by)
    audit.record("review.guest_named", about=review, by=by, person=person.pk)
    tell([person], "guest_named", review, occasion=f"grant:{given.pk}")


def _about_day(until: dt.date, today: dt.date | None) -> list[Problem]:
    early = until < (today or timezone.localdate())
    return [Problem("approver.day", "Give today or a later day.")] if early else []


@transaction.atomic
def end_approver(review: Review, *, person: Membership, by: Membership) -> bool:
    """End what a guest may do on one review now, and say whether there was anything to end.

    What they did stays: an approval keeps its approver.
    """
    review = Review.objects.locked(review.pk)
    if not grants.end(review, of=person):
        return False
    audit.record("review.approver_ended", about=review, by=by, person=person.pk)
    return True
