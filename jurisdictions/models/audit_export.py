from typing import ClassVar

from django.db import models

from jurisdictions.fields import Within
from jurisdictions.models.jurisdiction import Jurisdiction
from jurisdictions.models.membership import Membership
from jurisdictions.models.owed_work import OwedWork


class AuditExport(OwedWork):
    """The agency's audit "as filtered", asked for by a person and written to a file by a worker."""

    task: ClassVar[str] = "jurisdictions.tasks.write_audit_exports"

    class Privacy:
        direct = {"filters"}  # what was typed: often somebody's name
        open = {
            "id",
            "jurisdiction",
            "asked_by",
            "named",
            "file",
            "sha256",
            "size",
            "rows",
        } | OwedWork.WORK_FIELDS

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    asked_by = Within(Membership)
    filters = models.JSONField(default=dict)  # as the page's address says them
    # What the file calls by its name, as events name it. None: not written yet, or before this was noted.
    named = models.JSONField(null=True)
    file = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(null=True)
    rows = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["jurisdiction", "due_at"],
                name="audit_export_owed",
                condition=models.Q(done_at=None, dead_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"audit export {self.pk}"
