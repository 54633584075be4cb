"""Asking for the agency's data as files, and noting what a worker made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse

from inbox.actions import queue_message
from jurisdictions import audit, work
from jurisdictions.models import Membership
from jurisdictions.roles import Permission
from reviews.models import DataPack


@dataclass(frozen=True)
class WrittenPack:
    """A pack that a worker stored: its name there, and the keys of the reviews that it holds."""

    name: str
    sha256: str
    size: int
    reviews: list[int]


@transaction.atomic
def ask_for_pack(chosen: Mapping[str, Any], *, by: Membership) -> DataPack:
    """Owe a person the agency's data; which reviews they may see is asked again when it is written. The same that is on
    its way already is not owed twice."""
    Membership.objects.select_for_update(of=("self",)).get(pk=by.pk)  # who asks twice at once asks one by one
    same = DataPack.objects.filter(asked_by=by, chosen=dict(chosen), done_at=None, dead_at=None)
    if (under_way := same.first()) is not None:
        return under_way
    pack = work.owe(DataPack(jurisdiction_id=by.jurisdiction_id, asked_by=by, chosen=dict(chosen)))
    audit.record("pack.asked", about=pack, by=by, **chosen)
    return pack


def record_written(pack: DataPack, written: WrittenPack) -> None:
    """Note the finished file and tell the person who asked. Runs in the transaction that marks the row done."""
    pack.file, pack.sha256, pack.size = written.name, written.sha256, written.size
    pack.reviews = written.reviews
    pack.save(update_fields=["file", "sha256", "size", "reviews"])
    rows = len(written.reviews)
    audit.record("pack.written", about=pack, by=pack.asked_by, rows=rows, sha256=written.sha256)
    tell(pack, "pack_ready")


def tell_of_failures() -> None:
    """Owe a message for every pack of the open agency that was tried to the end without success."""
    for pack in DataPack.objects.filter(dead_at__isnull=False).select_related(
        "asked_by__jurisdiction", "asked_by__user"
    ):
        tell(pack, "pack_failed")


def tell(pack: DataPack, kind: str) -> None:
    """Owe the person who asked one message of this kind, while they may still get packs; owing it again is the same
    message."""
    if not (pack.asked_by.user.is_active and pack.asked_by.allows(Permission.REVIEW_EXPORT)):
        return
    path = reverse("reviews:pack", args=[pack.asked_by.jurisdiction.slug, pack.pk])
    queue_message(kind, to=pack.asked_by, number="", path=path, occasion=f"pack:{pack.pk}")
