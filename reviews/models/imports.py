from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F
from django.utils import timezone

from jurisdictions.fields import Within, WithinOneToOne
from jurisdictions.models import Jurisdiction, Membership, OwedWork


class Shape(models.TextChoices):
    """What a file holds."""

    INCIDENTS = "incidents", "Past incidents"
    REVIEWS = "reviews", "Past reviews"
    FIGURES = "figures", "Yearly figures"


class Upload(OwedWork):
    """A file that somebody brings in, on its way: unpacked by a worker, mapped by its person, tried, then kept.

    `sheets` says what the file holds: name, rows, columns and the first rows of each sheet. `columns` is what was
    found in the chosen sheet, one object a column (`reviews.imports.surveying`); of a workbook in our own layout, in
    the columns where words stand that are in no list. Both hold cells of the file, and so does `mapping`, the YAML by
    which the rows are read. The file is taken away some days after it came.
    """

    task: ClassVar[str] = "reviews.tasks.unpack_uploads"
    extra_seconds: ClassVar[int] = 120

    class Privacy:
        direct = {"sheets", "columns", "mapping"}
        sensitive = {"file_name", "refused"}
        open = {
            "id",
            "jurisdiction",
            "shape",
            "by",
            "at",
            "file",
            "sha256",
            "size",
            "encoding",
            "sheet",
            "header_row",
            "version",
            "taken_away_at",
        } | OwedWork.WORK_FIELDS

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    shape = models.CharField(max_length=10, choices=Shape, default=Shape.INCIDENTS)
    by = Within(Membership)
    at = models.DateTimeField(auto_now_add=True)
    file_name = models.CharField(max_length=200)
    file = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField()
    refused = models.TextField(blank=True, max_length=2000)  # why it cannot come in, in words
    encoding = models.CharField(max_length=20, blank=True)  # of a CSV file
    sheets: Any = models.JSONField(default=list)
    sheet = models.PositiveSmallIntegerField(null=True)  # which of them; None: not looked at yet
    header_row = models.PositiveSmallIntegerField(null=True)
    columns: Any = models.JSONField(default=list)
    mapping = models.TextField(blank=True, max_length=200_000)
    version = models.PositiveIntegerField(default=1)  # of the mapping
    taken_away_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["jurisdiction", "due_at"],
                name="upload_owed",
                condition=models.Q(done_at=None, dead_at=None),
            ),
            models.Index(fields=["jurisdiction", "by", "-at"], name="upload_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"upload {self.pk}"

    @property
    def needs_mapping(self) -> bool:
        """Whether somebody says what its columns mean: of past reviews, where the layout is not ours."""
        return self.shape != Shape.REVIEWS or self.sheet is not None


class SavedMapping(models.Model):
    """A mapping under a name, kept when a file has come in by it: the next file of the same columns begins with it.

    Under the name that nobody can give, OWN_WORDS, stands what the agency's own words mean in our workbook of past
    reviews (`reviews.past.words`).
    """

    OWN_WORDS: ClassVar[str] = ""

    class Privacy:
        direct = {"document"}  # codes are the agency's own text; they may hold anything
        sensitive = {"name", "columns"}
        open = {"id", "jurisdiction", "shape", "saved_by", "saved_at", "version"}

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    shape = models.CharField(max_length=10, choices=Shape, default=Shape.INCIDENTS, db_default="incidents")
    name = models.CharField(max_length=120)
    document = models.TextField(max_length=200_000)
    columns = ArrayField(models.CharField(max_length=200))  # of the file that it was made for
    saved_by = Within(Membership)
    saved_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint("jurisdiction", "shape", "name", name="mapping_once_per_shape_and_name"),
        ]

    def __str__(self) -> str:
        return f"mapping {self.pk}"


class IncidentImport(models.Model):
    """The receipt of one file that came in: what it was, under which mapping, and what became of its rows.

    A row is a row of incidents, a past review, or one yearly figure.
    """

    class Privacy:
        sensitive = {"file_name"}
        open = {
            "id",
            "jurisdiction",
            "shape",
            "sha256",
            "mapping_sha256",
            "by",
            "at",
            "rows",
            "accepted",
            "with_warnings",
            "returned",
            "created",
            "changed",
            "unchanged",
        }

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    shape = models.CharField(max_length=10, choices=Shape, default=Shape.INCIDENTS, db_default="incidents")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    mapping_sha256 = models.CharField(max_length=64, blank=True)  # empty: our layout, and no own words
    by = Within(Membership, null=True)  # None: the command line
    at = models.DateTimeField(default=timezone.now)  # also of the rows that it wrote
    # Every row is accounted for: rows = accepted + with_warnings + returned.
    rows = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    with_warnings = models.PositiveIntegerField()
    returned = models.PositiveIntegerField()
    # What the accepted rows did: rows - returned = created + changed + unchanged.
    created = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="import_accounts_for_every_row",
                condition=models.Q(rows=F("accepted") + F("with_warnings") + F("returned")),
            ),
            models.CheckConstraint(
                name="import_accounts_for_every_kept_row",
                condition=models.Q(rows=F("returned") + F("created") + F("changed") + F("unchanged")),
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"


class UnmappedCode(models.Model):
    """A code in an imported column that the mapping does not know: counted and queued, never dropped or guessed."""

    class Privacy:
        direct = {"code"}  # the agency's own text; it may hold anything
        open = {"id", "jurisdiction", "imported_by", "column", "rows", "settled_at"}

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    imported_by = Within(IncidentImport, related_name="unmapped_codes")
    column = models.CharField(max_length=120)
    code = models.CharField(max_length=200)
    rows = models.PositiveIntegerField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "jurisdiction", "imported_by", "column", "code", name="unmapped_code_once_per_import"
            ),
        ]

    def __str__(self) -> str:
        return f"unmapped code {self.pk}"


class ImportRun(OwedWork):
    """One pass of an upload under its mapping as it was then: a trial, which keeps nothing, or the import itself.

    `told` is what the page shows beside the counts: unread columns, unmapped codes, the first remarks and changes.
    `file` is the workbook that goes back.
    """

    task: ClassVar[str] = "reviews.tasks.run_imports"
    extra_seconds: ClassVar[int] = 600

    class Privacy:
        direct = {"mapping", "told"}
        sensitive = {"refused"}
        open = {
            "id",
            "jurisdiction",
            "upload",
            "by",
            "keeps",
            "mapping_version",
            "rows",
            "accepted",
            "with_warnings",
            "returned",
            "created",
            "changed",
            "unchanged",
            "file",
            "sha256",
            "size",
            "receipt",
        } | OwedWork.WORK_FIELDS

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    upload = Within(Upload, related_name="runs")
    by = Within(Membership)
    keeps = models.BooleanField()
    mapping = models.TextField(max_length=200_000)
    mapping_version = models.PositiveIntegerField()
    refused = models.TextField(blank=True, max_length=2000)
    rows = models.PositiveIntegerField(null=True)  # None: not read to the end
    accepted = models.PositiveIntegerField(default=0)
    with_warnings = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    told: Any = models.JSONField(default=dict)
    file = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(null=True)
    receipt = WithinOneToOne(IncidentImport, null=True, related_name="run")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="run_with_a_receipt_keeps",
                condition=models.Q(receipt=None) | models.Q(keeps=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["jurisdiction", "due_at"],
                name="import_run_owed",
                condition=models.Q(done_at=None, dead_at=None),
            ),
            models.Index(fields=["jurisdiction", "upload"], name="import_run_of_an_upload"),
        ]

    def __str__(self) -> str:
        return f"import run {self.pk}"


class ImportUndoing(OwedWork):
    """That somebody asked to take an import back; a worker does it. `refused` says why it could not be."""

    task: ClassVar[str] = "reviews.tasks.undo_imports"
    extra_seconds: ClassVar[int] = 600

    class Privacy:
        sensitive = {"refused"}
        open = {"id", "jurisdiction", "receipt", "by"} | OwedWork.WORK_FIELDS

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    receipt = Within(IncidentImport, related_name="undoings")
    by = Within(Membership)
    refused = models.TextField(blank=True, max_length=2000)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "receipt"],
                name="import_undoing_once_at_a_time",
                condition=models.Q(done_at=None, dead_at=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["jurisdiction", "due_at"],
                name="import_undoing_owed",
                condition=models.Q(done_at=None, dead_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"undoing of import {self.receipt_id}"


class ImportUndone(models.Model):
    """That an import was taken back as a whole, by whom and when. Its receipt stands as it was written."""

    class Privacy:
        open = {"id", "jurisdiction", "receipt", "by", "at", "removed", "restored"}

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    receipt = WithinOneToOne(IncidentImport, related_name="undone")
    by = Within(Membership)
    at = models.DateTimeField(auto_now_add=True)
    removed = models.PositiveIntegerField()  # incidents or figures that it had brought
    restored = models.PositiveIntegerField()  # incidents or figures that it had changed

    def __str__(self) -> str:
        return f"import {self.receipt_id} undone"
