"""The list "as filtered" as a workbook: asking for it, watching it, and getting it. Only who asked gets it."""

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from jurisdictions import audit
from jurisdictions.http import TenantRequest, requires
from jurisdictions.numbers import number_of
from jurisdictions.paging import PAGE
from jurisdictions.roles import Permission
from jurisdictions.stored import open_stored
from reviews.actions.export_incidents import ask_for_export
from reviews.incident_filters import IncidentFilters
from reviews.models import IncidentExport
from reviews.rules.files import list_state, lists_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Why a list cannot be had, and what to do: by the state of its page.
WHY_NOT = {
    "dead": (
        "This list could not be made",
        "It was tried many times. Nothing is lost: make it again. If it fails again, tell your agency administrator.",
    ),
    "withheld": (
        "You can no longer get this workbook",
        "It holds an incident that you may not see any more, for example because you stepped back from its review. "
        "Make the list again: it will hold what you may see now.",
    ),
    "unlisted": (
        "You can no longer get this workbook",
        "It was made before it was noted which incidents a workbook holds. Make the list again: it will hold what you "
        "may see now.",
    ),
    "lost": (
        "This workbook is no longer there",
        "It was made, but its file has gone from the store. The incidents are as they were: make the list again, "
        "and tell your agency administrator.",
    ),
}


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
    title, text = WHY_NOT.get(state, ("", ""))
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
    state = list_state(found)
    if state != "done":
        return _not_handed_out(request, found, state)
    file = open_stored(found)
    if file is None:
        return _not_handed_out(request, found, "lost")
    audit.record("incidents.downloaded", about=found, by=request.membership, sha256=found.sha256)
    day = timezone.localtime(found.done_at)
    name = f"incidents-{request.membership.jurisdiction.slug}-{day:%Y-%m-%d}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def _not_handed_out(request: TenantRequest, found: IncidentExport, state: str) -> HttpResponse:
    """The page that says why, and the refusal in the audit."""
    audit.record("incidents.download_refused", about=found, by=request.membership, why=state)
    return _page(request, found, state, status=410)


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
        case "withheld" | "unlisted":
            return "Can no longer be had: make it again"
    return "Being made"
