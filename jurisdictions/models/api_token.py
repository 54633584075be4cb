import datetime as dt
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from jurisdictions.models.membership import Membership
from jurisdictions.models.user import User

# The longest life of a token: whoever still needs one makes it anew, in a session with both steps.
LONGEST_LIFE = dt.timedelta(days=366)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def standing(self, now: dt.datetime | None = None) -> "ApiTokenQuerySet":
        """Those that open something: not ended, not run out, of somebody who is still in the agency."""
        return self.filter(
            ended_at=None,
            expires_at__gt=now or timezone.now(),
            membership__left_at=None,
            membership__user__is_active=True,
        )


class ApiToken(models.Model):
    """What other software shows to act as one person in one agency, as far as its scopes reach and until its day.

    The text of a token is shown once. Kept are a random prefix, by which it is found, and the SHA-256 of its secret.
    """

    class Scope(models.TextChoices):
        """How far a token reaches, whatever else its person's roles allow."""

        READ = "read", "Read"
        WRITE = "write", "Write"
        IMPORT = "import", "Bring in files"

    class Privacy:
        sensitive = {"name", "prefix", "secret_sha256"}
        open = {
            "id",
            "membership",
            "scopes",
            "made_at",
            "expires_at",
            "last_used_at",
            "ended_at",
            "ended_by",
        }

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=80)  # what it is for, in the person's words
    prefix = models.CharField(max_length=16, unique=True)
    secret_sha256 = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=10))
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects: ClassVar[ApiTokenQuerySet] = ApiTokenQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="api_token_scopes_are_known",
                condition=Q(scopes__contained_by=["read", "write", "import"]) & Q(scopes__len__gt=0),
                violation_error_message="Tick at least one.",
            ),
            models.CheckConstraint(
                name="api_token_runs_out_within_a_year",
                condition=Q(expires_at__gt=F("made_at")) & Q(expires_at__lte=F("made_at") + LONGEST_LIFE),
                violation_error_message="A token runs out within a year.",
            ),
            # Ended without a person: by a command.
            models.CheckConstraint(
                name="api_token_ended_means_when",
                condition=Q(ended_at__isnull=False) | Q(ended_by=None),
            ),
        ]

    def __str__(self) -> str:
        return f"token {self.pk}"  # never its name: it is what somebody typed

    def __repr__(self) -> str:
        return f"<ApiToken {self.pk}>"

    def is_standing(self, now: dt.datetime) -> bool:
        """As the queryset's `standing`, of one that was read with its membership and person."""
        membership = self.membership
        is_in = membership.left_at is None and membership.user.is_active
        return is_in and self.ended_at is None and self.expires_at > now
