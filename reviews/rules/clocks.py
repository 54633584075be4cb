"""When a review is due. Calendar days; the agency's own policy says how many. `today` is always passed in."""

import datetime as dt
from typing import Literal


def clock_began[Day: dt.date | None](*, aware_on: dt.date | None, selected_on: Day) -> dt.date | Day:
    """The day from which the clock runs: when the agency learned of the incident; where nobody recorded that,
    when the incident was selected. None while neither is known."""
    return aware_on or selected_on


def due_day(*, began: dt.date, days: int, held_days: int) -> dt.date:
    """The day the review is due: `days` calendar days after its clock began, and the days that it stood still."""
    return began + dt.timedelta(days=days + held_days)


def days_held(*, held_since: dt.date, released_on: dt.date, began: dt.date | None) -> int:
    """For how many days a hold stopped the clock; a clock that had not begun cannot be stopped."""
    if began is None:
        return 0
    return max((released_on - max(held_since, began)).days, 0)


def lateness(due_on: dt.date, today: dt.date) -> Literal["late", "today", "tomorrow", "soon", "later"]:
    days = (due_on - today).days
    if days < 0:
        return "late"
    if days <= 1:
        return "today" if days == 0 else "tomorrow"
    return "soon" if days <= 14 else "later"


def held_in_words(until: dt.date, today: dt.date, *, day: str) -> str:
    """`until 18 November`; once that day is over, that it has passed: a hold goes on until somebody ends it.
    `day` is the day as the page writes it."""
    return f"until {day}" if until >= today else f"until {day}, which has passed"


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
