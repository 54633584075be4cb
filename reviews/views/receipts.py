"""The receipt of a file that came in, and taking the import back."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods
from django.views.decorators.vary import vary_on_headers

from jurisdictions import audit
from jurisdictions.http import TenantRequest, requires
from jurisdictions.numbers import number_of
from jurisdictions.roles import Permission
from jurisdictions.rules import Problem
from reviews.actions.undo_import import (
    CannotUndo,
    Dependency,
    ask_to_undo,
    problems_before_undoing,
    reach_of_undoing,
)
from reviews.bringing_in import progress_of
from reviews.imports.undoing import Reach
from reviews.models import ImportUndoing, IncidentImport, Shape
from reviews.views.uploads import came_in_at, crumbs, undone_of

UNDER_WAY = ("waiting", "working")


@require_GET
@vary_on_headers("HX-Request")
@requires(Permission.REVIEW_VIEW_ALL)
def receipt(request: TenantRequest, receipt: int) -> HttpResponse:
    """What came in, by whom and when, and whether it was taken back or is on its way back."""
    found = _receipt(receipt)
    by = request.membership
    slug = by.jurisdiction.slug
    undone = undone_of(found)
    undoing = found.undoings.order_by("-pk").first()
    state = undoing_state(undoing)
    context = {
        "url": reverse("imports:receipt", args=[slug, found.pk]),
        "state": state,
        "refused": undoing.refused if undoing else "",
        "share": progress_of(undoing) if undoing and state == "working" else 0,
        "receipt": found,
        "facts": _facts(found),
        "undone": undone,
        "undone_words": _undone_words(found, undone.removed, undone.restored) if undone else "",
        "undo_url": reverse("imports:undo", args=[slug, found.pk])
        if undone is None and by.allows(Permission.INCIDENT_IMPORT) and state not in UNDER_WAY
        else "",
        "crumbs": crumbs(slug, (found.file_name, "")),
    }
    if not request.htmx:
        audit.record("import.receipt_read", about=found, by=by)
        return render(request, "reviews/import_receipt.html", context)
    if state in UNDER_WAY:
        return render(request, "reviews/import_receipt.html#progress", context)
    # The whole page has changed, not the line that showed how far it is.
    return HttpResponse(headers={"HX-Refresh": "true"})


@require_http_methods(["GET", "POST"])
@requires(Permission.INCIDENT_IMPORT)
def undo(request: TenantRequest, receipt: int) -> HttpResponse:
    """Say what undoing would do and what stands in the way; when posted, a worker does it."""
    found = _receipt(receipt)
    by = request.membership
    slug = by.jurisdiction.slug
    url = reverse("imports:receipt", args=[slug, found.pk])
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        try:
            ask_to_undo(found, by=by)
        except CannotUndo as refusal:
            problems = refusal.problems
        else:
            return redirect(url)
    status = 422 if problems else 200
    problems = problems or problems_before_undoing(found, by=by)
    context = {
        "receipt": found,
        "title": f"Undo the import of {found.file_name}?",
        "text": "" if problems else _what_happens(found, reach_of_undoing(found, by=by)),
        "problems": [_shown(problem, slug) for problem in problems],
        "receipt_url": url,
        "crumbs": crumbs(slug, (found.file_name, url), ("Undo", "")),
    }
    return render(request, "reviews/import_undo.html", context, status=status)


# What one row of a file becomes.
_THINGS = {Shape.INCIDENTS: "incident", Shape.REVIEWS: "past review", Shape.FIGURES: "figure"}


def _receipt(receipt: int) -> IncidentImport:
    receipts = IncidentImport.objects.select_related("by__user", "undone__by__user")
    return get_object_or_404(receipts, pk=receipt)


def _facts(found: IncidentImport) -> list[tuple[str, str]]:
    """(label, words) of the receipt."""
    return [
        ("Came in", came_in_at(found.at)),
        ("Brought by", str(found.by or "the command line")),
        ("Figures" if found.shape == Shape.FIGURES else "Rows", f"{found.rows:,}"),
        ("Accepted", f"{found.accepted:,}"),
        ("Accepted with warnings", f"{found.with_warnings:,}"),
        ("Returned", f"{found.returned:,}"),
        (f"New {_THINGS[Shape(found.shape)]}s", f"{found.created:,}"),
        *([("Changed", f"{found.changed:,}")] if found.shape != Shape.REVIEWS else []),
        ("As they were", f"{found.unchanged:,}"),
    ]


def undoing_state(undoing: ImportUndoing | None) -> str:
    """Where the way back stands: empty where nobody asked, or it is done; else waiting, working, dead or refused."""
    if undoing is None or (undoing.work_state == "done" and not undoing.refused):
        return ""
    return "refused" if undoing.refused else undoing.work_state


def _undone_words(receipt: IncidentImport, removed: int, restored: int) -> str:
    one = "figure" if receipt.shape == Shape.FIGURES else "incident"
    said = []
    if removed:
        said.append(f"{number_of(removed, f'{one} was', f'{one}s were')} removed.")
    if restored:
        said.append(f"{number_of(restored, f'{one} stands', f'{one}s stand')} as before.")
    said.append("The same file can come in again.")
    return " ".join(said)


def _what_happens(receipt: IncidentImport, reach: Reach) -> str:
    """What undoing does, in sentences with numbers."""
    said = []
    if receipt.shape == Shape.FIGURES:
        said += (
            [f"{number_of(reach.removed, 'figure')} that it brought will be taken away."]
            if reach.removed
            else []
        )
        said += [f"{number_of(reach.restored, 'figure')} will stand as before."] if reach.restored else []
        return " ".join([*said, "The receipt stays, and the same file can come in again."])
    if reach.removed:
        what = number_of(reach.removed, "incident", "incidents")
        said.append(
            f"{what} that it brought will be removed, with children and answers. Numbers are free again."
        )
    if reach.restored:
        what, facts = number_of(reach.restored, "incident"), number_of(reach.facts, "fact")
        said.append(f"In {what} that it changed, {facts} will stand as before.")
    if reach.children:
        said.append(f"{number_of(reach.children, 'child', 'children')} that it added will be taken out.")
    said.append("The receipt stays, and the same file can come in again.")
    return " ".join(said)


def _shown(problem: Problem, slug: str) -> dict[str, Any]:
    """A problem as the page draws it: its incidents are links."""
    if not isinstance(problem, Dependency):
        return {"why": problem.message, "incidents": [], "more": 0}
    return {
        "why": problem.why,
        "incidents": [
            (number, reverse("incidents:detail", args=[slug, number])) for number in problem.numbers
        ],
        "more": problem.more,
    }
