"""Who did what: an agency's audit for those who answer for it, and the partnership's own for its administrators."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from jurisdictions import audit
from jurisdictions.audit_reading import (
    COLUMNS,
    AuditFilters,
    name_agencies,
    names_for,
    page_of,
    people_of,
    rows_of,
)
from jurisdictions.audit_words import kinds_in_order
from jurisdictions.http import PartnershipRequest, TenantRequest, requires, requires_partnership
from jurisdictions.models import AuditEvent, PartnershipEvent, PartnershipMembership, User
from jurisdictions.paging import counted
from jurisdictions.roles import PartnershipPermission, Permission


@require_GET
@requires(Permission.AUDIT_READ)
def of_agency(request: TenantRequest) -> HttpResponse:
    """The open agency's events, newest first. Reading them is an event too."""
    by = request.membership
    people = people_of(by.jurisdiction)
    filters = AuditFilters.read(request.GET.dict(), people, reader=by)
    events = AuditEvent.objects.all()
    found, next_url = page_of(events, filters, request.GET.get("after", ""))
    count = counted(filters.apply(events), "event")
    audit.record("audit.read", about="audit", by=by, filters=sorted(filters.set))
    return _page(
        request,
        filters,
        rows=rows_of(found, names_for(found, reader=by), people),
        next_url=next_url,
        count=count,
        people=list(people.items()),
        kinds=kinds_in_order(of_partnership=False),
        here=reverse("people:audit", args=[by.jurisdiction.slug]),
        whose=f"in {by.jurisdiction.name}",
        files_url=reverse("people:audit_files", args=[by.jurisdiction.slug]),
    )


@require_GET
@requires_partnership(PartnershipPermission.AUDIT_READ)
def of_partnership(request: PartnershipRequest) -> HttpResponse:
    """What was done in the partnership's own pages, and refused where no agency was meant."""
    administrators = PartnershipMembership.objects.select_related("user").order_by("user__display_name")
    people = {one.user_id: one.user.display_name for one in administrators}
    filters = AuditFilters.read(request.GET.dict(), people)
    events = PartnershipEvent.objects.all()
    found, next_url = page_of(events, filters, request.GET.get("after", ""))
    count = counted(filters.apply(events), "event")
    audit.record_in_partnership("audit.read", about="audit", by=request.user, filters=sorted(filters.set))
    return _page(
        request,
        filters,
        rows=rows_of(found, name_agencies(found), people | _others(found)),
        next_url=next_url,
        count=count,
        people=list(people.items()),
        kinds=kinds_in_order(of_partnership=True),
        here=reverse("partnership:audit"),
        whose="in the partnership’s own pages",
    )


def _others(events: list[PartnershipEvent]) -> dict[int, str]:
    """Who else did what the partnership keeps: it invited the first of every agency, and answers for its own doors."""
    keys = {event.by_user for event in events if event.by_user}
    return dict(User.objects.filter(pk__in=keys).values_list("pk", "display_name"))


def _page(request: HttpRequest, filters: AuditFilters, **shown: Any) -> HttpResponse:
    labels = {
        "person": dict(shown["people"]).get(filters.person, ""),
        "kind": dict(shown["kinds"]).get(filters.kind, filters.kind),
        "since": f"from {filters.since:%-d %B %Y}" if filters.since else "",
        "until": f"until {filters.until:%-d %B %Y}" if filters.until else "",
        "about": f"about {filters.about}",
    }
    chips = [(labels[name], _without(shown["here"], filters, name)) for name in filters.set]
    context = {"filters": filters, "chips": chips, "columns": COLUMNS, "crumbs": [("Audit", "")], **shown}
    return render(request, "people/audit.html", context)


def _without(here: str, filters: AuditFilters, name: str) -> str:
    rest = urlencode({key: value for key, value in filters.set.items() if key != name})
    return f"{here}?{rest}" if rest else here
