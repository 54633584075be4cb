from django.db import models
from django.db.models import Q

from jurisdictions.models.jurisdiction import Jurisdiction


class _Event(models.Model):
    """Who did what to which thing, and how it ended. No foreign keys (history outlives what it tells of),
    no content (an audit reader sees that a text changed, never the text)."""

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        DENIED = "denied", "Refused"

    at = models.DateTimeField(auto_now_add=True)
    by_user = models.BigIntegerField(null=True)  # None: a command or the beat
    kind = models.CharField(max_length=60)
    about = models.CharField(max_length=120)  # "review:12", or the route that was refused
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.DONE)
    request_id = models.CharField(max_length=36, blank=True)
    ids = models.JSONField(default=dict)  # further ids and counts, never text that somebody wrote

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class AuditEvent(_Event):
    """Something a person did, or was refused, in one agency."""

    class Privacy:
        open = {"id", "jurisdiction", "at", "by_user", "kind", "about", "outcome", "request_id", "ids"}

    jurisdiction = models.ForeignKey(Jurisdiction, models.DO_NOTHING, db_constraint=False, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["jurisdiction", "about", "at"], name="audit_event_of_a_thing"),
            # The page that reads the audit: newest first, of everybody, of one person, of one kind.
            models.Index(fields=["jurisdiction", "at", "id"], name="audit_event_by_time"),
            models.Index(fields=["jurisdiction", "by_user", "at", "id"], name="audit_event_of_a_person"),
            models.Index(fields=["jurisdiction", "kind", "at", "id"], name="audit_event_of_a_kind"),
        ]
        constraints = [
            models.CheckConstraint(
                name="audit_outcome_is_known", condition=Q(outcome__in=["done", "denied"])
            ),
        ]


class PartnershipEvent(_Event):
    """Something a person did, or was refused, in the partnership's own pages or before any agency was open."""

    class Privacy:
        open = {"id", "at", "by_user", "kind", "about", "outcome", "request_id", "ids"}

    class Meta:
        indexes = [models.Index(fields=["at", "id"], name="partnership_event_by_time")]
        constraints = [
            models.CheckConstraint(
                name="partnership_outcome_is_known", condition=Q(outcome__in=["done", "denied"])
            ),
        ]
