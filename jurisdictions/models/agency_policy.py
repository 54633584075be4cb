from typing import ClassVar

from django.db import models
from django.db.models import Q

from jurisdictions.models.jurisdiction import Jurisdiction
from jurisdictions.querysets import AgencyPolicyQuerySet


class AgencyPolicy(models.Model):
    """An agency's own clocks and texts. The software promises no privilege: the statement is the agency's."""

    class Paper(models.TextChoices):
        LETTER = "letter", "US Letter"
        A4 = "a4", "A4"

    class Privacy:
        open = {
            "id",
            "jurisdiction",
            "review_due_days",
            "due_soon_days",
            "paper",
            "confidentiality_statement",
            "statement_by",
            "statement_on",
            "support_line",
            "version",
        }

    jurisdiction = models.OneToOneField(Jurisdiction, models.PROTECT, related_name="+")
    # Calendar days from the day the agency learned of the incident to the day the review is due.
    review_due_days = models.PositiveSmallIntegerField("days to finish a review", default=90)
    due_soon_days = models.PositiveSmallIntegerField("days before that to remind", default=7)
    paper = models.CharField("paper size", max_length=10, choices=Paper, default=Paper.LETTER)
    confidentiality_statement = models.TextField("confidentiality statement", blank=True, max_length=2000)
    statement_by = models.CharField("who approved the statement", max_length=120, blank=True)
    statement_on = models.DateField("approved on", null=True, blank=True)
    support_line = models.CharField("support for staff and families", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[AgencyPolicyQuerySet] = AgencyPolicyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="policy_due_days_make_sense",
                condition=Q(review_due_days__gte=1, review_due_days__lte=730),
                violation_error_message="Give between 1 and 730 days.",
            ),
            models.CheckConstraint(name="policy_paper_is_known", condition=Q(paper__in=["letter", "a4"])),
        ]

    def __str__(self) -> str:
        return f"policy of jurisdiction {self.jurisdiction_id}"
