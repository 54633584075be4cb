"""Reminding of days that are near or past: once for each day and person, however often it is asked."""

import datetime as dt

from django.db import transaction

from jurisdictions.models import AgencyPolicy, Jurisdiction, Membership
from jurisdictions.roles import Role
from reviews.actions.moves import tell
from reviews.models import Review
from reviews.rules.who import seats_of


@transaction.atomic
def remind_of_due_days(agency: Jurisdiction, today: dt.date) -> int:
    """Tell team and coordinators of reviews that are due soon (as many days ahead as the agency's policy says),
    tomorrow, or since yesterday; return how many reviews.

    Reviews on hold are left alone: their clock does not run.
    """
    ahead = AgencyPolicy.objects.of(agency).due_soon_days
    kinds = {
        today + dt.timedelta(days=ahead): "due_soon",
        today + dt.timedelta(days=1): "due_tomorrow",
        today - dt.timedelta(days=1): "overdue",
    }
    near = list(
        Review.objects.under_way().filter(due_on__in=kinds, hold_reason="").select_related("incident")
    )
    if not near:
        return 0
    coordinators = list(
        Membership.objects.holding(Role.COORDINATOR).filter(jurisdiction=agency).with_people()
    )
    for review in near:
        assert review.due_on is not None  # noqa: S101 - a review under way has a due day (constraint)
        away = set(review.recusals.values_list("membership_id", flat=True))
        people = [seat.membership for seat in seats_of(review)] + coordinators
        for person in {person.pk: person for person in people if person.pk not in away}.values():
            tell(person, kinds[review.due_on], review, occasion=f"due:{review.due_on}")
    return len(near)
