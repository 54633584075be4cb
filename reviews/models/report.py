from typing import ClassVar

from django.db import models

from dictionary.models import Edition
from jurisdictions.fields import Within
from jurisdictions.models import Jurisdiction, Membership, OwedWork
from reviews.models.review import Review


class ReviewReport(OwedWork):
    """A review report that was asked for, and what a worker made of it: which version, hash and size."""

    task: ClassVar[str] = "reviews.tasks.render_reports"

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        WORD = "docx", "Word"

    class Privacy:
        open = {
            "id",
            "jurisdiction",
            "review",
            "asked_by",
            "sequence",
            "format",
            "is_draft",
            "edition",
            "review_version",
            "file",
            "sha256",
            "size",
            "pages",
        } | OwedWork.WORK_FIELDS

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    review = Within(Review, related_name="reports")
    asked_by = Within(Membership)
    sequence = models.PositiveIntegerField()  # the nth report of this review
    format = models.CharField(max_length=4, choices=Format, default=Format.PDF, db_default="pdf")
    is_draft = models.BooleanField()
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    review_version = models.PositiveIntegerField()
    file = models.CharField(max_length=200, blank=True)  # its name in the document store
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(null=True)
    pages = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("jurisdiction", "review", "sequence", name="report_numbered_once"),
            models.CheckConstraint(
                name="report_format_is_known", condition=models.Q(format__in=["pdf", "docx"])
            ),
        ]
        indexes = [
            models.Index(
                fields=["jurisdiction", "due_at"],
                name="report_owed",
                condition=models.Q(done_at=None, dead_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"report {self.sequence} of review {self.review_id}"
