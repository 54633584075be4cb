"""Past reviews that an agency closed before it came here: its workbook, brought in as a person brings one in."""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

from jurisdictions.models import Jurisdiction, Membership
from npcs.demo.days import Days
from npcs.demo.files import unpacked
from npcs.demo.reading import Told, read
from reviews.actions.import_past import import_past_reviews
from reviews.imports.unpacking import Unpacked
from reviews.models import Incident

BROUGHT = -45  # days before the seeding
CLOSED_AFTER = 170  # days after the incident
NAME = "past-reviews.xlsx"


def bring_reported_in(agency: Jurisdiction, *, by: Membership, days: Days) -> None:
    """Bring the past reviews of this agency in, of the first of its past incidents; nothing for other agencies. Its
    scope is open."""
    told = read("reported.yaml")
    if agency.slug != told["agency"]:
        return
    past = Incident.objects.filter(review=None, occurred_on__isnull=False).order_by("number")
    with tempfile.TemporaryDirectory() as folder:
        file = _workbook(list(zip(told["reviews"], past, strict=False)), Path(folder))
        import_past_reviews(file, jurisdiction=agency, by=by, now=days.at(BROUGHT, 15, 20))


def _workbook(reviews: list[tuple[Told, Incident]], folder: Path) -> Unpacked:
    """The sheets of the workbook as plain tables: what unpacking would have made of it."""
    sheets: dict[str, list[dict[str, Any]]] = {}
    for told, incident in reviews:
        key = f"R-{incident.number}"
        for sheet, rows in told.items():
            for number, row in enumerate(rows, 1):
                sheets.setdefault(sheet, []).append({"review": key, "no": number, **row})
        closed_on = (incident.occurred_on or dt.date.min) + dt.timedelta(days=CLOSED_AFTER)
        sheets["reviews"][-1] |= {"number_in_npcs": incident.number, "closed_on": closed_on.isoformat()}
    return unpacked(NAME, sheets, folder, size=48_213)
