import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from jurisdictions.models.jurisdiction import Jurisdiction
from jurisdictions.models.owed_work import OwedWork
from jurisdictions.models.user import User
from jurisdictions.roles import Role


class Invitation(OwedWork):
    """An offer of a membership by mail. The agency comes from here, never from a list to pick from.

    Not isolated: the link is opened by somebody who is in no agency yet, and the partnership writes the
    first one of an agency it may not open. It holds an address and roles, no case content.
    """

    task = "jurisdictions.tasks.send_invitations"
    isolated_work = False

    class Privacy:
        direct = {"email", "name"}
        open = {
            "id",
            "jurisdiction",
            "roles",
            "invited_by",
            "expires_at",
            "nonce",
            "accepted_at",
            "accepted_by",
            "cancelled_at",
        } | OwedWork.WORK_FIELDS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="invitations")
    email = models.EmailField()
    # As whoever invites knows them; the person may choose another one when accepting.
    name = models.CharField(max_length=120, blank=True, default="", db_default="")
    roles = ArrayField(models.CharField(max_length=40))
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    nonce = models.UUIDField(default=uuid.uuid4)  # in the link; a new one kills the links sent before
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "jurisdiction",
                "email",
                name="invitation_open_once_per_address",
                condition=Q(accepted_at=None, cancelled_at=None),
                violation_error_message="This address already has an open invitation: send it again instead.",
            ),
            models.CheckConstraint(
                name="invitation_accepted_means_when_and_who",
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="invitation_roles_are_known",
                condition=Q(roles__contained_by=[str(role) for role in Role]) & Q(roles__len__gt=0),
                violation_error_message="Choose at least one role from the list.",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @property
    def state(self) -> str:
        """accepted, cancelled, expired or open."""
        if self.accepted_at:
            return "accepted"
        if self.cancelled_at:
            return "cancelled"
        return "expired" if self.expires_at <= timezone.now() else "open"
