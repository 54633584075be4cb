"""Asking for the audit as a file, and noting what a worker made of it."""

from django.db import transaction

from jurisdictions import audit, work
from jurisdictions.audit_files import WrittenAudit
from jurisdictions.models import AuditExport, Membership


@transaction.atomic
def ask_for_audit_file(filters: dict[str, str], *, by: Membership) -> AuditExport:
    """Owe a person the audit "as filtered"; what they may know by name is asked again when it is written."""
    export = work.owe(AuditExport(jurisdiction_id=by.jurisdiction_id, asked_by=by, filters=filters))
    audit.record("audit.file_asked", about=export, by=by, filters=sorted(filters))
    return export


def record_written(export: AuditExport, written: WrittenAudit) -> None:
    """Note the finished file. Runs in the transaction that marks the row done."""
    export.file, export.sha256 = written.name, written.sha256
    export.size, export.rows, export.named = written.size, written.rows, written.named
    export.save(update_fields=["file", "sha256", "size", "rows", "named"])
    audit.record(
        "audit.file_written", about=export, by=export.asked_by, rows=export.rows, sha256=written.sha256
    )
