"""Yearly figures of one agency: a file of invented ones, brought in as a person brings one in, and one said anew."""

import tempfile
from decimal import Decimal
from pathlib import Path

from jurisdictions.models import Jurisdiction, Membership
from npcs.demo.days import Days
from npcs.demo.files import unpacked
from npcs.demo.reading import Told, read
from reviews.actions.figures import Figure, correct_figure
from reviews.actions.import_figures import import_figures
from reviews.figures.mapping import read_figure_mapping
from reviews.imports.columns import written
from reviews.models import YearlyFigure

BROUGHT, CORRECTED = -40, -33  # days before the seeding


def bring_figures_in(agency: Jurisdiction, *, by: Membership, days: Days) -> None:
    """Bring this agency's figures in; nothing for other agencies. Its scope is open."""
    told = read("figures.yaml")
    if agency.slug != told["agency"]:
        return
    rows = [row | {"Year": days.today.year + row["Year"]} for row in told["rows"]]
    mapping = read_figure_mapping(written(told["mapping"]))
    with tempfile.TemporaryDirectory() as folder:
        file = unpacked(told["file_name"], {"": rows}, Path(folder), size=1_204)
        import_figures(file, mapping, jurisdiction=agency, by=by, now=days.at(BROUGHT, 10, 15))
    _correct(told["corrected"], by=by, days=days)


def _correct(told: Told, *, by: Membership, days: Days) -> None:
    standing = YearlyFigure.objects.get(name=told["name"], year=days.today.year + told["year"])
    said = Figure(
        standing.name,
        standing.year,
        standing.source,
        standing.unit,
        Decimal(told["value"]),
        standing.vintage,
        told["note"],
    )
    correct_figure(standing, said, by=by, now=days.at(CORRECTED, 9, 5))
