from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from jurisdictions.querysets import JurisdictionQuerySet
from jurisdictions.roles import Role, every_role


class Jurisdiction(models.Model):
    """A child-welfare agency: the tenant. The partnership's directory, so everybody's to read."""

    class Kind(models.TextChoices):
        STATE = "state", "State agency"
        COUNTY = "county", "County agency"
        CITY = "city", "City agency"
        TRIBE = "tribe", "Tribal agency"
        DISTRICT = "district", "District agency"

    class Privacy:
        open = {
            "id",
            "slug",
            "name",
            "kind",
            "parent",
            "agreement_on",
            "created_at",
            "role_ceiling",
            "active_on",
        }

    slug = models.SlugField("short name in addresses", max_length=60, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind)
    # A county agency inside a member state: both may hold the same incident, and totals must not count it twice.
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    agreement_on = models.DateField("agreement signed on", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # The roles that its members may hold, as the partnership has set it: a role that is not among them gives nothing.
    # One that is added to the product is opened to the agencies that stand by the migration that adds it.
    role_ceiling = ArrayField(models.CharField(max_length=40), default=every_role, db_default=every_role())
    # The last day on which somebody of the agency did something: a summary that the agency's own task writes
    # (jurisdictions.activity), so that the partnership need not look inside.
    active_on = models.DateField(null=True, blank=True)

    objects: ClassVar[JurisdictionQuerySet] = JurisdictionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="jurisdiction_kind_is_known",
                condition=Q(kind__in=["state", "county", "city", "tribe", "district"]),
                violation_error_message="Choose a kind of agency from the list.",
            ),
            models.CheckConstraint(
                name="jurisdiction_is_not_its_own_parent",
                condition=Q(parent=None) | ~Q(parent=F("id")),
                violation_error_message="An agency cannot be part of itself.",
            ),
            # Without an administrator an agency could invite nobody, not even its next administrator.
            models.CheckConstraint(
                name="role_ceiling_is_of_known_roles_and_keeps_administrators",
                condition=Q(role_ceiling__contained_by=every_role())
                & Q(role_ceiling__contains=[str(Role.ADMINISTRATOR)]),
                violation_error_message="Choose roles from the list; Agency administrator is always among them.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
