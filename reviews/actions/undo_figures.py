"""Taking back a file of yearly figures: what stood before each is said anew, and what it brought is taken away."""

import datetime as dt
from dataclasses import dataclass

from jurisdictions.models import Membership
from jurisdictions.rules import Problem
from reviews.figures.known import label_of
from reviews.models import IncidentImport, YearlyFigure

NAMED = 5


@dataclass(frozen=True)
class FiguresBack:
    """What undoing does: figures that are taken away, and for those that it changed what stands again."""

    removed: list[YearlyFigure]
    restored: list[tuple[YearlyFigure, YearlyFigure]]  # of the import, and what stood before it


def problems_before_undoing_figures(receipt: IncidentImport) -> list[Problem]:
    """What depends on the import: figures that a person or a later import has changed since."""
    changed = [
        one
        for one in _last_of_what_it_touched(receipt)
        if one.imported_by_id != receipt.pk or one.value is None
    ]
    if not changed:
        return []
    named = ", ".join(f"{label_of(one.name)}, {one.year}" for one in changed[:NAMED])
    more = f" and {len(changed) - NAMED:,} more" if len(changed) > NAMED else ""
    message = f"A person or a later import has changed something here since: {named}{more}."
    return [Problem("undo.changed", message)]


def figures_back(receipt: IncidentImport) -> FiguresBack:
    """What undoing would do now."""
    first = {
        one.pk: one for one in YearlyFigure.objects.filter(imported_by=receipt, undid=None)
    }  # one for each figure: an import says each once
    versions = {(one.name, one.year, one.source): one.version for one in first.values()}
    back = FiguresBack([], [])
    earlier = {
        (one.name, one.year, one.source, one.version): one
        for one in YearlyFigure.objects.filter(name__in={key[0] for key in versions})
    }
    for standing in _last_of_what_it_touched(receipt):
        key = (standing.name, standing.year, standing.source)
        before = earlier.get((*key, versions[key] - 1))
        if before is None or before.value is None:
            back.removed.append(standing)
        else:
            back.restored.append((standing, before))
    return back


def take_figures_back(receipt: IncidentImport, *, by: Membership, now: dt.datetime) -> tuple[int, int]:
    """Take the import's figures back; how many were taken away, and how many stand as before."""
    back = figures_back(receipt)
    gone = [_anew(standing, receipt, by, now, value=None) for standing in back.removed]
    as_before = [
        _anew(
            standing,
            receipt,
            by,
            now,
            value=before.value,
            unit=before.unit,
            vintage=before.vintage,
            note=before.note,
            by_id=before.by_id,
            imported_by_id=before.imported_by_id,
        )
        for standing, before in back.restored
    ]
    YearlyFigure.objects.bulk_create([*gone, *as_before])
    return len(gone), len(as_before)


def _anew(
    standing: YearlyFigure, receipt: IncidentImport, by: Membership, now: dt.datetime, **said: object
) -> YearlyFigure:
    return YearlyFigure(
        **{
            "jurisdiction_id": standing.jurisdiction_id,
            "name": standing.name,
            "year": standing.year,
            "source": standing.source,
            "version": standing.version + 1,
            "unit": standing.unit,
            "undid": receipt,
            "at": now,
        }
        | said
    )


def _last_of_what_it_touched(receipt: IncidentImport) -> list[YearlyFigure]:
    """The last statement of each figure that the import said something of."""
    said = {
        (one.name, one.year, one.source)
        for one in YearlyFigure.objects.filter(imported_by=receipt, undid=None)
    }
    latest = YearlyFigure.objects.filter(name__in={name for name, _, _ in said}).latest_statements()
    return [one for one in latest if (one.name, one.year, one.source) in said]
