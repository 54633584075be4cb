"""Asking for the list of incidents as a workbook, and noting what a worker made of it."""

from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse

from inbox.actions import queue_message
from jurisdictions import audit, work
from jurisdictions.models import Membership
from reviews.models import IncidentExport


@dataclass(frozen=True)
class WrittenFile:
    """A file that a worker stored: its name there, what it holds and how long it is."""

    name: str
    sha256: str
    size: int
    rows: int


@transaction.atomic
def ask_for_export(filters: dict[str, str], *, by: Membership) -> IncidentExport:
    """Owe a person the list "as filtered"; what they may see is asked again when it is written."""
    export = work.owe(IncidentExport(jurisdiction_id=by.jurisdiction_id, asked_by=by, filters=filters))
    audit.record("incidents.export_asked", about=export, by=by, filters=sorted(filters))
    return export


def record_written(export: IncidentExport, written: WrittenFile) -> None:
    """Note the finished file and tell the person who asked. Runs in the transaction that marks the row done."""
    export.file, export.sha256 = written.name, written.sha256
    export.size, export.rows = written.size, written.rows
    export.save(update_fields=["file", "sha256", "size", "rows"])
    audit.record(
        "incidents.exported", about=export, by=export.asked_by, rows=written.rows, sha256=written.sha256
    )
    tell(export, "export_ready")


def tell_of_failures() -> None:
    """Owe a message for every list of the open agency that was tried to the end without success."""
    for export in IncidentExport.objects.filter(dead_at__isnull=False).select_related(
        "asked_by__jurisdiction"
    ):
        tell(export, "export_failed")


def tell(export: IncidentExport, kind: str) -> None:
    """Owe the person who asked one message of this kind; owing it again is the same message."""
    path = reverse("incidents:exported", args=[export.asked_by.jurisdiction.slug, export.pk])
    queue_message(kind, to=export.asked_by, number="", path=path, occasion=f"export:{export.pk}")
