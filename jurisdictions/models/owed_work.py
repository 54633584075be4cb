from typing import ClassVar

from django.db import models
from django.utils import timezone


class OwedWork(models.Model):
    """Work that is owed, as a row: whoever claims it holds a lease, fails with backoff, ends done or dead.

    A concrete model names in `task` the Celery task that works off its rows.
    """

    task: ClassVar[str]
    isolated_work: ClassVar[bool] = True  # behind an agency's wall; invitations are not
    extra_seconds: ClassVar[int] = 0  # what its task may take beyond the usual limit
    given_up_page: ClassVar[str] = ""  # the route where an administrator sees rows that were given up
    # Fields every owed row shares, all open: they say how far the work is, not what it is about.
    WORK_FIELDS = frozenset(
        {"owed_at", "due_at", "claim", "claimed_until", "tries", "trouble", "done_at", "dead_at"}
    )

    owed_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    claim = models.UUIDField(null=True, default=None)
    claimed_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=80, blank=True)  # an exception's name, never its message
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def work_state(self) -> str:
        """waiting, working, done or dead: what a progress line shows."""
        if self.done_at:
            return "done"
        if self.dead_at:
            return "dead"
        if self.claimed_until and self.claimed_until > timezone.now():
            return "working"
        return "waiting"
