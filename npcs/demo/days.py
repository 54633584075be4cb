"""Days as the demo tells them: so many before or after the day of seeding."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone


@dataclass(frozen=True)
class Days:
    """The calendar of one seeding."""

    today: dt.date
    now: dt.datetime

    @classmethod
    def from_now(cls) -> "Days":
        now = timezone.now()
        return cls(timezone.localdate(now), now)

    def day(self, days: int) -> dt.date:
        return self.today + dt.timedelta(days=days)

    def at(self, days: int, hour: int = 9, minute: int = 0) -> dt.datetime:
        """A moment of that day, and never one that is still to come."""
        moment = dt.datetime.combine(self.day(days), dt.time(hour, minute), timezone.get_current_timezone())
        return min(moment, self.now - dt.timedelta(minutes=1))
