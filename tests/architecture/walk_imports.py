"""Files that somebody of an agency brought in, at every step: what the walks of the import's addresses need."""

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from jurisdictions.models import Jurisdiction, Membership
from jurisdictions.roles import Role
from reviews.actions.bring_in import folder_of
from reviews.imports.columns import written
from reviews.imports.surveying import ColumnFacts
from reviews.models import (
    ImportRun,
    ImportUndoing,
    ImportUndone,
    IncidentImport,
    SavedMapping,
    UnmappedCode,
    Upload,
    YearlyFigure,
)


def furnish_imports(agency: Jurisdiction, lead: Membership, mark: str) -> dict[str, Any]:
    """A file that was brought, mapped and let in, each of its texts carrying the mark; and the receipt of one that was
    taken back. Returns the keys that addresses need. A scope must be open."""
    coordinators = Membership.objects.holding(Role.COORDINATOR).filter(jurisdiction=agency)
    by = coordinators.order_by("pk").first() or lead
    receipt, undone = (_receipt(agency, by, mark) for _ in range(2))
    ImportUndone.objects.create(jurisdiction=agency, receipt=undone, by=by, removed=1, restored=0)
    ImportUndoing.objects.create(
        jurisdiction=agency, receipt=undone, by=by, refused=f"{mark} refused", done_at=timezone.now()
    )
    UnmappedCode.objects.create(
        jurisdiction=agency, imported_by=receipt, column="x", code=f"{mark} code", rows=1
    )
    upload, mapping = _upload(agency, by, mark), written(_document(mark))
    Upload.objects.filter(pk=upload.pk).update(mapping=mapping)
    SavedMapping.objects.get_or_create(
        jurisdiction=agency,
        name=f"{mark} mapping",
        defaults={"document": mapping, "columns": [f"{mark} kind"], "saved_by": by},
    )
    run = _run(upload, receipt, mark, mapping)
    figure = _figure(agency, receipt, by, mark)
    return {"upload": upload.pk, "run": run.pk, "receipt": receipt.pk, "figure": figure.pk}


def _figure(agency: Jurisdiction, receipt: IncidentImport, by: Membership, mark: str) -> YearlyFigure:
    """A figure under the agency's own name that a file brought and a person corrected: the statement that stands."""
    said = {
        "name": f"{mark} figure",
        "source": f"{mark} source",
        "vintage": f"{mark} vintage",
        "unit": "count",
    }
    versions = YearlyFigure.objects.filter(
        **{name: said[name] for name in ("name", "source")}, year=2020
    ).count()
    for version, from_whom in ((versions + 1, {"imported_by": receipt}), (versions + 2, {"by": by})):
        figure: YearlyFigure = YearlyFigure.objects.create(
            jurisdiction=agency,
            year=2020,
            version=version,
            value=version,
            note=f"{mark} note",
            **said,
            **from_whom,
        )
    return figure


def _receipt(agency: Jurisdiction, by: Membership, mark: str) -> IncidentImport:
    counts = {"accepted": 1, "with_warnings": 0, "returned": 0, "created": 1, "changed": 0, "unchanged": 0}
    receipt: IncidentImport = IncidentImport.objects.create(
        jurisdiction=agency,
        file_name=f"{mark}.csv",
        sha256="0" * 64,
        mapping_sha256="0" * 64,
        by=by,
        rows=1,
        **counts,
    )
    return receipt


def _document(mark: str) -> dict[str, Any]:
    kind = {"column": f"{mark} kind", "codes": {f"{mark} code": "fatality"}}
    day = {"column": f"{mark} day", "format": "%Y-%m-%d"}
    items = {"incident_type": kind, "occurred_on": day, "county": f"{mark} county"}
    return {"about": f"{mark} mapping", "key": f"{mark} key", "items": items}


def _upload(agency: Jurisdiction, by: Membership, mark: str) -> Upload:
    cells = {"key": "1", "kind": f"{mark} code", "day": "2020-01-01", "county": f"{mark} County"}
    header, values = [f"{mark} {name}" for name in cells], list(cells.values())
    top = [{"number": 1, "cells": header}, {"number": 2, "cells": values}]
    upload: Upload = Upload.objects.create(
        jurisdiction=agency,
        by=by,
        file_name=f"{mark}.csv",
        sha256="0" * 64,
        size=1,
        sheets=[{"name": f"{mark} sheet", "rows": 2, "columns": 4, "header_row": 1, "top": top}],
        sheet=0,
        header_row=1,
        columns=[
            _column(name, at, value).as_json()
            for at, (name, value) in enumerate(zip(header, values, strict=True))
        ],
        done_at=timezone.now(),
    )
    upload.file = default_storage.save(f"{folder_of(upload)}/file", ContentFile(f"{mark} file".encode()))
    upload.save(update_fields=["file"])
    return upload


def _column(name: str, at: int, value: str) -> ColumnFacts:
    days = ("%Y-%m-%d",) if name.endswith(" day") else ()
    return ColumnFacts(name, "ABCD"[at], 1, 0, 1, ((value, 1),), (value,), days, (), 0, name.endswith(" key"))


def _run(upload: Upload, receipt: IncidentImport, mark: str, mapping: str) -> ImportRun:
    remark = {"row": 2, "label": f"{mark} label", "message": f"{mark} message", "fix": f"{mark} fix"}
    change = {
        "row": 2,
        "number": "2026-001",
        "label": f"{mark} label",
        "before": f"{mark} old",
        "after": mark,
    }
    run: ImportRun = ImportRun.objects.create(
        jurisdiction=upload.jurisdiction,
        upload=upload,
        by=upload.by,
        keeps=True,
        mapping=mapping,
        mapping_version=1,
        rows=1,
        accepted=1,
        created=1,
        told={
            "unread": [f"{mark} unread"],
            "unmapped": [["x", f"{mark} code", 1]],
            "remarks": [remark | {"sheet": "", "returned": False}],
            "changes": [change],
        },
        file=default_storage.save(f"{folder_of(upload)}/1.xlsx", ContentFile(f"{mark} file".encode())),
        sha256="0" * 64,
        size=1,
        receipt=receipt,
        done_at=timezone.now(),
    )
    return run
