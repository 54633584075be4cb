from typing import ClassVar

from django.db import models
from django.db.models import Q

from jurisdictions.fields import Within, WithinOneToOne
from jurisdictions.models import Jurisdiction, Membership
from reviews.querysets import IncidentQuerySet


class Incident(models.Model):
    """A death, near death or other critical event of one or more children known to the agency.

    It is the record that answers hang from. Names have no field here: people appear by role.
    """

    class Type(models.TextChoices):
        FATALITY = "fatality", "Fatality"
        NEAR_FATALITY = "near_fatality", "Near fatality"
        SERIOUS_INJURY = "serious_injury", "Serious injury"
        EGREGIOUS_INCIDENT = "egregious_incident", "Egregious incident"
        OTHER_CRITICAL = "other_critical", "Other critical incident"

    class Privacy:
        direct = {"case_number", "source_key", "source_sha256"}
        quasi = {"occurred_on", "aware_on", "county", "number"}
        open = {
            "id",
            "jurisdiction",
            "incident_type",
            "notified_at",
            "notified_by",
            "imported_by",
            "withdrawn_at",
            "withdrawn_by",
            "version",
        }
        sensitive = {"withdrawn_reason"}

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)  # ours, year and sequence: 2026-014
    # The agency's own number for its file: searchable inside, in no artefact that leaves.
    case_number = models.CharField(max_length=60, blank=True)
    incident_type = models.CharField(max_length=20, choices=Type)
    occurred_on = models.DateField(null=True)
    aware_on = models.DateField(null=True)
    county = models.CharField(max_length=80, blank=True)
    notified_at = models.DateTimeField(auto_now_add=True)
    notified_by = Within(Membership, null=True)
    imported_by = Within("reviews.IncidentImport", null=True)
    source_key = models.CharField(max_length=120, blank=True)  # the agency's key of an imported row
    # What the mapped row held when it last came in: the same again changes nothing here.
    source_sha256 = models.CharField(max_length=64, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = Within(Membership, null=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[IncidentQuerySet] = IncidentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint("jurisdiction", "number", name="incident_number_once_per_jurisdiction"),
            models.CheckConstraint(
                name="incident_number_is_a_year_and_a_sequence",
                condition=Q(number__regex=r"^[0-9]{4}-[0-9]{3,}$"),
                violation_error_message="A number is a year and a sequence, as 2026-014.",
            ),
            models.UniqueConstraint(
                "jurisdiction",
                "source_key",
                name="incident_source_key_once_per_jurisdiction",
                condition=~Q(source_key=""),
            ),
            models.CheckConstraint(
                name="incident_type_is_known",
                condition=Q(
                    incident_type__in=[
                        "fatality",
                        "near_fatality",
                        "serious_injury",
                        "egregious_incident",
                        "other_critical",
                    ]
                ),
                violation_error_message="Choose a type of incident from the list.",
            ),
            models.CheckConstraint(
                name="incident_comes_from_a_person_or_an_import",
                condition=Q(notified_by__isnull=False) | Q(imported_by__isnull=False),
            ),
            models.CheckConstraint(
                name="incident_withdrawn_means_when_who_and_why",
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                violation_error_message="Say why the notification was a mistake.",
            ),
        ]
        indexes = [
            # The list: newest incident first, paged by key.
            models.Index(fields=["jurisdiction", "-occurred_on", "-id"], name="incident_newest_first"),
            # Likely duplicates: same day, county and type.
            models.Index(fields=["jurisdiction", "occurred_on", "county"], name="incident_likely_duplicates"),
            models.Index(fields=["jurisdiction", "case_number"], name="incident_case_number"),
        ]

    def __str__(self) -> str:
        return self.number

    def __repr__(self) -> str:
        return f"<Incident {self.pk}>"


class Child(models.Model):
    """A child whom the incident happened to. Counts of fatalities count children, not incidents."""

    class AgeUnit(models.TextChoices):
        HOURS = "hours", "hours"
        DAYS = "days", "days"
        WEEKS = "weeks", "weeks"
        MONTHS = "months", "months"
        YEARS = "years", "years"

    class Sex(models.TextChoices):
        FEMALE = "female", "Female"
        MALE = "male", "Male"
        UNKNOWN = "unknown", "Not known"

    class Privacy:
        quasi = {"age_value", "age_unit", "sex", "died_on"}
        open = {"id", "jurisdiction", "incident", "entry", "position"}

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    incident = Within(Incident, related_name="children")
    # The repeat under which the answers about this child stand.
    entry = WithinOneToOne("reviews.Entry", related_name="child")
    position = models.PositiveSmallIntegerField()
    age_value = models.PositiveSmallIntegerField(null=True)
    age_unit = models.CharField(max_length=10, choices=AgeUnit, blank=True)
    sex = models.CharField(max_length=10, choices=Sex, default=Sex.UNKNOWN)
    died_on = models.DateField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint("jurisdiction", "incident", "position", name="child_position_once"),
            models.CheckConstraint(
                name="child_age_has_a_unit",
                condition=Q(age_value=None, age_unit="")
                | Q(age_value__isnull=False, age_unit__in=["hours", "days", "weeks", "months", "years"]),
                violation_error_message="Give the age and its unit, or neither.",
            ),
            models.CheckConstraint(
                name="child_sex_is_known", condition=Q(sex__in=["female", "male", "unknown"])
            ),
        ]

    def __str__(self) -> str:
        return f"child {self.pk}"

    @property
    def age(self) -> str:
        """`3 months`, `1 year`, or `age not known`."""
        if self.age_value is None:
            return "age not known"
        unit = self.age_unit[:-1] if self.age_value == 1 else self.age_unit
        return f"{self.age_value} {unit}"
