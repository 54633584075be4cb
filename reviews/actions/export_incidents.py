"""Asking for the list of incidents as a workbook, and noting what a worker made of it."""

from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse

from inbox.actions import queue_message
from jurisdictions import audit, work
from jurisdictions.models import Membership
from jurisdictions.roles import Permission
from reviews.models import IncidentExport


@dataclass(frozen=True)
class WrittenFile:
    """A file that a worker stored: its name there, how long it is, and which incidents it holds."""

    name: str
    sha256: str
    size: int
    numbers: list[str]


@transaction.atomic
def ask_for_export(filters: dict[str, str], *, by: Membership) -> IncidentExport:
    """Owe a person the list "as filtered"; what they may see is asked again when it is written."""
    export = work.owe(IncidentExport(jurisdiction_id=by.jurisdiction_id, asked_by=by, filters=filters))
    audit.record("incidents.export_asked", about=export, by=by, filters=sorted(filters))
    return export


def record_written(export: IncidentExport, written: WrittenFile) -> None:
    """Note the finished file and tell the person who asked. Runs in the transaction that marks the row done."""
    export.file, export.sha256 = written.name, written.sha256
    export.size, export.rows, export.numbers = written.size, len(written.numbers), written.numbers
    export.save(update_fields=["file", "sha256", "size", "rows", "numbers"])
    audit.record(
        "incidents.exported", about=export, by=export.asked_by, rows=export.rows, sha256=written.sha256
    )
    tell(export, "export_ready")


def tell_of_failures() -> None:
    """Owe a message for every list of the open agency that was tried to the end without success."""
    for export in IncidentExport.objects.filter(dead_at__isnull=False).select_related(
        "asked_by__jurisdiction", "asked_by__user"
    ):
        tell(export, "export_failed")


def tell(export: IncidentExport, kind: str) -> None:
    """Owe the person who asked one message of this kind, while they may still get lists; owing it again is the
    same message."""
    if not (export.asked_by.user.is_active and export.asked_by.allows(Permission.INCIDENT_EXPORT)):
        return
    path = reverse("incidents:exported", args=[export.asked_by.jurisdiction.slug, export.pk])
    queue_message(kind, to=export.asked_by, number="", path=path, occasion=f"export:{export.pk}")
