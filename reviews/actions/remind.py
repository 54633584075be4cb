"""Reminding of days that are near or past: once for each day and person, however often it is asked."""

import datetime as dt

from django.db import transaction

from jurisdictions.models import Membership
from jurisdictions.roles import Role
from reviews.actions.moves import tell
from reviews.models import Review
from reviews.rules.who import seats_of


@transaction.atomic
def remind_of_due_days(today: dt.date) -> int:
    """Tell team and coordinators of reviews that are due tomorrow or were due yesterday; return how many reviews.

    Reviews on hold are left alone: their clock does not run.
    """
    tomorrow, yesterday = today + dt.timedelta(days=1), today - dt.timedelta(days=1)
    near = Review.objects.under_way().filter(due_on__in=[tomorrow, yesterday], hold_reason="")
    coordinators: list[Membership] | None = None
    count = 0
    for review in near.select_related("incident", "jurisdiction"):
        if coordinators is None:
            found = Membership.objects.holding(Role.COORDINATOR).filter(jurisdiction=review.jurisdiction)
            coordinators = list(found.with_people())
        kind = "due_tomorrow" if review.due_on == tomorrow else "overdue"
        away = set(review.recusals.values_list("membership_id", flat=True))
        team = [seat.membership for seat in seats_of(review)]
        for person in {person.pk: person for person in team + coordinators if person.pk not in away}.values():
            tell(person, kind, review, occasion=f"due:{review.due_on}")
        count += 1
    return count
