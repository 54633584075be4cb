"""When a review is due. Calendar days; the agency's own policy says how many. `today` is always passed in."""

import datetime as dt
from typing import Literal


def due_day(*, aware_on: dt.date, days: int) -> dt.date:
    """The day the review is due: `days` calendar days after the agency learned of the incident."""
    return aware_on + dt.timedelta(days=days)


def due_day_after_hold(due_on: dt.date, *, held_since: dt.date, released_on: dt.date) -> dt.date:
    """A hold stops the clock: the days it lasted are added to the due day."""
    return due_on + dt.timedelta(days=max((released_on - held_since).days, 0))


def lateness(due_on: dt.date, today: dt.date) -> Literal["late", "today", "tomorrow", "soon", "later"]:
    days = (due_on - today).days
    if days < 0:
        return "late"
    if days <= 1:
        return "today" if days == 0 else "tomorrow"
    return "soon" if days <= 14 else "later"


def due_in_words(due_on: dt.date, today: dt.date) -> str:
    """`tomorrow`, `in 12 days`, `4 days late`: how far off a day is, for a person."""
    days = (due_on - today).days
    if days == 0:
        return "due today"
    if days == 1:
        return "due tomorrow"
    if days == -1:
        return "1 day late"
    return f"due in {days} days" if days > 0 else f"{-days} days late"
