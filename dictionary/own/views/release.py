"""Before a draft is asked: how people will see it, how it differs from what is asked now, and releasing it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from dictionary.fields import BoundItem, bind_section
from dictionary.own.actions import CannotReleaseOwn, release_draft
from dictionary.own.composing import takes_own
from dictionary.own.differences import Side, differences, touched
from dictionary.own.rules import problems_before_release
from dictionary.own.views.page import DraftPage, draft_page, links
from dictionary.schema import Edition, Part, Section
from dictionary.sheet import AnswerSheet
from jurisdictions.http import TenantRequest, requires
from jurisdictions.paging import read_key
from jurisdictions.roles import Permission

type Block = tuple[Section, list[tuple[str, tuple[BoundItem, ...]]]]


@require_GET
@requires(Permission.AGENCY_SET_QUESTIONS)
def preview(request: TenantRequest) -> HttpResponse:
    """A part as its reviewers will see it, empty; nothing that is typed there is kept or sent."""
    page = draft_page(request)
    edition = page.whole.edition
    parts = _parts(edition)
    asked_for = request.GET.get("part", "")
    with_ours = {item.part for item in edition.local}
    chosen = next((one for one in parts if one.key == asked_for), None)
    chosen = chosen or next((one for one in parts if one.key in with_ours), parts[0])
    blocks = [_block(edition, section) for section in edition.sections_of(chosen.key)]
    fields = [field for _, groups in blocks for _, listed in groups for field in listed]
    context = {
        "page": page,
        "part": chosen,
        "ours": [field for field in fields if field.item.is_local and field.shown],
        "parts": [(one, one.key in with_ours) for one in parts],
        "blocks": blocks,
        "crumbs": page.crumbs(("As people will see it", "")),
    }
    return render(request, "questions/preview.html", context)


def _parts(edition: Edition) -> list[Part]:
    """Those that are filled in as a form of questions."""
    return [part for part in edition.parts if any(map(takes_own, edition.sections_of(part.key)))]


def _block(edition: Edition, section: Section) -> Block:
    groups: dict[str, list[BoundItem]] = {}
    for field in bind_section(AnswerSheet(edition, {}), section):
        groups.setdefault(field.item.group, []).append(field)
    return section, [(heading, tuple(fields)) for heading, fields in groups.items()]


@require_http_methods(["GET", "POST"])
@requires(Permission.AGENCY_SET_QUESTIONS)
def release(request: TenantRequest) -> HttpResponse:
    """The difference and whom it touches; with the button that makes it what is asked."""
    page, status = draft_page(request), 200
    problems = problems_before_release(page.draft, page.asked)
    if request.method == "POST":
        version = read_key(request.POST.get("version", "")) or 0
        try:
            edition = release_draft(page.draft, version=version, by=request.membership)
        except CannotReleaseOwn as refusal:
            problems, status = refusal.problems, 422
            if any(one.code == "own.changed" for one in problems):
                status = 409
        else:
            messages.success(request, f"Own questions {edition.number} are released. New reviews ask them.")
            return redirect(page.url("list"))
    return render(
        request,
        "questions/release.html",
        _context(page) | {"problems": list(links(problems, page))},
        status=status,
    )


def _context(page: DraftPage) -> dict[str, object]:
    asked = page.asked
    before = Side(asked.own.questions if asked.own else [], asked.questions)
    changes = differences(before, Side(page.questions, page.whole.edition))
    return {
        "page": page,
        "asked": asked,
        "number": asked.own.number + 1 if asked.own else 1,
        "changes": changes,
        "touched": touched(changes),
        "crumbs": page.crumbs(("Difference and release", "")),
    }
