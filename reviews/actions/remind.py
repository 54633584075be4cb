"""Reminding of days that are near or past: once for each day and person, however often it is asked."""

import datetime as dt

from django.db import transaction

from jurisdictions.models import AgencyPolicy, Jurisdiction, Membership
from jurisdictions.roles import Role
from reviews.actions.moves import tell
from reviews.models import Review
from reviews.rules.moves import CLOSED
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
    coordinators = _coordinators(agency) if near else []
    for review in near:
        assert review.due_on is not None  # noqa: S101 - a review under way has a due day (constraint)
        team = [seat.membership for seat in seats_of(review)]
        occasion = f"due:{review.pk}:{review.due_on}"
        tell(team + coordinators, kinds[review.due_on], review, occasion=occasion)
    return len(near)


@transaction.atomic
def remind_of_passed_holds(agency: Jurisdiction, today: dt.date) -> int:
    """Tell the coordinators of reviews whose day to wait for has passed, so that no hold goes on unasked; return
    how many reviews. A hold that got a new day is told of again when that one has passed."""
    passed = list(
        Review.objects.filter(held_until__lt=today).exclude(state__in=CLOSED).select_related("incident")
    )
    coordinators = _coordinators(agency) if passed else []
    for review in passed:
        occasion = f"hold:{review.pk}:{review.held_until}"
        tell(coordinators, "hold_passed", review, occasion=occasion, page="hold")
    return len(passed)


def _coordinators(agency: Jurisdiction) -> list[Membership]:
    return list(Membership.objects.holding(Role.COORDINATOR).filter(jurisdiction=agency).with_people())
