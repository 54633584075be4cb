"""The files that workers stored: handing them out, and taking away what an earlier try left."""

from __future__ import annotations

import logging
from typing import Any, ClassVar, Protocol

from django.core.files import File
from django.core.files.storage import default_storage

from jurisdictions.tenancy import jurisdiction_scope

log = logging.getLogger(__name__)


class Stored(Protocol):
    """A row of an agency that says where its file lies."""

    pk: int
    file: str
    jurisdiction_id: int
    _meta: ClassVar[Any]


def open_stored(row: Stored) -> File[Any] | None:
    """The file of a finished row; None when it has gone from the store, which the log says with the row's key."""
    try:
        return default_storage.open(row.file)
    except FileNotFoundError:
        log.error(
            "A stored file is gone.",
            extra={"table": row._meta.label_lower, "row": row.pk, "agency": row.jurisdiction_id},
        )
        return None


def discard_unless_kept(row: Stored, name: str) -> None:
    """Delete a file of which the row says nothing: its try was overtaken while it was made."""
    with jurisdiction_scope(row.jurisdiction_id):
        is_kept = type(row).objects.filter(pk=row.pk, file=name).exists()  # type: ignore[attr-defined]
    if not is_kept:
        default_storage.delete(name)


def take_away_earlier(folder: str, row: int) -> None:
    """Delete the files of earlier tries of a row, whose names begin with its key."""
    try:
        _, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        if name.startswith(f"{row}-"):
            default_storage.delete(f"{folder}/{name}")
