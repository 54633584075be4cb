from django.db import models
from django.db.models import Q
from django.utils import timezone

from jurisdictions.fields import Within
from jurisdictions.models import Jurisdiction, Membership
from reviews.models.imports import IncidentImport
from reviews.querysets import YearlyFigureQuerySet


class YearlyFigure(models.Model):
    """One statement of a figure of the agency: so much in a year, by a source. Inserted only.

    The latest statement of a name, year and source stands; the earlier ones are its history. `name` is a key of
    `reviews.figures.known`, or the agency's own words. A share is kept as parts of one. Without a value the figure was
    taken away. Whoever takes an import back says anew what stood before it, with the import that had brought that.
    """

    class Privacy:
        sensitive = {"note"}
        open = {
            "id",
            "jurisdiction",
            "name",
            "year",
            "source",
            "version",
            "unit",
            "value",
            "vintage",
            "by",
            "imported_by",
            "undid",
            "at",
        }

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)
    version = models.PositiveIntegerField()
    unit = models.CharField(max_length=24)
    value = models.DecimalField(max_digits=24, decimal_places=10, null=True)
    vintage = models.CharField(max_length=60, blank=True)  # when, or as which edition, the source said so
    note = models.CharField(max_length=300, blank=True)  # why a person changed it
    by = Within(Membership, null=True)  # who typed it
    imported_by = Within(IncidentImport, null=True)  # the file that brought it
    undid = Within(IncidentImport, null=True)  # the import with whose undoing it was said anew
    at = models.DateTimeField(default=timezone.now)

    objects = YearlyFigureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "name", "year", "source", "version"],
                name="figure_once_per_name_year_source_and_version",
            ),
            models.CheckConstraint(
                name="figure_unit_is_known",
                condition=Q(
                    unit__in=[
                        "count",
                        "share",
                        "per_thousand",
                        "per_hundred_thousand",
                        "average",
                        "hours",
                        "days",
                        "index",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="figure_is_not_below_zero", condition=Q(value=None) | Q(value__gte=0)
            ),
            models.CheckConstraint(
                name="figure_comes_from_a_person_or_an_import",
                condition=Q(by__isnull=False) | Q(imported_by__isnull=False) | Q(undid__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["jurisdiction", "imported_by"], name="figure_of_an_import"),
        ]

    def __str__(self) -> str:
        return f"figure {self.pk}"
