"""Files that people bring in: the list of them, a new one, what it holds, and the sheet that is read."""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from dictionary.asked import asked_now
from dictionary.workbooks.writing import reproducible
from jurisdictions import audit
from jurisdictions.http import Asking, TenantRequest, requires
from jurisdictions.numbers import number_of
from jurisdictions.paging import PAGE, read_key
from jurisdictions.roles import Permission
from jurisdictions.rules import Problem, Refused
from jurisdictions.tables import Row, headings
from reviews.actions import bring_in
from reviews.bringing_in import progress_of
from reviews.handing_out import XLSX
from reviews.imports.columns import parse
from reviews.imports.mapping import HEADER_ROWS
from reviews.imports.table import letter
from reviews.imports.unpacking import FILE_BYTES, FILE_ROWS
from reviews.models import ImportRun, ImportUndone, IncidentImport, SavedMapping, Shape, UnmappedCode, Upload
from reviews.past.layout import OWN_SHEETS as NO_REVIEWS
from reviews.past.template import write_template
from reviews.past.words import words_with_a_meaning

CODES = 200
ROWS_SHOWN = 6  # below the headings
COLUMNS_SHOWN = 60
CARDS = headings("File", "Brought", "Where it stands")
_COUNTS = ("Rows", "Accepted", "With warnings", "Returned")
RECEIPTS = headings("Came in", "File", *_COUNTS, "What it did", "Check code", numeric=_COUNTS)
CODE_COLUMNS = headings("Column", "Code in the file", "Rows", numeric=("Rows",))
WORD_COLUMNS = headings("Column", "Word in the file", "Rows", numeric=("Rows",))


@require_GET
@requires(Permission.REVIEW_VIEW_ALL)
def received(request: TenantRequest) -> HttpResponse:
    """One's own files on their way, the receipts of those that came in, and the codes that wait for a meaning."""
    by = request.membership
    slug = by.jurisdiction.slug
    receipts = IncidentImport.objects.select_related("undone").order_by("-pk")[:PAGE]
    mine = Upload.objects.filter(by=by, taken_away_at=None).order_by("-pk")[:PAGE]
    waiting = UnmappedCode.objects.filter(settled_at=None).order_by("column", "-rows", "code")[:CODES]
    audit.record("imports.listed", about="imports", by=by, imports=[receipt.pk for receipt in receipts])
    context = {
        "may_import": by.allows(Permission.INCIDENT_IMPORT),
        "cards": [_card(one, slug) for one in mine],
        "card_columns": CARDS,
        "rows": [_receipt_row(receipt, slug) for receipt in receipts],
        "columns": RECEIPTS,
        "codes": [Row((code.column, code.code, f"{code.rows:,}")) for code in waiting],
        "code_columns": CODE_COLUMNS,
        "crumbs": crumbs(slug),
    }
    return render(request, "reviews/imports.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.INCIDENT_IMPORT)
def new(request: TenantRequest) -> HttpResponse:
    """Bring a file: it is kept, and a worker looks at it."""
    by = request.membership
    errors: list[tuple[str, str]] = []
    said = request.POST.get("shape", request.GET.get("shape", ""))
    shape = Shape(said) if said in Shape.values else Shape.INCIDENTS
    if request.method == "POST":
        try:
            upload = bring_in.upload_file(request.FILES.get("file"), by=by, shape=shape)
        except Refused as refused:
            errors = [(problem.message, "id_file") for problem in refused.problems]
        else:
            return redirect("imports:upload", by.jurisdiction.slug, upload.pk)
    context = {
        "errors": errors,
        "shape": shape,
        "mib": FILE_BYTES // (1024 * 1024),
        "rows": FILE_ROWS,
        "days": bring_in.KEPT_FOR.days,
        "crumbs": crumbs(by.jurisdiction.slug, ("Bring in a file", "")),
    }
    return render(request, "reviews/import_new.html", context, status=422 if errors else 200)


@require_GET
@vary_on_headers("HX-Request")
@requires(Permission.INCIDENT_IMPORT)
def upload(request: TenantRequest, upload: int) -> HttpResponse:
    """What one's file holds: its sheets, its first rows, and the row that names the columns."""
    found = mine(request, upload)
    if not request.htmx:
        audit.record("import.read", about=found, by=request.membership)
    template = "reviews/import_upload.html"
    context = _context(request, found)
    return render(request, f"{template}#progress" if request.htmx else template, context)


@require_POST
@requires(Permission.INCIDENT_IMPORT)
def sheet(request: TenantRequest, upload: int) -> HttpResponse:
    """Read another sheet, or another row as the headings."""
    found = mine(request, upload)
    chosen, header_row = read_key(request.POST.get("sheet", "")), read_key(request.POST.get("header_row", ""))
    try:
        bring_in.choose_sheet(
            found,
            sheet=-1 if chosen is None else chosen,
            header_row=0 if header_row is None else header_row,
            by=request.membership,
        )
    except Refused as refused:
        errors = [(problem.message, f"id_{problem.item}") for problem in refused.problems]
        context = _context(request, found) | {"errors": errors}
        return render(request, "reviews/import_upload.html", context, status=422)
    return redirect("imports:upload", request.membership.jurisdiction.slug, found.pk)


@require_POST
@requires(Permission.INCIDENT_IMPORT)
def take_away(request: TenantRequest, upload: int) -> HttpResponse:
    """Take one's file away before its day; what came in stays."""
    found = mine(request, upload)
    bring_in.take_away(found)
    audit.record("import.taken_away", about=found, by=request.membership)
    messages.success(request, "The file was taken away. What came in from it stays.")
    return redirect("imports:list", request.membership.jurisdiction.slug)


def mine(request: Asking, upload: int) -> Upload:
    """The person's own file: what it holds has not been looked at by anybody else."""
    return get_object_or_404(Upload, pk=upload, by=request.membership)


def keep_and_try(
    request: TenantRequest, found: Upload, document: str
) -> tuple[Upload, ImportRun | None, list[Problem]]:
    """Keep what was said of a file and owe its trial: the upload as it stands then, the trial, and else what is in the
    way. What was kept meanwhile in another window stands, and is not mixed with what was said here."""
    version = read_key(request.POST.get("version", "")) or 0
    try:
        return found, bring_in.keep_and_try(found, document, version=version, by=request.membership), []
    except bring_in.StaleMapping as stale:
        return stale.standing, None, stale.problems
    except Refused as refused:
        found.refresh_from_db(fields=["mapping", "version"])
        return found, None, refused.problems


def crumbs(slug: str, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        ("Incidents", reverse("incidents:list", args=[slug])),
        ("Files that came in", reverse("imports:list", args=[slug]) if more else ""),
        *more,
    ]


def _context(request: TenantRequest, found: Upload) -> dict[str, Any]:
    slug = request.membership.jurisdiction.slug
    read = progress_of(found) if found.work_state == "working" else 0
    return {
        "upload": found,
        "state": "gone" if found.taken_away_at else found.work_state,
        "read": f"{number_of(read, 'row')} read so far." if read else "This takes a few seconds.",
        "url": reverse("imports:upload", args=[slug, found.pk]),
        "sheets": [
            (at, sheet)
            for at, sheet in enumerate(found.sheets)
            if found.needs_mapping or sheet["name"] not in NO_REVIEWS
        ],
        **_own_words(found),
        "chosen": found.sheets[found.sheet] if found.sheet is not None and found.sheets else None,
        "below": number_of(rows_below(found), "row"),
        "preview": _preview(found),
        "header_rows": range(1, HEADER_ROWS + 1),
        "runs": list(found.runs.order_by("-pk")[:10]),
        "crumbs": crumbs(slug, (found.file_name, "")),
    }


def _own_words(found: Upload) -> dict[str, int]:
    """How many of the agency's own words stand in our workbook, and how many of them have no meaning yet."""
    if found.needs_mapping:
        return {}
    facts = bring_in.facts_of(found)
    words = sum(column.different for column in facts)
    return {"own_words": words, "open_words": words - words_with_a_meaning(facts, parse(found.mapping))}


def closest_mapping(upload: Upload) -> SavedMapping | None:
    """The agency's own mapping of files of this shape that was made for the most of these columns, if for at least two
    thirds of its own."""
    here = {column["name"] for column in upload.columns}
    fitting = [
        (len(here & set(saved.columns)), saved)
        for saved in SavedMapping.objects.filter(shape=upload.shape).exclude(name=SavedMapping.OWN_WORDS)
        if len(here & set(saved.columns)) * 3 >= len(saved.columns) * 2
    ]
    return max(fitting, key=lambda one: (one[0], one[1].saved_at))[1] if fitting else None


def rows_below(found: Upload) -> int:
    """How many rows stand below the headings of the sheet that is read; 0 where that is not known."""
    if found.sheet is None or not found.sheets:
        return 0
    return max(0, int(found.sheets[found.sheet]["rows"]) - (found.header_row or 1))


def _preview(found: Upload) -> list[tuple[int, bool, list[tuple[str, str]]]]:
    """The rows at the top of the chosen sheet: number, whether it names the columns, (column letter, cell)."""
    if found.sheet is None or not found.sheets:
        return []
    last = (found.header_row or 1) + ROWS_SHOWN
    return [
        (
            row["number"],
            row["number"] == found.header_row,
            [(letter(at), cell) for at, cell in enumerate(row["cells"][:COLUMNS_SHOWN])],
        )
        for row in found.sheets[found.sheet]["top"]
        if row["number"] <= last
    ]


def _card(found: Upload, slug: str) -> Row:
    last = found.runs.order_by("-pk").first()
    url = reverse("imports:upload", args=[slug, found.pk])
    if found.refused:
        words = "Cannot come in as it is"
    elif found.work_state != "done":
        words = "Being looked at"
    elif last is None:
        words = "Columns to map" if found.needs_mapping else _of_ours(found)
    else:
        words = run_words(last)
        url = reverse("imports:run", args=[slug, found.pk, last.pk])
    return Row((found.file_name, came_in_at(found.at), words), url)


def _of_ours(found: Upload) -> str:
    return "Own words to explain" if found.columns and not found.mapping else "To be tried"


def run_words(run: Any) -> str:
    """Where a pass of a file stands, in a few words."""
    if run.refused or run.dead_at:
        return "Did not come in"
    if run.rows is None:
        return "Coming in" if run.keeps else "Being tried"
    if run.keeps:
        return f"Came in: {number_of(run.rows - run.returned, 'row')}" + (
            f", {run.returned:,} returned" if run.returned else ""
        )
    return f"Tried: {run.returned:,} of {number_of(run.rows, 'row')} would be returned"


def came_in_at(moment: dt.datetime) -> str:
    return f"{timezone.localtime(moment):%-d %b %Y, %H:%M}"


def undone_of(receipt: IncidentImport) -> ImportUndone | None:
    """When and by whom the import was taken back, if it was."""
    return getattr(receipt, "undone", None)


def _receipt_row(receipt: IncidentImport, slug: str) -> Row:
    did = f"{receipt.created:,} new, {receipt.changed:,} changed, {receipt.unchanged:,} unchanged"
    if receipt.shape == Shape.REVIEWS:
        did = f"{number_of(receipt.created, 'past review')}, {receipt.unchanged:,} unchanged"
    elif receipt.shape == Shape.FIGURES:
        did = f"Figures: {did}"
    if undone := undone_of(receipt):
        did = f"Undone on {timezone.localtime(undone.at):%-d %b %Y}. It had brought: {did}"
    return Row(
        (
            came_in_at(receipt.at),
            receipt.file_name,
            f"{receipt.rows:,}",
            f"{receipt.accepted:,}",
            f"{receipt.with_warnings:,}",
            f"{receipt.returned:,}",
            did,
            receipt.sha256[:12],
        ),
        reverse("imports:receipt", args=[slug, receipt.pk]),
    )


@require_GET
@requires(Permission.INCIDENT_IMPORT)
def template(request: TenantRequest) -> HttpResponseBase:
    return empty_workbook()


def empty_workbook() -> HttpResponse:
    """The empty workbook of past reviews, for what is asked now: it holds questions and no answers."""
    edition = asked_now().questions
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "past-reviews.xlsx"
        write_template(path, edition)
        content = reproducible(path)
    name = f"past-reviews-edition-{edition.number}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=XLSX, headers=headers)
