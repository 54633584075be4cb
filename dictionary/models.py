from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from dictionary import schema
from dictionary.querysets import EditionQuerySet, OwnEditionQuerySet
from jurisdictions.fields import Within, WithinOneToOne
from jurisdictions.models import Jurisdiction, Membership

# Reading an edition costs some milliseconds and its content never changes: once for each process is enough.
_read: dict[str, schema.Edition] = {}


class Edition(models.Model):
    """A released wording of the dictionary, kept as it was read. `parsed` is what it says.

    A record keeps the edition it was begun with, so a released one is never edited.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_FORCE = "in_force", "In force"
        RETIRED = "retired", "Retired"

    class Privacy:
        open = {"id", "number", "title", "document", "sha256", "status", "released_at"}

    number = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=200)
    document = models.JSONField()
    sha256 = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    released_at = models.DateTimeField(null=True, blank=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="edition_status_is_known",
                condition=Q(status__in=["draft", "in_force", "retired"]),
                violation_error_message="Choose a status from the list.",
            ),
            models.CheckConstraint(
                name="edition_released_means_when",
                condition=Q(status="draft", released_at=None)
                | Q(status__in=["in_force", "retired"], released_at__isnull=False),
                violation_error_message="An edition that is released says since when.",
            ),
            models.UniqueConstraint(
                fields=["status"],
                condition=Q(status="in_force"),
                name="edition_in_force_is_one",
                violation_error_message="Another edition is in force. Release this one with release_edition.",
            ),
        ]

    def __str__(self) -> str:
        return f"Edition {self.number}"

    @cached_property
    def parsed(self) -> schema.Edition:
        """The edition itself. Asks the database at most once in a process, where the document was left."""
        if self.sha256 not in _read:
            _read[self.sha256] = schema.load(self.document)
        return _read[self.sha256]


class OwnEdition(models.Model):
    """Questions that one agency asks besides the partnership's, as it released them. Inserted only.

    A review pins one of them beside the edition of the partnership; `dictionary.asked` puts the two together. The next
    one says all of them anew: what it leaves out is asked no more in reviews that begin with it.
    """

    class Privacy:
        open = {
            "id",
            "jurisdiction",
            "number",
            "base",
            "questions",
            "sha256",
            "released_by",
            "released_at",
        }

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    base = models.ForeignKey(Edition, models.PROTECT, related_name="+")  # in force when it was released
    questions: Any = models.JSONField()
    sha256 = models.CharField(max_length=64)
    released_by = Within(Membership)
    released_at = models.DateTimeField()

    objects: ClassVar[OwnEditionQuerySet] = OwnEditionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint("jurisdiction", "number", name="own_edition_numbered_once"),
        ]

    def __str__(self) -> str:
        return f"Own questions {self.number}"


class OwnDraft(models.Model):
    """The own questions that an agency works on: at most one draft at a time, begun from those it released last."""

    class Privacy:
        open = {"id", "jurisdiction", "questions", "version", "changed_by", "changed_at"}

    jurisdiction = models.OneToOneField(Jurisdiction, models.PROTECT, related_name="+")
    questions: Any = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    changed_by = Within(Membership)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"draft of own questions, version {self.version}"


class QuestionFile(models.Model):
    """A file of questions that somebody brought to a draft, read into our terms.

    `offered` holds what can be taken over, as own questions; `losses` everything that the file says and we cannot
    hold, as (row, field, what, what becomes of it).
    """

    class Privacy:
        sensitive = {"file_name"}
        open = {"id", "jurisdiction", "draft", "kind", "sha256", "offered", "losses", "by", "at"}

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    draft = WithinOneToOne(OwnDraft, models.CASCADE, related_name="file")
    file_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)
    offered: Any = models.JSONField()
    losses: Any = models.JSONField()
    by = Within(Membership)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"file of questions {self.pk}"
