"""Past incidents that came in with a file: without a review, and with the receipt of the import."""

import datetime as dt
import hashlib

from npcs.demo.reading import Told
from npcs.demo.records import Press, RecordWriter
from npcs.demo.rows import insert
from npcs.demo.shelf import Shelf
from reviews.models import IncidentImport, UnmappedCode

# How many rows each agency brought, and how many of its file's rows came back.
FILES = {"merrowen": (14, 2), "lothmere": (12, 1), "alder-county": (7, 1), "brackwater": (6, 0)}
IMPORTED = -60  # days before the seeding


def receipt(slug: str, shelf: Shelf, press: Press) -> IncidentImport:
    """The receipt of the agency's file: every row is accounted for."""
    created, returned = FILES[slug]
    at = press.days.at(IMPORTED, 14, 5)
    name = f"{slug}-past-incidents.csv"
    warned = created // 5
    row = IncidentImport(
        jurisdiction=shelf.jurisdiction,
        file_name=name,
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        mapping_sha256=hashlib.sha256(f"mapping of {name}".encode()).hexdigest(),
        at=at,
        rows=created + returned,
        accepted=created - warned,
        with_warnings=warned,
        returned=returned,
        created=created,
        changed=0,
        unchanged=0,
    )
    insert([row])
    if returned:
        UnmappedCode.objects.create(
            jurisdiction=shelf.jurisdiction, imported_by=row, column="Place", code="RES-7", rows=returned
        )
    shelf.event("incidents.imported", f"incidentimport:{row.pk}", None, at + dt.timedelta(seconds=4))
    return row


def write_past(told: Told, *, number: str, file: IncidentImport, press: Press, shelf: Shelf) -> None:
    """One row of the file: its incident, its children and what it says."""
    key = told["incident"]["case_number"]
    incident = told["incident"] | {"source_key": key, "source_sha256": _sha256(told)}
    writer = RecordWriter(press, shelf, number=number, incident=incident, by=None, imported=file)
    writer.children(told["children"])
    for answers in told["answers"].values():
        writer.answers(answers, at=lambda _: file.at)


def _sha256(told: Told) -> str:
    return hashlib.sha256(repr(told).encode()).hexdigest()
