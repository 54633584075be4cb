from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jurisdictions.fields import Within
from jurisdictions.models import Jurisdiction, Membership, OwedWork


class DataPack(OwedWork):
    """The agency's own reviews as one file of tables, asked for by a person and written by a worker."""

    task: ClassVar[str] = "reviews.tasks.write_packs"
    extra_seconds: ClassVar[int] = 600

    class Privacy:
        open = {
            "id",
            "jurisdiction",
            "asked_by",
            "chosen",
            "file",
            "sha256",
            "size",
            "reviews",
        } | OwedWork.WORK_FIELDS

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    asked_by = Within(Membership)
    chosen = models.JSONField(default=dict)  # reviews.packs.chosen
    file = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    # Of the reviews in the file: it is handed out only while the person may see each of them.
    reviews = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["jurisdiction", "due_at"],
                name="data_pack_owed",
                condition=models.Q(done_at=None, dead_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"data pack {self.pk}"
