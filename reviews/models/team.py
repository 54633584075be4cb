from django.db import models
from django.db.models import Q

from jurisdictions.fields import Within
from jurisdictions.models import Jurisdiction, Membership
from reviews.models.review import Review


class ReviewSeat(models.Model):
    """A place on a review: who works on it, in which part, and their conflict-of-interest statement."""

    class Seat(models.TextChoices):
        LEAD = "lead", "Lead reviewer"
        MEMBER = "member", "Team member"

    class Statement(models.TextChoices):
        NONE = "", "Not stated yet"
        NO_CONFLICT = "no_conflict", "No part in the family's services, no conflict"
        CONFLICT = "conflict", "A conflict"

    class Privacy:
        sensitive = {"statement", "statement_note"}
        open = {
            "id",
            "jurisdiction",
            "review",
            "membership",
            "seat",
            "stated_at",
            "named_by",
            "named_at",
            "ended_at",
        }

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    review = Within(Review, related_name="seats")
    membership = Within(Membership, related_name="seats")
    seat = models.CharField(max_length=10, choices=Seat)
    statement = models.CharField(max_length=20, choices=Statement, blank=True)
    statement_note = models.CharField(max_length=500, blank=True)
    stated_at = models.DateTimeField(null=True)
    named_by = Within(Membership)
    named_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["seat", "pk"]
        constraints = [
            models.UniqueConstraint(
                "jurisdiction", "review", "membership", name="seat_once_per_review_and_person"
            ),
            models.UniqueConstraint(
                "jurisdiction",
                "review",
                name="one_lead_per_review",
                condition=Q(seat="lead", ended_at=None),
                violation_error_message="This review already has a lead.",
            ),
            models.CheckConstraint(name="seat_is_known", condition=Q(seat__in=["lead", "member"])),
            models.CheckConstraint(
                name="statement_means_when",
                condition=Q(statement="", stated_at=None)
                | Q(statement__in=["no_conflict", "conflict"], stated_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat} of review {self.review_id}"


class Recusal(models.Model):
    """A person who steps back from a review: whatever their role, they do not see it."""

    class Privacy:
        sensitive = {"reason"}
        open = {"id", "jurisdiction", "review", "membership", "recorded_by", "at"}

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    review = Within(Review, related_name="recusals")
    membership = Within(Membership)
    reason = models.CharField(max_length=500)
    recorded_by = Within(Membership)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "jurisdiction", "review", "membership", name="recusal_once_per_review_and_person"
            ),
        ]

    def __str__(self) -> str:
        return f"recusal {self.pk}"


class ReviewHand(models.Model):
    """Which hand a person has in a review: author or approver, never both. Inserted only.

    Unique on the person, and referenced with the hand by answers (author) and by the approval (approver):
    so even plain SQL cannot make the same person both.
    """

    class Hand(models.TextChoices):
        AUTHOR = "author", "Author"
        APPROVER = "approver", "Approver"

    class Privacy:
        open = {"id", "jurisdiction", "review", "membership", "hand", "since"}

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    review = Within(Review, related_name="hands")
    membership = Within(Membership)
    hand = models.CharField(max_length=10, choices=Hand)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "review", "membership"], name="one_hand_per_review_and_person"
            ),
            models.UniqueConstraint(
                fields=["jurisdiction", "review", "membership", "hand"], name="hand_that_can_be_referenced"
            ),
            models.CheckConstraint(name="hand_is_known", condition=Q(hand__in=["author", "approver"])),
        ]

    def __str__(self) -> str:
        return f"{self.hand} of review {self.review_id}"
