from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jurisdictions.fields import Within
from jurisdictions.models import Jurisdiction, Membership, OwedWork


class IncidentExport(OwedWork):
    """The list of incidents "as filtered", asked for by a person and written to a workbook by a worker."""

    task: ClassVar[str] = "reviews.tasks.write_exports"

    class Privacy:
        open = {
            "id",
            "jurisdiction",
            "asked_by",
            "filters",
            "file",
            "sha256",
            "size",
            "rows",
            "numbers",
        } | OwedWork.WORK_FIELDS

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    asked_by = Within(Membership)
    filters = models.JSONField(default=dict)
    file = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(null=True)
    rows = models.PositiveIntegerField(null=True)
    # Of the incidents in the file: it is handed out only while the person may see each of them.
    numbers = ArrayField(models.CharField(max_length=20), null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["jurisdiction", "due_at"],
                name="export_owed",
                condition=models.Q(done_at=None, dead_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"
