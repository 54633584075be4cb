"""One pass of a file: asking for a trial or for the import itself, what became of the rows, and the workbook back."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from jurisdictions import audit
from jurisdictions.http import TenantRequest, requires
from jurisdictions.numbers import number_of
from jurisdictions.roles import Permission
from jurisdictions.rules import Refused
from jurisdictions.stored import open_stored
from jurisdictions.tables import Row, headings
from reviews.actions import bring_in
from reviews.bringing_in import SHOWN, progress_of
from reviews.handing_out import XLSX
from reviews.models import ImportRun, Shape
from reviews.views.uploads import CODE_COLUMNS, WORD_COLUMNS, crumbs, mine, rows_below

# What is counted of a file of each shape.
UNITS = {Shape.INCIDENTS: "row", Shape.REVIEWS: "review", Shape.FIGURES: "figure"}
_NAMED = 4  # rows of a remark that its line names
REMARKS = headings("Row", "What to look at", "What to do", "Field")
CHANGES = headings("Incident", "Row", "Field", "Stands here", "In the file")
FIGURE_CHANGES = headings("Year", "Row", "Figure", "Stands here", "In the file")


@require_POST
@requires(Permission.INCIDENT_IMPORT)
def ask(request: TenantRequest, upload: int) -> HttpResponse:
    """Owe a trial, or with `keep` the import itself."""
    found = mine(request, upload)
    slug = request.membership.jurisdiction.slug
    try:
        asked = bring_in.ask_for_run(found, keeps="keep" in request.POST, by=request.membership)
    except Refused as refused:
        context = {
            "upload": found,
            "problems": [(problem.message, "") for problem in refused.problems],
            "back_url": reverse("imports:upload", args=[slug, found.pk]),
            "crumbs": crumbs(slug, (found.file_name, "")),
        }
        return render(request, "reviews/import_refused.html", context, status=409)
    return redirect("imports:run", slug, found.pk, asked.pk)


@require_GET
@vary_on_headers("HX-Request")
@requires(Permission.INCIDENT_IMPORT)
def run(request: TenantRequest, upload: int, run: int) -> HttpResponse:
    """What became of the rows, or how far the work is."""
    found = _mine(request, upload, run)
    if not request.htmx:
        audit.record("import.run_read", about=found, by=request.membership)
    template = "reviews/import_run.html"
    context = _context(request, found)
    if request.htmx and context["state"] not in ("waiting", "working"):
        response = HttpResponse()
        response["HX-Refresh"] = "true"  # the whole page has changed, not the line that showed how far it is
        return response
    return render(request, f"{template}#progress" if request.htmx else template, context)


@require_GET
@requires(Permission.INCIDENT_IMPORT)
def workbook(request: TenantRequest, upload: int, run: int) -> HttpResponseBase:
    """The person's rows back, each with what became of it, and the cells to mend marked."""
    found = _mine(request, upload, run)
    if not found.file:
        raise Http404
    file = open_stored(found)
    if file is None:
        messages.error(
            request,
            "This workbook is no longer there. Try the file again: what came in from it is not touched.",
        )
        return redirect("imports:upload", request.membership.jurisdiction.slug, upload)
    audit.record("import.downloaded", about=found, by=request.membership, sha256=found.sha256)
    return FileResponse(file, as_attachment=True, filename=f"rows-{found.pk}.xlsx", content_type=XLSX)


def _mine(request: TenantRequest, upload: int, run: int) -> ImportRun:
    return get_object_or_404(
        ImportRun.objects.select_related("upload"), pk=run, upload=upload, by=request.membership
    )


def _context(request: TenantRequest, found: ImportRun) -> dict[str, Any]:
    slug = request.membership.jurisdiction.slug
    told = found.told
    upload_url = reverse("imports:upload", args=[slug, found.upload_id])
    read, rows = progress_of(found), _rows_to_read(found)
    return {
        "run": found,
        "upload": found.upload,
        "state": "refused" if found.refused else found.work_state,
        "is_current": found.mapping_version == found.upload.version and not found.upload.taken_away_at,
        "is_known": bool(found.rows) and found.unchanged == found.rows,
        "read": _read_words(read, rows),
        "share": min(99, 100 * read // rows) if rows else 0,
        "url": reverse("imports:run", args=[slug, found.upload_id, found.pk]),
        "ask_url": reverse("imports:ask", args=[slug, found.upload_id]),
        "upload_url": upload_url,
        "workbook_url": reverse("imports:workbook", args=[slug, found.upload_id, found.pk])
        if found.file
        else "",
        "receipt_url": reverse("imports:receipt", args=[slug, found.receipt_id]) if found.receipt_id else "",
        "kept_words": _kept_words(found),
        "unit": UNITS[Shape(found.upload.shape)],
        "did": _did(found),
        **_where(found, slug),
        "returned": _remark_rows(remark for remark in told.get("remarks", []) if remark["returned"]),
        "doubted": _remark_rows(remark for remark in told.get("remarks", []) if not remark["returned"]),
        "remark_columns": REMARKS,
        "more_remarks": len(told.get("remarks", [])) >= SHOWN,
        "changes": [
            Row((change["number"], str(change["row"]), change["label"], change["before"], change["after"]))
            for change in told.get("changes", [])
        ],
        "change_columns": FIGURE_CHANGES if found.upload.shape == Shape.FIGURES else CHANGES,
        "codes": _codes(found),
        "code_columns": CODE_COLUMNS if found.upload.needs_mapping else WORD_COLUMNS,
        "unread": told.get("unread", []),
        "crumbs": crumbs(
            slug, (found.upload.file_name, upload_url), ("Brought in" if found.keeps else "Trial", "")
        ),
    }


def _codes(found: ImportRun) -> list[Row]:
    """Codes and words without a meaning; in our own workbook, by the headings of their columns."""
    headed = {} if found.upload.needs_mapping else {one["name"]: one["label"] for one in found.upload.columns}
    return [
        Row((headed.get(column, column), code, f"{count:,}"))
        for column, code, count in found.told.get("unmapped", [])
    ]


def _rows_to_read(found: ImportRun) -> int:
    """0 where it is not known: progress counts past reviews, and how many a file has shows at its end."""
    return 0 if found.upload.shape == Shape.REVIEWS else rows_below(found.upload)


def _read_words(read: int, rows: int) -> str:
    """How far a worker is."""
    if not read:
        return "This can take a minute or two."
    return f"{read:,} of {number_of(rows, 'row')} read." if rows else f"{number_of(read, 'review')} read."


def _kept_words(found: ImportRun) -> str:
    """What would come in: `all rows`, `the 15 accepted rows`."""
    one = UNITS[Shape(found.upload.shape)]
    if not found.returned:
        return f"all {one}s"
    return f"the {number_of(found.accepted + found.with_warnings, f'accepted {one}')}"


def _did(found: ImportRun) -> str:
    """What the rows do or did, in sentences with numbers."""
    told, as_they_were = found.told, f"{found.unchanged:,} as they were."
    match found.upload.shape:
        case Shape.REVIEWS:
            said = [f"{number_of(found.created, 'new past review')}, {as_they_were}"]
            if strays := told.get("strays"):
                said.append(f"{number_of(strays, 'row belongs', 'rows belong')} to no review of the file.")
        case Shape.FIGURES:
            said = [f"{number_of(found.created, 'new figure')}, {found.changed:,} changed, {as_they_were}"]
            if gaps := told.get("gaps"):
                said.append(f"Gaps, which stay gaps: {number_of(gaps, 'cell')}.")
            if passed_by := told.get("passed_by"):
                said.append(f"Not read, because other agencies’: {number_of(passed_by, 'row')}.")
        case _:
            said = [f"{number_of(found.created, 'new incident')}, {found.changed:,} changed, {as_they_were}"]
    return " ".join(said)


def _where(found: ImportRun, slug: str) -> dict[str, str]:
    """Where to see what came in."""
    if not (found.keeps and found.created + found.changed):
        return {"where_url": "", "where_text": ""}
    match found.upload.shape:
        case Shape.REVIEWS:
            url = f"{reverse('reviews:list', args=[slug])}?show=reported"
            text = "They stand among the reviews as reported: not approved here."
        case Shape.FIGURES:
            url, text = reverse("figures:list", args=[slug]), "They stand among your agency’s yearly figures."
        case _:
            url, text = (
                reverse("incidents:list", args=[slug]),
                "They stand among the incidents, without a review.",
            )
    return {"where_url": url, "where_text": text}


def _remark_rows(remarks: Iterable[dict[str, Any]]) -> list[Row]:
    """The same remark in many rows is one line; they stand in the order of their first rows."""
    places: dict[tuple[str, ...], list[int]] = {}
    for remark in remarks:
        said = tuple(str(remark[part]) for part in ("sheet", "message", "fix", "label"))
        places.setdefault(said, []).append(remark["row"])
    return [
        Row((f"{sheet} {_in_rows(rows)}".strip(), message, fix, label))
        for (sheet, message, fix, label), rows in places.items()
    ]


def _in_rows(rows: Sequence[int]) -> str:
    named = ", ".join(f"{row:,}" for row in rows[:_NAMED])
    return f"{named} and {len(rows) - _NAMED:,} more" if len(rows) > _NAMED else named
