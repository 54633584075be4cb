from django.db import models
from django.db.models import Q

from jurisdictions.fields import Within
from jurisdictions.models import Jurisdiction, Membership
from reviews.models.review import Review


class ReviewMove(models.Model):
    """A change of state: from where to where, by whom, with which words. Inserted only."""

    class Privacy:
        sensitive = {"note"}
        open = {"id", "jurisdiction", "review", "action", "from_state", "to_state", "by", "at"}

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    review = Within(Review, related_name="moves")
    action = models.CharField(max_length=40)
    from_state = models.CharField(max_length=20)
    to_state = models.CharField(max_length=20)
    by = Within(Membership)
    at = models.DateTimeField()
    note = models.TextField(blank=True, max_length=2000)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["jurisdiction", "review", "at"], name="move_history_of_a_review")]

    def __str__(self) -> str:
        return f"{self.action} of review {self.review_id}"


class PartMark(models.Model):
    """Somebody's word that a part of the review is done; taken back by deleting it."""

    class Privacy:
        open = {"id", "jurisdiction", "review", "part", "done_by", "done_at"}

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    review = Within(Review, related_name="part_marks")
    part = models.CharField(max_length=40)
    done_by = Within(Membership)
    done_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("jurisdiction", "review", "part", name="part_marked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.part} of review {self.review_id}"


class Remark(models.Model):
    """What a reader (quality lead or director) asks about one part, beside that part."""

    class Privacy:
        direct = {"text"}
        open = {"id", "jurisdiction", "review", "part", "by", "at", "settled_at", "settled_by"}

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    review = Within(Review, related_name="remarks")
    part = models.CharField(max_length=40)
    text = models.TextField(max_length=2000)
    by = Within(Membership)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = Within(Membership, null=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="remark_settled_means_when_and_who",
                condition=Q(settled_at=None, settled_by=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
            ),
            models.CheckConstraint(
                name="remark_says_something",
                condition=~Q(text=""),
                violation_error_message="Write the remark first.",
            ),
        ]

    def __str__(self) -> str:
        return f"remark {self.pk}"
