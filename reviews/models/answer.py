from typing import ClassVar

from django.db import models
from django.db.models import Q

from jurisdictions.fields import Within
from jurisdictions.models import Jurisdiction, Membership
from reviews.models.incident import Incident
from reviews.querysets import AnswerQuerySet, EntryQuerySet


class Entry(models.Model):
    """One repeat of a repeating section: one child, need, timeline entry, debrief, opportunity …"""

    class Privacy:
        open = {
            "id",
            "jurisdiction",
            "record",
            "section",
            "position",
            "made_from",
            "created_by",
            "created_at",
            "removed_at",
            "removed_by",
        }

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    record = Within(Incident, related_name="entries")
    section = models.CharField(max_length=40)
    position = models.PositiveIntegerField()
    # The need that an opportunity was made from; the chain is traced by it.
    made_from = Within("self", null=True, related_name="led_to")
    created_by = Within(Membership, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)
    removed_by = Within(Membership, null=True)

    objects: ClassVar[EntryQuerySet] = EntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["section", "position"]
        constraints = [
            models.UniqueConstraint(
                "jurisdiction", "record", "section", "position", name="entry_position_once_per_section"
            ),
            models.CheckConstraint(
                name="entry_removed_means_when_and_who",
                condition=Q(removed_at=None, removed_by=None)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section} {self.position}"


class Answer(models.Model):
    """What is known for one item of the dictionary, in one record or in one repeat of it.

    Saved by compare-and-set on its own version, so two people on different fields never meet. `author` is a
    hand of the review by composite key: whoever has answered cannot approve.
    """

    class Missing(models.TextChoices):
        UNKNOWN = "unknown", "Not known"
        NOT_ASKED = "not_asked", "Not asked"
        NOT_APPLICABLE = "not_applicable", "Does not apply"
        WITHHELD = "withheld", "Withheld"

    class Privacy:
        direct = {"value"}  # as its item says; the widest class stands for the column
        open = {
            "id",
            "jurisdiction",
            "record",
            "repeat",
            "item",
            "missing",
            "version",
            "author",
            "author_hand",
            "imported_by",
            "at",
        }

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    record = Within(Incident, related_name="answers")
    repeat = Within(Entry, null=True, related_name="answers")
    item = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    missing = models.CharField(max_length=20, choices=Missing, blank=True)
    version = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(Membership, models.PROTECT, null=True, db_constraint=False, related_name="+")
    author_hand = models.CharField(max_length=10, default="author", editable=False)
    imported_by = Within("reviews.IncidentImport", null=True)
    at = models.DateTimeField()

    objects: ClassVar[AnswerQuerySet] = AnswerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "record", "repeat", "item"],
                name="answer_once_per_record_repeat_and_item",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="answer_missing_is_known",
                condition=Q(missing__in=["", "unknown", "not_asked", "not_applicable", "withheld"]),
            ),
            models.CheckConstraint(
                name="answer_is_a_value_or_a_reason", condition=Q(missing="") | Q(value__isnull=True)
            ),
            models.CheckConstraint(name="answer_author_is_an_author", condition=Q(author_hand="author")),
            models.CheckConstraint(
                name="answer_comes_from_a_person_or_an_import",
                condition=Q(author__isnull=False) | Q(imported_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} v{self.version}"

    def __repr__(self) -> str:
        return f"<Answer {self.pk}>"


class AnswerVersion(models.Model):
    """A value that was replaced, by a person or by an import; inserted only.

    One a person, field and ten minutes of typing. The columns of an incident and its children leave their old
    values here too, under the keys that the dictionary gives them.
    """

    class Privacy:
        direct = {"value"}
        open = {
            "id",
            "jurisdiction",
            "record",
            "repeat",
            "item",
            "missing",
            "version",
            "author",
            "at",
            "replaced_by",
            "replaced_by_import",
            "replaced_at",
        }

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    record = Within(Incident)
    repeat = Within(Entry, null=True)
    item = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    missing = models.CharField(max_length=20, blank=True)
    version = models.PositiveIntegerField()
    author = Within(Membership, null=True)
    at = models.DateTimeField()
    replaced_by = Within(Membership, null=True)
    replaced_by_import = Within("reviews.IncidentImport", null=True)
    replaced_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="answer_version_was_replaced_by_a_person_or_an_import",
                condition=Q(replaced_by__isnull=False) | Q(replaced_by_import__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["jurisdiction", "record", "item", "-replaced_at"], name="answer_version_of_a_field"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item} v{self.version}"

    def __repr__(self) -> str:
        return f"<AnswerVersion {self.pk}>"
