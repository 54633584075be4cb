"""Codes of files that wait until somebody gives them a meaning. Those of incidents, of past reviews and of figures are
apart: a column of the same name is another column there."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from reviews.models import IncidentImport, UnmappedCode

type Code = tuple[str, str]  # column and code

COLUMN_CHARACTERS = 120


def queue_unmapped(record: IncidentImport, unmapped: Mapping[Code, int], known: Iterable[Code]) -> None:
    """Queue the codes that nobody has given a meaning, with in how many rows each stands. They take the place of those
    of earlier imports of its shape that are the same, that the mapping knows by now, or that stood in an earlier state
    of this file."""
    queued: Counter[Code] = Counter()
    for code, rows in unmapped.items():
        queued[_kept(code)] += rows
    meant = set(map(_kept, known))
    settled = [
        pk
        for pk, file_name, *code in _waiting(record.shape).values_list(
            "pk", "imported_by__file_name", "column", "code"
        )
        if file_name == record.file_name or tuple(code) in meant or tuple(code) in queued
    ]
    UnmappedCode.objects.filter(pk__in=settled).update(settled_at=record.at)
    UnmappedCode.objects.bulk_create(
        UnmappedCode(
            jurisdiction_id=record.jurisdiction_id, imported_by=record, column=column, code=code, rows=rows
        )
        for (column, code), rows in sorted(queued.items())
    )


def take_codes_back(receipt: IncidentImport, now: dt.datetime) -> None:
    """Codes that an import queued wait no longer; those that they took the place of do again."""
    UnmappedCode.objects.filter(imported_by=receipt, settled_at=None).update(settled_at=now)
    again = set(_waiting(receipt.shape).values_list("column", "code"))
    settled = UnmappedCode.objects.filter(imported_by__shape=receipt.shape, settled_at=receipt.at)
    back = [pk for pk, *code in settled.values_list("pk", "column", "code") if tuple(code) not in again]
    UnmappedCode.objects.filter(pk__in=back).update(settled_at=None)


def _waiting(shape: str) -> QuerySet[UnmappedCode]:
    return UnmappedCode.objects.filter(imported_by__shape=shape, settled_at=None)


def _kept(code: Code) -> Code:
    return code[0][:COLUMN_CHARACTERS], code[1]
