"""Handing out the files that workers stored."""

from __future__ import annotations

import logging
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage

from reviews.models import ImportRun, IncidentExport, ReviewReport

log = logging.getLogger(__name__)


def open_stored(row: IncidentExport | ImportRun | ReviewReport) -> File[Any] | None:
    """The file of a finished row; None when it has gone from the store, which the log says with the row's key."""
    try:
        return default_storage.open(row.file)
    except FileNotFoundError:
        log.error(
            "A stored file is gone.",
            extra={"table": row._meta.label_lower, "row": row.pk, "agency": row.jurisdiction_id},
        )
        return None
