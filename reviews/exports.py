"""Writing the list of incidents that a person asked for: read inside the scope, written outside it."""

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage

from dictionary.workbooks.writing import Cell, Column, Sheet, write_workbook
from jurisdictions.models import Membership
from jurisdictions.stored import take_away_earlier
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.export_incidents import WrittenFile
from reviews.incident_filters import NO_REVIEW, STATES, IncidentFilters
from reviews.models import Child, Incident, IncidentExport, Review

ROWS = 50_000
# The agency's own case number is not among them: it stays inside.
COLUMNS = [
    Column("Number", 12),
    Column("Type", 22),
    Column("Date of the incident", 20),
    Column("Date the agency learned of it", 26),
    Column("County", 22),
    Column("Children", 10),
    Column("Ages", 24),
    Column("Sex", 18),
    Column("Review", 26),
    Column("Due", 14),
]


def make_export(export: IncidentExport) -> WrittenFile:
    """Write the workbook and store it. May run again after a crash: each try has a name of its own, and what an
    earlier one left is taken away."""
    with jurisdiction_scope(export.jurisdiction_id):
        asked_by = Membership.objects.select_related("jurisdiction").get(pk=export.asked_by_id)
        rows = read_rows(IncidentFilters.read(export.filters), by=asked_by)
    folder = f"incident-exports/{export.jurisdiction_id}"
    take_away_earlier(folder, export.pk)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "incidents.xlsx"
        write_workbook(path, [Sheet("Incidents", COLUMNS, rows)])
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            name = default_storage.save(f"{folder}/{export.pk}-{export.claim}.xlsx", File(file))
        return WrittenFile(name, sha256, path.stat().st_size, [str(row[0]) for row in rows])


def read_rows(filters: IncidentFilters, *, by: Membership) -> list[Sequence[Cell]]:
    """The rows as the person would see them in the list, at the time of writing."""
    incidents = list(filters.ordered(filters.apply(Incident.objects.visible_to(by)))[:ROWS])
    children: dict[int, list[Child]] = {}
    for child in Child.objects.filter(incident__in=[incident.pk for incident in incidents]).iterator(5_000):
        children.setdefault(child.incident_id, []).append(child)
    return [_row(incident, children.get(incident.pk, [])) for incident in incidents]


def _row(incident: Incident, children: Sequence[Child]) -> Sequence[Cell]:
    review: Review | None = getattr(incident, "review", None)
    state = STATES["withdrawn"] if incident.withdrawn_at else STATES[NO_REVIEW]
    if review is not None and not incident.withdrawn_at:
        state = review.get_state_display()
    return [
        incident.number,
        incident.get_incident_type_display(),
        incident.occurred_on,
        incident.aware_on,
        incident.county,
        len(children),
        "; ".join(child.age.removeprefix("age ") for child in children),
        "; ".join(child.get_sex_display() for child in children),
        state,
        review.due_on if review else None,
    ]
