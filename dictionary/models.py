from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from dictionary import schema
from dictionary.querysets import EditionQuerySet

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
