"""The list "as filtered" as a workbook: asking for it, watching it, and getting it. Only who asked gets it."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from jurisdictions.http import TenantRequest, requires
from jurisdictions.numbers import number_of
from jurisdictions.paging import PAGE
from jurisdictions.roles import Permission
from reviews.actions.export_incidents import ask_for_export
from reviews.handing_out import LIST_NOT, NotHandedOut, hand_out_list
from reviews.incident_filters import IncidentFilters
from reviews.models import IncidentExport
from reviews.rules.files import list_state, lists_of


@require_POST
@requires(Permission.INCIDENT_EXPORT)
def export(request: TenantRequest) -> HttpResponse:
    """Owe the list, as it is filtered now."""
    filters = IncidentFilters.read(request.POST.dict())
    asked = ask_for_export(filters.set, by=request.membership)
    return redirect("incidents:exported", request.membership.jurisdiction.slug, asked.pk)


@require_GET
@requires(Permission.INCIDENT_EXPORT)
def exports(request: TenantRequest) -> HttpResponse:
    """The lists that this person asked for."""
    slug = request.membership.jurisdiction.slug
    context = {
        "exports": [
            (reverse("incidents:exported", args=[slug, one.pk]), _title(one), _words(one, list_state(one)))
            for one in lists_of(request.membership)[:PAGE]
        ],
        "list_url": reverse("incidents:list", args=[slug]),
        "crumbs": [("Incidents", reverse("incidents:list", args=[slug])), ("Lists as workbooks", "")],
    }
    return render(request, "reviews/incident_exports.html", context)


@require_GET
@vary_on_headers("HX-Request")
@requires(Permission.INCIDENT_EXPORT)
def exported(request: TenantRequest, export: int) -> HttpResponse:
    """One list: waiting, ready, given up, or no longer to be had."""
    found = _mine(request, export)
    return _page(request, found, list_state(found))


def _page(request: TenantRequest, found: IncidentExport, state: str, *, status: int = 200) -> HttpResponse:
    slug = request.membership.jurisdiction.slug
    title, text = LIST_NOT.get(state, ("", ""))
    context = {
        "export": found,
        "state": state,
        "why_not": title,
        "what_now": text,
        "title": _title(found),
        "chips": [words for words, _ in IncidentFilters.read(found.filters).chips],
        "url": reverse("incidents:exported", args=[slug, found.pk]),
        "download_url": reverse("incidents:download", args=[slug, found.pk]),
        "ask_url": reverse("incidents:export", args=[slug]),
        "list_url": reverse("incidents:list", args=[slug]),
        "crumbs": [
            ("Incidents", reverse("incidents:list", args=[slug])),
            ("Lists as workbooks", reverse("incidents:exports", args=[slug])),
            (_title(found), ""),
        ],
    }
    template = "reviews/incident_exported.html"
    return render(request, f"{template}#progress" if request.htmx else template, context, status=status)


@require_GET
@requires(Permission.INCIDENT_EXPORT)
def download(request: TenantRequest, export: int) -> HttpResponseBase:
    """The file itself, to the person who asked for it, while they may see every incident in it."""
    found = _mine(request, export)
    if found.work_state != "done":
        raise Http404
    try:
        return hand_out_list(found, by=request.membership)
    except NotHandedOut as refusal:
        return _page(request, found, refusal.state, status=410)


def _mine(request: TenantRequest, export: int) -> IncidentExport:
    return get_object_or_404(lists_of(request.membership), pk=export)


def _title(export: IncidentExport) -> str:
    return f"List of {timezone.localtime(export.owed_at):%-d %B %Y, %H:%M}"


def _words(export: IncidentExport, state: str) -> str:
    match state:
        case "done":
            return f"Ready: {number_of(export.rows or 0, 'incident')}"
        case "dead":
            return "Could not be made"
        case "taken_away":
            return "Taken away after 30 days: make it again"
        case "withheld" | "unlisted":
            return "Can no longer be had: make it again"
    return "Being made"
