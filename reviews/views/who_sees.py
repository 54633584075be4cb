"""Who can see this: of one review, and of one incident. Whoever sees the record may ask."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from jurisdictions import audit
from jurisdictions.http import TenantRequest, requires
from jurisdictions.numbers import number_of
from jurisdictions.roles import Permission
from jurisdictions.tables import Row, headings
from reviews.models import Incident
from reviews.sight import Seer, Sight, sight_of_incident, sight_of_review
from reviews.views.page import read_review


@require_GET
@requires(Permission.REVIEW_VIEW)
def of_review(request: TenantRequest, number: str) -> HttpResponse:
    page = read_review(request, number, what="sight.read")
    shown = _shown(sight_of_review(page.review), f"review {number}", with_days=not page.is_guest)
    context = page.context(title="Who can see this review", crumbs=page.crumbs(("Who can see this", "")))
    return render(request, "reviews/who_sees.html", context | shown)


@require_GET
@requires(Permission.INCIDENT_VIEW)
def of_incident(request: TenantRequest, number: str) -> HttpResponse:
    by = request.membership
    incident = get_object_or_404(Incident.objects.visible_to(by), number=number)
    audit.record("sight.read", about=incident, by=by)
    slug = by.jurisdiction.slug
    crumbs = [
        ("Incidents", reverse("incidents:list", args=[slug])),
        (number, reverse("incidents:detail", args=[slug, number])),
        ("Who can see this", ""),
    ]
    shown = _shown(sight_of_incident(incident), f"incident {number}", with_days=True)
    context = {"title": "Who can see this incident", "crumbs": crumbs}
    return render(request, "reviews/who_sees.html", context | shown)


def _shown(sight: Sight, what: str, *, with_days: bool) -> dict[str, Any]:
    """What the page gets. On which day colleagues read is the agency's own affair, so a guest is not told."""
    columns = ["Name", "Why", *(["Opened last"] if with_days else [])]
    return {
        "what": what,
        "count": number_of(len(sight.seeing), "person", "people"),
        "columns": headings(*columns),
        "seeing": _rows(sight.seeing, with_days=with_days),
        "stepped_back": _rows(sight.stepped_back, with_days=with_days),
        "no_longer": _rows(sight.no_longer, with_days=with_days) if with_days else [],
    }


def _rows(seers: Iterable[Seer], *, with_days: bool) -> list[Row]:
    return [Row((str(seer.person), seer.why, *([_day(seer)] if with_days else []))) for seer in seers]


def _day(seer: Seer) -> str:
    return f"{seer.opened_on:%-d %B %Y}" if seer.opened_on else "never"
