"""The agency board: who is in, how far each agency is, and the next step."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from jurisdictions.board import Standing, Step, standings
from jurisdictions.http import PartnershipRequest
from jurisdictions.models import AgencyContact
from jurisdictions.numbers import number_of
from jurisdictions.tables import Row, headings
from jurisdictions.views.partnership import manages_agencies

COLUMNS = headings(
    "Agency",
    "Next step",
    "Agreement",
    "First administrator",
    "Liaison, deputy",
    "Last active",
    "People",
    "Second step",
    "Over the ceiling",
    "Waiting",
    numeric={"People", "Over the ceiling"},
)


@require_GET
@manages_agencies
def agencies(request: PartnershipRequest) -> HttpResponse:
    """What needs doing comes first."""
    found = standings()
    context = {
        "rows": [_row(standing, step) for standing, step in found],
        "columns": COLUMNS,
        "yours": sum(step.whose == "yours" for _, step in found),
        "crumbs": [("Agencies", "")],
    }
    return render(request, "partnership/agencies.html", context)


def _row(standing: Standing, step: Step) -> Row:
    agency = standing.agency
    return Row(
        (
            agency.name,
            _step(step),
            _day(agency.agreement_on, "not recorded"),
            _first_administrator(standing),
            _contacts(standing),
            _day(agency.active_on, "not yet"),
            str(standing.people),
            f"{standing.with_second_step} of {standing.people}",
            str(standing.over_ceiling),
            number_of(len(standing.invitations), "invitation") if standing.invitations else "nothing",
        ),
        reverse("partnership:agency", args=[agency.slug]),
    )


def _day(day: dt.date | None, none: str) -> str:
    return f"{day:%-d %b %Y}" if day else none


def _step(step: Step) -> str:
    if not step.url:
        return step.words
    link = '<a href="{}">{}</a><br><span class="npcs-quiet">{} turn</span>'
    return format_html(link, step.url, step.words, _TURN[step.whose])


_TURN = {"yours": "your", "theirs": "the agency’s"}


def _first_administrator(standing: Standing) -> str:
    if standing.administrators:
        return "accepted"
    first = standing.first_invitation
    if first is None:
        return "not invited"
    if first.work_state == "dead":
        return "invitation not delivered"
    return "invitation ran out" if first.state == "expired" else f"invited on {first.owed_at:%-d %b %Y}"


def _contacts(standing: Standing) -> str:
    parts = {contact.part for contact in standing.contacts}
    if parts == set(AgencyContact.Part):
        return "both named"
    if AgencyContact.Part.LIAISON in parts:
        return "no deputy"
    return "no liaison" if parts else "not named"
