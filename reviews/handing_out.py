"""Handing out a file that was made for one person: to them, while they may see everything in it. Either is audited."""

from __future__ import annotations

from django.http import FileResponse
from django.utils import timezone

from jurisdictions import audit
from jurisdictions.models import Membership
from jurisdictions.stored import open_stored
from reviews.models import DataPack, IncidentExport
from reviews.rules.files import list_state, pack_state

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
AGAIN = "It was tried many times. Nothing is lost: make it again. If it fails again, tell your agency administrator."
# Why a list or a pack cannot be had, and what to do: by its state.
LIST_NOT = {
    "dead": ("This list could not be made", AGAIN),
    "withheld": (
        "You can no longer get this workbook",
        "It holds an incident that you may not see any more, for example because you stepped back from its review. "
        "Make the list again: it will hold what you may see now.",
    ),
    "taken_away": (
        "This workbook was taken away",
        "A workbook lies here for 30 days. Make the list again: it will hold what you may see now.",
    ),
    "unlisted": (
        "You can no longer get this workbook",
        "It was made before it was noted which incidents a workbook holds. Make the list again: it will hold what you "
        "may see now.",
    ),
    "lost": (
        "This workbook is no longer there",
        "It was made, but its file has gone from the store. The incidents are as they were: make the list again, "
        "and tell your agency administrator.",
    ),
}
PACK_NOT = {
    "dead": ("This data pack could not be made", AGAIN),
    "taken_away": (
        "This data pack was taken away",
        "A data pack lies here for 30 days. Make it again: it will hold what you may see now.",
    ),
    "withheld": (
        "You can no longer get this data pack",
        "It holds a review that you may not see any more, for example because you stepped back from it. Make the pack "
        "again: it will hold what you may see now.",
    ),
    "lost": (
        "This data pack is no longer there",
        "It was made, but its file has gone from the store. The reviews are as they were: make the pack again, and "
        "tell your agency administrator.",
    ),
}


class NotHandedOut(Exception):
    """The person does not get this file; `state` says why (LIST_NOT, PACK_NOT)."""

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(state)


def hand_out_list(found: IncidentExport, *, by: Membership) -> FileResponse:
    """The workbook of one of `lists_of` that is done. Raises NotHandedOut."""
    day = timezone.localtime(found.done_at)
    name = f"incidents-{by.jurisdiction.slug}-{day:%Y-%m-%d}.xlsx"
    return _hand_out(found, list_state(found), by=by, name=name, kind=XLSX)


def hand_out_pack(found: DataPack, *, by: Membership) -> FileResponse:
    """The ZIP of one of `packs_of` that is done. Raises NotHandedOut."""
    day = timezone.localtime(found.owed_at)
    name = f"reviews-{by.jurisdiction.slug}-{day:%Y-%m-%d}.zip"
    return _hand_out(found, pack_state(found), by=by, name=name, kind=ZIP)


def _hand_out(
    found: IncidentExport | DataPack, state: str, *, by: Membership, name: str, kind: str
) -> FileResponse:
    is_list = isinstance(found, IncidentExport)
    file = open_stored(found) if state == "done" else None
    if file is None:
        state = "lost" if state == "done" else state
        audit.record(
            "incidents.download_refused" if is_list else "pack.download_refused",
            about=found,
            by=by,
            why=state,
        )
        raise NotHandedOut(state)
    audit.record(
        "incidents.downloaded" if is_list else "pack.downloaded", about=found, by=by, sha256=found.sha256
    )
    return FileResponse(file, as_attachment=True, filename=name, content_type=kind)
