from django.db import models
from django.db.models import F

from jurisdictions.fields import Within
from jurisdictions.models import Jurisdiction, Membership


class IncidentImport(models.Model):
    """The receipt of one file of incidents: what it was, under which mapping, and what became of its rows."""

    class Privacy:
        sensitive = {"file_name"}
        open = {
            "id",
            "jurisdiction",
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
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    mapping_sha256 = models.CharField(max_length=64)
    by = Within(Membership, null=True)  # None: the command line
    at = models.DateTimeField(auto_now_add=True)
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
