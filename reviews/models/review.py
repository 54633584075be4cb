from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from dictionary.asked import Asked
from dictionary.models import Edition, OwnEdition
from jurisdictions.fields import Within, WithinOneToOne
from jurisdictions.models import Jurisdiction, Membership
from reviews.models.incident import Incident
from reviews.querysets import ReviewQuerySet


class Review(models.Model):
    """A systems-focused review of one incident: what the child and family needed, what they received, and
    which conditions made the difference likely; never who is to blame. It shares its key with its incident.
    """

    class State(models.TextChoices):
        NOTIFIED = "notified", "Notified"
        TO_BE_SELECTED = "to_be_selected", "Selection to be decided"
        NOT_SELECTED = "not_selected", "Not selected"
        IN_REVIEW = "in_review", "In review"
        WITH_QUALITY_LEAD = "with_quality_lead", "With the quality lead"
        WITH_DIRECTOR = "with_director", "With the director"
        APPROVED = "approved", "Approved"
        AS_REPORTED = "as_reported", "As reported"  # closed before it came here; not approved here
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Hold(models.TextChoices):
        COURT = "court", "A court asked to wait"
        POLICE = "police", "Police asked to wait"

    class Privacy:
        sensitive = {"selection_note", "hold_note"}
        open = {
            "incident",
            "jurisdiction",
            "edition",
            "own_edition",
            "state",
            "state_since",
            "due_on",
            "selected_on",
            "selection_reasons",
            "hold_reason",
            "held_since",
            "held_until",
            "held_days",
            "times_returned",
            "approver",
            "approver_hand",
            "approved_at",
            "reported_by",
            "reported_closed_on",
            "source_sha256",
            "version",
        }

    incident = WithinOneToOne(Incident, primary_key=True, related_name="review")
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    # What its agency asks besides. Never looked up by: nothing that was released is ever deleted.
    own_edition = Within(OwnEdition, null=True, db_index=False)
    state = models.CharField(max_length=20, choices=State, default=State.NOTIFIED)
    state_since = models.DateTimeField()
    due_on = models.DateField(null=True)
    selected_on = models.DateField(null=True)
    selection_reasons = ArrayField(models.CharField(max_length=40), default=list)
    selection_note = models.TextField(blank=True, max_length=2000)
    hold_reason = models.CharField(max_length=10, choices=Hold, blank=True)
    hold_note = models.CharField(max_length=500, blank=True)
    held_since = models.DateField(null=True)
    held_until = models.DateField(null=True)
    # For how many days the clock stood still in holds that have ended.
    held_days = models.PositiveSmallIntegerField(default=0, db_default=0)
    times_returned = models.PositiveSmallIntegerField(default=0)
    approver = models.ForeignKey(Membership, models.PROTECT, null=True, db_constraint=False, related_name="+")
    approver_hand = models.CharField(max_length=10, default="approver", editable=False)
    approved_at = models.DateTimeField(null=True)
    # Of a review as reported: the import that brought it, the day its agency closed it, and what its rows held.
    reported_by = Within("reviews.IncidentImport", null=True)
    reported_closed_on = models.DateField(null=True)
    source_sha256 = models.CharField(max_length=64, blank=True, db_default="")
    version = models.PositiveIntegerField(default=1)  # moves on with every move; the report remembers it

    objects: ClassVar[ReviewQuerySet] = ReviewQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        permissions = [("approve_review", "Can approve one review from outside the agency")]
        constraints = [
            models.CheckConstraint(
                name="review_state_is_known",
                condition=Q(
                    state__in=[
                        "notified",
                        "to_be_selected",
                        "not_selected",
                        "in_review",
                        "with_quality_lead",
                        "with_director",
                        "approved",
                        "as_reported",
                        "withdrawn",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="review_approved_means_when_and_who",
                condition=Q(state="approved", approver__isnull=False, approved_at__isnull=False)
                | (~Q(state="approved") & Q(approver=None, approved_at=None)),
            ),
            models.CheckConstraint(
                name="review_as_reported_came_with_an_import",
                condition=Q(state="as_reported", reported_by__isnull=False)
                | (~Q(state="as_reported") & Q(reported_by=None, reported_closed_on=None)),
            ),
            models.CheckConstraint(
                name="review_approver_is_an_approver", condition=Q(approver_hand="approver")
            ),
            models.CheckConstraint(
                name="review_hold_says_why_since_when_and_until",
                condition=Q(hold_reason="", held_since=None, held_until=None)
                | Q(hold_reason__in=["court", "police"], held_since__isnull=False, held_until__isnull=False),
                violation_error_message="Say who asked to wait, and until when.",
            ),
            models.CheckConstraint(
                name="review_in_work_has_a_due_day",
                condition=~Q(state__in=["in_review", "with_quality_lead", "with_director", "approved"])
                | Q(due_on__isnull=False, selected_on__isnull=False),
            ),
        ]
        indexes = [
            # The tabs of the list of reviews, each soonest due first and paged by key: one index a tab, because a
            # list of several states in one order cannot be read off an index that begins with the state.
            models.Index(
                fields=["jurisdiction", "state", "due_on", "incident"], name="review_by_state_and_due"
            ),
            models.Index(fields=["jurisdiction", "due_on", "incident"], name="review_by_due"),
            models.Index(
                fields=["jurisdiction", "-incident"],
                name="review_as_reported",
                condition=Q(state="as_reported"),
            ),
            models.Index(
                fields=["jurisdiction", "due_on", "incident"],
                name="review_under_way_by_due",
                condition=Q(state__in=["in_review", "with_quality_lead", "with_director"]),
            ),
            models.Index(
                fields=["jurisdiction", "due_on", "incident"],
                name="review_held_by_due",
                condition=~Q(hold_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"review {self.pk}"

    def __repr__(self) -> str:
        return f"<Review {self.pk}>"

    @property
    def asked(self) -> Asked:
        """What this review asks: the editions that it was begun with, read by `with_questions`."""
        return Asked(self.edition, self.own_edition)

    @property
    def on_hold(self) -> bool:
        return bool(self.hold_reason)
