"""The whole review on one page, for those who check and approve it; remarks beside each part; the moves."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dictionary.schema import Item, Part, Section
from jurisdictions.http import TenantRequest, requires
from jurisdictions.roles import Permission
from reviews.actions.moves import CannotMove, make_move, problems_before_move
from reviews.actions.remarks import leave_remark
from reviews.content import Content
from reviews.models import Remark, Review
from reviews.pictures import timeline_picture
from reviews.rules.moves import MOVES, WITH_PAGES_OF_THEIR_OWN
from reviews.rules.reading import parts_read, problems_before_remarking
from reviews.rules.who import may_make
from reviews.views.page import ReviewPage, read_review


@dataclass(frozen=True)
class ReadSection:
    """One section as it is read: its own answers, or each entry with its answers."""

    section: Section
    answers: list[tuple[Item, str]]
    entries: list[tuple[str, list[tuple[Item, str]]]]

    @property
    def is_empty(self) -> bool:
        return not self.answers and not self.entries


@require_http_methods(["GET", "POST"])
@requires(Permission.REVIEW_VIEW)
def read(request: TenantRequest, number: str) -> HttpResponse:
    """Everything that is written, in the order of the parts, with the remarks beside each and room for new ones."""
    page = read_review(request, number, what="review.read_whole")
    parts = parts_read(page.content.edition)
    refused = problems_before_remarking(page.review, by=request.membership)
    typed = {part.key: text for part in parts if (text := request.POST.get(f"remark-{part.key}", "").strip())}
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        at = next((part.key for part in parts if part.key == request.POST.get("at")), parts[0].key)
        errors = [(one.message, "") for one in refused] or _leave_remarks(page, typed, at=at)
        if not errors:
            messages.success(request, "Your remark stands beside the part.")
            return redirect(f"{page.url('read')}#part-{at}")
    moves = [move for move in page.moves if not move.lead]
    context = page.context(
        crumbs=page.crumbs(("The whole review", "")),
        picture=timeline_picture(page.content),
        chapters=_chapters(page, parts, typed),
        errors=errors,
        unsaved=[(part.title, typed[part.key]) for part in parts if refused and part.key in typed],
        may_remark=not refused,
        may_settle=page.my_seat is not None and page.review.state == Review.State.IN_REVIEW,
        moves=page.buttons(moves),
    )
    return render(request, "reviews/read.html", context, status=422 if errors else 200)


def _chapters(
    page: ReviewPage, parts: list[Part], typed: dict[str, str]
) -> list[tuple[Part, list[ReadSection], list[Remark], str]]:
    """Each part with what is written in it, its remarks, and what was typed for one."""
    return [
        (
            part,
            _sections(page, part.key),
            [remark for remark in page.remarks if remark.part == part.key],
            typed.get(part.key, ""),
        )
        for part in parts
    ]


def _leave_remarks(page: ReviewPage, typed: dict[str, str], *, at: str) -> list[tuple[str, str]]:
    """Every remark on the page is left, or none: (message, id of the control) of what cannot be."""
    try:
        with transaction.atomic():
            for part, text in (typed or {at: ""}).items():
                leave_remark(page.review, part=part, text=text, by=page.by)
    except CannotMove as refusal:
        return [(problem.message, f"remark-{problem.part}") for problem in refusal.problems]
    return []


def _sections(page: ReviewPage, part: str) -> list[ReadSection]:
    return [_read(page, section) for section in page.content.edition.sections_of(part)]


def _for_reader(page: ReviewPage, answers: list[tuple[Item, str]]) -> list[tuple[Item, str]]:
    """The agency's own case number stays inside: a guest does not see it."""
    return [(item, text) for item, text in answers if item.key != "case_number" or not page.is_guest]


def _in_full(content: Content, section: Section, entry: int) -> list[tuple[Item, str]]:
    """An entry's answers under its heading. The heading cuts long words short, so there they stand again in full."""
    title, (item, _) = content.titles[entry], content.sheet.entry_title(section, entry)
    whole = content.text(item.key, entry)
    was_cut = title.endswith("…") and " ".join(whole.split()) != title
    return ([(item, whole)] if was_cut else []) + content.answered(section, entry)


def _read(page: ReviewPage, section: Section) -> ReadSection:
    content = page.content
    if section.repeats:
        entries = [
            (content.title(section.key, entry), _in_full(content, section, entry.pk))
            for entry in content.entries.get(section.key, [])
        ]
        return ReadSection(section, [], entries)
    rated: list[tuple[str, list[tuple[Item, str]]]] = []
    if section.rated:
        rated = [
            (content.titles[target], content.answered(section, target))
            for target in content.sheet.targets(section)
            if target is not None
        ]
    return ReadSection(section, _for_reader(page, content.answered(section)), rated)


@require_http_methods(["GET", "POST"])
@requires(Permission.REVIEW_VIEW)
def move(request: TenantRequest, number: str, action: str) -> HttpResponse:
    """Ask before a move, say everything that is in its way, and make it."""
    if action not in MOVES or action in WITH_PAGES_OF_THEIR_OWN:
        raise Http404
    page = read_review(request, number)
    step = MOVES[action]
    if not may_make(step, page.review, request.membership):
        raise PermissionDenied
    note = request.POST.get("note", "")
    problems = problems_before_move(step, page.review, by=request.membership, note=None)
    if request.method == "POST":
        try:
            moved = make_move(page.review, action, by=request.membership, note=note)
        except CannotMove as refusal:
            problems = refusal.problems
        else:
            messages.success(request, _what_was_done(page.number, moved))
            return redirect(
                reverse("work:home", args=[page.slug])
                if action == "approve" or not _still_visible(request, moved)
                else page.url()
            )
    return render(
        request,
        "reviews/move.html",
        page.context(
            crumbs=page.crumbs((step.label, "")),
            move=step,
            explains=step.explained(page.open_remarks.total()),
            problems=page.problems_by_part(problems),
            problem_count=len(problems),
            note=note,
            open_remarks=page.open_remarks.total(),
        ),
        status=422 if request.method == "POST" else 200,
    )


def _what_was_done(number: str, moved: Review) -> str:
    if moved.state == Review.State.TO_BE_SELECTED:
        return f"Review {number} waits for the selection decision."
    return f"Review {number} is now {moved.get_state_display().lower()}."


def _still_visible(request: TenantRequest, review: Review) -> bool:
    return Review.objects.visible_to(request.membership).filter(pk=review.pk).exists()
