"""Incidents as tests need them, and a posted form as a browser would post it."""

import datetime as dt
from typing import Any

from jurisdictions.models import Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.notify import notify_incident
from reviews.facts import ChildFacts, IncidentFacts
from reviews.models import Incident, IncidentImport
from tests.cast import member

DAY = dt.date(2026, 3, 3)


def notified(
    agency: Jurisdiction,
    by: User,
    *,
    children: tuple[ChildFacts, ...] = (ChildFacts(3, "months"),),
    **facts: Any,
) -> Incident:
    """An incident that this person notified."""
    given = {
        "incident_type": "fatality",
        "occurred_on": DAY,
        "county": "Alder",
        "case_number": "C-77",
    } | facts
    with jurisdiction_scope(agency.pk):
        return notify_incident(IncidentFacts(**given), children, by=member(by, agency))


def imported(agency: Jurisdiction, number: str = "2018-001", **facts: Any) -> Incident:
    """An incident that came in with a file: it has no review."""
    with jurisdiction_scope(agency.pk):
        receipt = IncidentImport.objects.create(
            jurisdiction=agency,
            file_name="past.csv",
            sha256="0" * 64,
            mapping_sha256="0" * 64,
            rows=1,
            accepted=1,
            with_warnings=0,
            returned=0,
            created=1,
            changed=0,
            unchanged=0,
        )
        given = {"incident_type": "fatality", "occurred_on": dt.date(2018, 5, 4), "county": "Alder"} | facts
        return Incident.objects.create(
            jurisdiction=agency, number=number, imported_by=receipt, source_key=number, **given
        )


def form(*children: dict[str, str], **changed: str) -> dict[str, Any]:
    """The notification form, filled in; `changed` by item, children by their items."""
    values = {
        "incident_type": "near_fatality",
        "occurred_on-day": "3",
        "occurred_on-month": "03",
        "occurred_on-year": "2026",
        "aware_on-day": "4",
        "aware_on-month": "03",
        "aware_on-year": "2026",
        "county": "Alder",
        "case_number": "C-123",
        "what_was_reported": "The hospital called at night.",
    } | changed
    posted: dict[str, Any] = {f"0-{name}": value for name, value in values.items()}
    for item in ("incident_type", "occurred_on", "aware_on", "county", "case_number", "what_was_reported"):
        posted[f"v-0-{item}"] = "0"
    places = []
    for place, child in enumerate(
        children or ({"age_value": "3", "age_unit": "months", "sex": "female"},), 1
    ):
        places.append(f"{place}:{child['entry']}" if "entry" in child else str(place))
        posted |= {f"{place}-{name}": value for name, value in child.items() if name != "entry"}
        posted |= {f"v-{place}-{item}": "0" for item in ("age_value", "age_unit", "sex", "died_on")}
    return posted | {"child": places}
