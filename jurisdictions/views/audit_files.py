"""The agency's audit as a file: asking for it, seeing how far it is, and getting it. Only who asked gets it."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from jurisdictions import audit
from jurisdictions.actions.audit_files import ask_for_audit_file
from jurisdictions.audit_files import ROWS, may_still_be_had
from jurisdictions.audit_reading import AuditFilters, people_of
from jurisdictions.http import TenantRequest, requires
from jurisdictions.models import AuditExport, Membership
from jurisdictions.numbers import number_of
from jurisdictions.paging import PAGE
from jurisdictions.roles import Permission
from jurisdictions.stored import open_stored

NO_LONGER = (
    "You can no longer get this file: it names something that you may not see any more, or that is gone. "
    "Make it again from the audit’s page. It will hold what you may see now."
)


@require_http_methods(["GET", "POST"])
@requires(Permission.AUDIT_READ)
def files(request: TenantRequest) -> HttpResponse:
    """The files that this person asked for; posting what the audit's page was filtered by asks for one more."""
    by = request.membership
    slug = by.jurisdiction.slug
    if request.method == "POST":
        filters = AuditFilters.read(request.POST.dict(), people_of(by.jurisdiction), reader=by)
        ask_for_audit_file(filters.set, by=by)
        return redirect("people:audit_files", slug)
    found = _mine(by)[:PAGE]
    context = {
        "files": [_shown(one, slug) for one in found],
        "waits": any(one.work_state in {"waiting", "working"} for one in found),
        "audit_url": reverse("people:audit", args=[slug]),
        "here": reverse("people:audit_files", args=[slug]),
        "crumbs": [("Audit", reverse("people:audit", args=[slug])), ("Files", "")],
    }
    return render(request, "people/audit_files.html", context)


@require_GET
@requires(Permission.AUDIT_READ)
def download(request: TenantRequest, audit_file: int) -> HttpResponseBase:
    """The file itself, to the person who asked for it, for as long as they may read the audit and see what it names."""
    found = get_object_or_404(_mine(request.membership), pk=audit_file)
    if found.work_state == "done" and not may_still_be_had(found):
        messages.error(request, NO_LONGER)
        return redirect("people:audit_files", request.membership.jurisdiction.slug)
    file = open_stored(found) if found.work_state == "done" else None
    if file is None:
        raise Http404
    audit.record("audit.file_downloaded", about=found, by=request.membership, sha256=found.sha256)
    name = f"audit-{request.membership.jurisdiction.slug}-{timezone.localtime(found.done_at):%Y-%m-%d}.csv"
    return FileResponse(file, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


def _mine(by: Membership) -> QuerySet[AuditExport]:
    return AuditExport.objects.filter(asked_by=by).order_by("-pk")


def _shown(one: AuditExport, slug: str) -> tuple[str, str, str]:
    """(title, how far it is, where it is had) of a file."""
    title = f"Audit of {timezone.localtime(one.owed_at):%-d %B %Y, %H:%M}"
    match one.work_state:
        case "done":
            newest = ", the newest ones" if one.rows == ROWS else ""
            words = f"{number_of(one.rows or 0, 'event')}{newest}. Check code (SHA-256): {one.sha256}"
            return title, words, reverse("people:audit_download", args=[slug, one.pk])
        case "dead":
            return title, "It could not be made after many tries. Make it again from the audit’s page.", ""
    return title, "Being made: look again in a moment.", ""
