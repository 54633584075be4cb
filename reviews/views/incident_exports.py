"""The list "as filtered" as a workbook: asking for it, watching it, and getting it. Only who asked gets it."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from jurisdictions import audit
from jurisdictions.http import TenantRequest, requires
from jurisdictions.paging import PAGE
from jurisdictions.roles import Permission
from reviews.actions.export_incidents import ask_for_export
from reviews.incident_filters import IncidentFilters
from reviews.models import IncidentExport

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
    by = request.membership
    slug = by.jurisdiction.slug
    mine = IncidentExport.objects.filter(asked_by=by).order_by("-pk")[:PAGE]
    context = {
        "exports": [
            (reverse("incidents:exported", args=[slug, one.pk]), _title(one), _words(one)) for one in mine
        ],
        "list_url": reverse("incidents:list", args=[slug]),
        "crumbs": [("Incidents", reverse("incidents:list", args=[slug])), ("Lists as workbooks", "")],
    }
    return render(request, "reviews/incident_exports.html", context)


@require_GET
@vary_on_headers("HX-Request")
@requires(Permission.INCIDENT_EXPORT)
def exported(request: TenantRequest, export: int) -> HttpResponse:
    """One list: waiting, ready or given up."""
    found = _mine(request, export)
    slug = request.membership.jurisdiction.slug
    context = {
        "export": found,
        "state": found.work_state,
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
    return render(request, f"{template}#progress" if request.htmx else template, context)


@require_GET
@requires(Permission.INCIDENT_EXPORT)
def download(request: TenantRequest, export: int) -> FileResponse:
    """The file itself, to the person who asked for it."""
    found = _mine(request, export)
    if not found.done_at or not found.file or not default_storage.exists(found.file):
        raise Http404
    audit.record("incidents.downloaded", about=found, by=request.membership, sha256=found.sha256)
    day = timezone.localtime(found.done_at)
    name = f"incidents-{request.membership.jurisdiction.slug}-{day:%Y-%m-%d}.xlsx"
    return FileResponse(
        default_storage.open(found.file), as_attachment=True, filename=name, content_type=XLSX
    )


def _mine(request: TenantRequest, export: int) -> IncidentExport:
    return get_object_or_404(IncidentExport, pk=export, asked_by=request.membership)


def _title(export: IncidentExport) -> str:
    return f"List of {timezone.localtime(export.owed_at):%-d %B %Y, %H:%M}"


def _words(export: IncidentExport) -> str:
    match export.work_state:
        case "done":
            return f"Ready: {export.rows:,} incident{'' if export.rows == 1 else 's'}"
        case "dead":
            return "Could not be made"
    return "Being made"
