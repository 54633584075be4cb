"""A file of questions: reading it, choosing what of it goes into the draft, and everything that it says and we cannot
hold."""

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from dictionary.codebook import TYPE_WORDS
from dictionary.interchange.losses import Problem, Refused
from dictionary.models import QuestionFile
from dictionary.own.actions import CannotChange, keep_file, take_over
from dictionary.own.composing import Question
from dictionary.own.drafting import find, same
from dictionary.own.taking import KINDS, read_file
from dictionary.own.views.page import DraftPage, draft_page
from dictionary.values import keepable
from dictionary.workbooks.writing import Column, Sheet, reproducible, write_workbook
from jurisdictions.http import TenantRequest, requires
from jurisdictions.numbers import number_of
from jurisdictions.roles import Permission
from jurisdictions.tables import Row, headings

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 300
LOSSES = headings("Row", "Field", "What the file says", "What becomes of it", numeric=("Row",))
PROBLEMS = headings("Row", "Column", "What to mend", numeric=("Row",))
_NEW, _SAME, _OTHER = "New", "Stands in the draft like this", "Replaces the one in the draft"


@require_http_methods(["GET", "POST"])
@requires(Permission.AGENCY_SET_QUESTIONS)
def upload(request: TenantRequest) -> HttpResponse:
    """Read a file; what is wrong with it is said with its row, column and mend."""
    page = draft_page(request)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            _read(page, request.FILES.get("file"), request)
        except Refused as refusal:
            problems = refusal.problems
        else:
            return redirect(page.url("file"))
    context = {
        "page": page,
        "errors": [(_told(problems), "id_file")] if problems else [],
        "count": len(problems),
        "columns": PROBLEMS,
        "rows": [
            Row((f"{one.row or '–'}", one.column or "The file", one.message)) for one in problems[:SHOWN]
        ],
        "crumbs": page.crumbs(("Bring in a file", "")),
    }
    return render(request, "questions/upload.html", context, status=422 if problems else 200)


def _read(page: DraftPage, file: Any, request: TenantRequest) -> None:
    if file is None:
        raise Refused([Problem(0, "", "Choose a file.")])
    data, name = file.read(), keepable(file.name or "").strip()[-200:]
    offered = read_file(data, name, page.asked.edition.document)
    sha256 = hashlib.sha256(data).hexdigest()
    keep_file(page.draft, offered, name=name, sha256=sha256, by=request.membership)


def _told(problems: tuple[Problem, ...]) -> str:
    if len(problems) == 1:
        return str(problems[0])
    return f"{number_of(len(problems), 'place')} of the file need mending. Each stands below with its row."


@require_http_methods(["GET", "POST"])
@requires(Permission.AGENCY_SET_QUESTIONS)
def file(request: TenantRequest) -> HttpResponse:
    """What of the file can be taken over, to be ticked, and its whole report."""
    page = draft_page(request)
    found = _file(page)
    errors: list[tuple[str, str]] = []
    ticked = [one["key"] for one in found.offered if _standing(one, page) != _SAME]
    if request.method == "POST":
        ticked = request.POST.getlist("take")
        try:
            take_over(found, ticked, by=request.membership)
        except CannotChange as refusal:
            errors = [(problem.message, "take") for problem in refusal.problems]
        else:
            messages.success(request, f"{number_of(len(ticked), 'question')} taken into the draft.")
            return redirect(page.url())
    context = {
        "page": page,
        "file": found,
        "kind": KINDS[found.kind],
        "errors": errors,
        "offered": [_line(one, page, ticked) for one in found.offered],
        "losses": len(found.losses),
        "columns": LOSSES,
        "rows": [Row((f"{row or '–'}", *rest)) for row, *rest in found.losses],
        "crumbs": page.crumbs((found.file_name, "")),
    }
    return render(request, "questions/file.html", context, status=422 if errors else 200)


def _file(page: DraftPage) -> QuestionFile:
    found = QuestionFile.objects.filter(draft=page.draft).select_related("by__user", "draft").first()
    if found is None:
        raise Http404
    return found


def _standing(question: Question, page: DraftPage) -> str:
    standing = find(page.questions, question["key"])
    if standing is None:
        return _NEW
    return _SAME if same(standing, question) else _OTHER


def _line(question: Question, page: DraftPage, ticked: list[str]) -> dict[str, object]:
    return {
        "key": question["key"],
        "label": question["label"],
        "answer": TYPE_WORDS[question["type"]],
        "state": _standing(question, page),
        "ticked": question["key"] in ticked,
    }


@require_GET
@requires(Permission.AGENCY_SET_QUESTIONS)
def losses(request: TenantRequest) -> HttpResponse:
    """The report as a workbook."""
    found = _file(draft_page(request))
    columns = [
        Column("Row", 8),
        Column("Field", 30),
        Column("What the file says", 60),
        Column("What becomes of it", 60),
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.xlsx"
        rows = [[row or None, *rest] for row, *rest in found.losses]
        write_workbook(path, [Sheet("What we cannot hold", columns, rows)])
        content = reproducible(path)
    headers = {"Content-Disposition": 'attachment; filename="file-of-questions-report.xlsx"'}
    return HttpResponse(content, content_type=XLSX, headers=headers)
