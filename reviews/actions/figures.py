"""Saying a yearly figure by hand: a new one, a correction, or that it is taken away. What stood before stays."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from jurisdictions import audit
from jurisdictions.models import Membership
from jurisdictions.rules import Problem, Refused
from reviews.figures.known import label_of
from reviews.locks import lock_figures
from reviews.models import YearlyFigure


@dataclass(frozen=True)
class Figure:
    """What is said of one figure."""

    name: str
    year: int
    source: str
    unit: str
    value: Decimal | None
    vintage: str = ""
    note: str = ""


@transaction.atomic
def add_figure(said: Figure, *, by: Membership, now: dt.datetime | None = None) -> YearlyFigure:
    """Say a figure that does not stand yet. Raises Refused where the same name, year and source has a value."""
    lock_figures(by.jurisdiction_id)
    latest = _latest(said.name, said.year, said.source)
    if latest is not None and latest.value is not None:
        message = (
            f"“{label_of(said.name)}” for {said.year} from this source is here already. Correct it there."
        )
        raise Refused([Problem("figure.twice", message, item="year")])
    figure = _say(said, latest, by, now)
    audit.record("figure.added", about=figure, by=by)
    return figure


@transaction.atomic
def correct_figure(
    standing: YearlyFigure, said: Figure, *, by: Membership, now: dt.datetime | None = None
) -> YearlyFigure:
    """Say a figure anew, or without a value that it is taken away; the same again changes nothing,
    but a reason that is given is kept.

    Raises Refused when somebody has said something else since `standing`.
    """
    lock_figures(by.jurisdiction_id)
    latest = _latest(standing.name, standing.year, standing.source)
    if latest is None or latest.pk != standing.pk:
        message = "This figure was changed since you opened this page. Look at what stands now."
        raise Refused([Problem("figure.stale", message)])
    if (said.value, said.vintage) == (standing.value, standing.vintage) and said.note in ("", standing.note):
        return standing
    figure = _say(said, latest, by, now)
    audit.record("figure.corrected" if said.value is not None else "figure.taken_away", about=figure, by=by)
    return figure


def _latest(name: str, year: int, source: str) -> YearlyFigure | None:
    said = YearlyFigure.objects.filter(name=name, year=year, source=source)
    return said.order_by("-version").first()


def _say(said: Figure, latest: YearlyFigure | None, by: Membership, now: dt.datetime | None) -> YearlyFigure:
    figure: YearlyFigure = YearlyFigure.objects.create(
        jurisdiction_id=by.jurisdiction_id,
        name=said.name,
        year=said.year,
        source=said.source,
        version=latest.version + 1 if latest else 1,
        unit=said.unit,
        value=said.value,
        vintage=said.vintage,
        note=said.note,
        by=by,
        at=now or timezone.now(),
    )
    return figure
