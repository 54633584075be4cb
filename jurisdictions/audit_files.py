"""Writing an agency's audit as a file: read inside the scope, as its reader would see it, and written outside."""

import csv
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from jurisdictions.audit_reading import (
    AuditFilters,
    about_what,
    names_for,
    names_of,
    people_of,
    what_was_done,
    who_did,
)
from jurisdictions.formulas import guarded
from jurisdictions.models import AuditEvent, AuditExport, Membership
from jurisdictions.stored import take_away_earlier
from jurisdictions.tenancy import jurisdiction_scope

ROWS = 100_000  # the newest ones
HEADINGS = ("When", "Who", "What", "About", "Result", "Request")


@dataclass(frozen=True)
class WrittenAudit:
    """A file that a worker stored."""

    name: str
    sha256: str
    size: int
    rows: int
    named: list[str]


def make_file(export: AuditExport) -> WrittenAudit:
    """Write the file and store it. May run again after a crash: each try has a name of its own."""
    with jurisdiction_scope(export.jurisdiction_id):
        rows, named = read_rows(export.filters, reader=export.asked_by)
    # With its mark, as spreadsheets would read it in another encoding otherwise.
    content = "\ufeff".encode() + as_csv([HEADINGS, *rows]).encode()
    folder = f"audit-files/{export.jurisdiction_id}"
    take_away_earlier(folder, export.pk)
    stored = default_storage.save(f"{folder}/{export.pk}-{export.claim}.csv", ContentFile(content))
    return WrittenAudit(stored, hashlib.sha256(content).hexdigest(), len(content), len(rows), named)


def may_still_be_had(export: AuditExport) -> bool:
    """Whether who asked may still see everything that the file names: it shows nobody what its page would not."""
    if export.named is None:
        return False
    seen = names_of(export.named, reader=export.asked_by)
    return len(seen) == len(export.named)


def read_rows(given: dict[str, str], *, reader: Membership) -> tuple[list[tuple[str, ...]], list[str]]:
    """The lines of the audit's page, newest first, with the number that ties the events of one request together; and
    everything that they call by its name."""
    people = people_of(reader.jurisdiction)
    filters = AuditFilters.read(given, people, reader=reader)
    events = list(filters.apply(AuditEvent.objects.all())[:ROWS])
    names = names_for(events, reader=reader)
    rows: list[tuple[str, ...]] = [
        (
            timezone.localtime(event.at).isoformat(timespec="seconds"),
            who_did(event, people),
            what_was_done(event),
            about_what(event, names),
            event.get_outcome_display(),
            event.request_id,
        )
        for event in events
    ]
    return rows, [f"{model}:{key}" for model, key in sorted(names)]


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """Every cell as a text that no spreadsheet reckons with: people choose their own names."""
    file = StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return file.getvalue()
