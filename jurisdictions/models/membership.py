from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from jurisdictions import roles
from jurisdictions.models.jurisdiction import Jurisdiction
from jurisdictions.models.user import User
from jurisdictions.querysets import MembershipQuerySet
from jurisdictions.roles import PartnershipPermission, PartnershipRole, Permission, Role


class Membership(models.Model):
    """What one person may do in one agency. Rows of an agency name people by their membership."""

    class Privacy:
        open = {"id", "jurisdiction", "user", "roles", "joined_at", "left_at"}

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=40))
    joined_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[MembershipQuerySet] = MembershipQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint("jurisdiction", "user", name="membership_once_per_jurisdiction"),
            # What composite foreign keys of isolated tables point at.
            models.UniqueConstraint(fields=["jurisdiction", "id"], name="membership_same_jurisdiction"),
            models.CheckConstraint(
                name="membership_roles_are_known",
                condition=Q(roles__contained_by=[str(role) for role in Role]) & Q(roles__len__gt=0),
                violation_error_message="Choose at least one role from the list.",
            ),
        ]

    def __str__(self) -> str:
        return self.user.display_name

    def __repr__(self) -> str:
        return f"<Membership {self.pk}>"

    def allows(self, permission: Permission) -> bool:
        """Whether one of the roles that count carries the permission; a person who left has none."""
        return self.left_at is None and roles.allowed(self.roles_in_force, permission)

    def is_a(self, role: Role) -> bool:
        return self.left_at is None and role in self.roles_in_force

    @property
    def roles_in_force(self) -> list[str]:
        """The roles that count: those under the agency's ceiling. One over it gives nothing until it is mended.

        Asked of the agency each time, so that a lowered ceiling counts from the next request on; whoever reads
        many memberships reads their agency with them (`with_people`).
        """
        return roles.under_ceiling(self.roles, self.jurisdiction.role_ceiling)

    @property
    def roles_over_ceiling(self) -> list[str]:
        in_force = self.roles_in_force
        return [role for role in self.roles if role not in in_force]

    @property
    def role_labels(self) -> list[str]:
        """The roles that count, in words."""
        return [roles.ROLE_LABELS[Role(role)] for role in self.roles_in_force]

    @property
    def labels_over_ceiling(self) -> list[str]:
        return [roles.ROLE_LABELS[Role(role)] for role in self.roles_over_ceiling]


class PartnershipMembership(models.Model):
    """A role in the partnership itself; it opens no agency."""

    class Privacy:
        open = {"id", "user", "roles"}

    user = models.OneToOneField(User, models.PROTECT, related_name="partnership")
    roles = ArrayField(models.CharField(max_length=40))

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="partnership_roles_are_known",
                condition=Q(roles__contained_by=[str(role) for role in PartnershipRole])
                & Q(roles__len__gt=0),
                violation_error_message="Choose at least one role from the list.",
            ),
        ]

    def __str__(self) -> str:
        return self.user.display_name

    def allows(self, permission: PartnershipPermission) -> bool:
        return roles.allowed_in_partnership(self.roles, permission)
