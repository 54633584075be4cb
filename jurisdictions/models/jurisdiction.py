from django.db import models
from django.db.models import F, Q


class Jurisdiction(models.Model):
    """A child-welfare agency: the tenant. The partnership's directory, so everybody's to read."""

    class Kind(models.TextChoices):
        STATE = "state", "State agency"
        COUNTY = "county", "County agency"
        CITY = "city", "City agency"
        TRIBE = "tribe", "Tribal agency"
        DISTRICT = "district", "District agency"

    class Privacy:
        open = {"id", "slug", "name", "kind", "parent", "agreement_on", "created_at"}

    slug = models.SlugField("short name in addresses", max_length=60, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind)
    # A county agency inside a member state: both may hold the same incident, and totals must not count it twice.
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    agreement_on = models.DateField("agreement signed on", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

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
        ]

    def __str__(self) -> str:
        return self.name
