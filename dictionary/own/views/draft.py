"""The draft: its questions, one after the other added, changed, moved and taken out."""

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dictionary.own.actions import CannotChange, change_draft, drop_draft, start_draft
from dictionary.own.composing import Question, compose
from dictionary.own.differences import Side, changed
from dictionary.own.drafting import find, moved, print_of, put, without
from dictionary.own.forms import QuestionForm
from dictionary.own.views.page import DraftPage, draft_page, in_words
from jurisdictions.http import TenantRequest, requires
from jurisdictions.roles import Permission


class Stale(Exception):
    """Somebody else changed the question since its page was read; `theirs` is what stands there now."""

    def __init__(self, theirs: Question | None) -> None:
        self.theirs = theirs
        super().__init__("own.changed")


@require_POST
@requires(Permission.AGENCY_SET_QUESTIONS)
def start(request: TenantRequest) -> HttpResponse:
    start_draft(by=request.membership)
    return redirect("questions:draft", request.membership.jurisdiction.slug)


@require_GET
@requires(Permission.AGENCY_SET_QUESTIONS)
def draft(request: TenantRequest) -> HttpResponse:
    """Every question of the draft, where it would be asked."""
    page = draft_page(request)
    return render(request, "questions/draft.html", _context(page))


def _context(page: DraftPage) -> dict[str, object]:
    return {
        "page": page,
        "places": in_words(page.whole.edition, page.questions),
        "mends": [(f"“{one.label}”: {one.message}", page.url("change", one.key)) for one in page.mends],
        "edition": page.asked.edition,
        "file": getattr(page.draft, "file", None),
        "crumbs": page.crumbs(),
    }


@require_http_methods(["GET", "POST"])
@requires(Permission.AGENCY_SET_QUESTIONS)
def add(request: TenantRequest) -> HttpResponse:
    return _edit(request, draft_page(request), None)


@require_http_methods(["GET", "POST"])
@requires(Permission.AGENCY_SET_QUESTIONS)
def change(request: TenantRequest, question: str) -> HttpResponse:
    page = draft_page(request)
    found = find(page.questions, question)
    if found is None:
        raise Http404
    return _edit(request, page, found)


def _edit(request: TenantRequest, page: DraftPage, question: Question | None) -> HttpResponse:
    """The form of one question. What was typed stays on the page until it is saved."""
    form, status = _form(page, question, request.POST if request.method == "POST" else None), 200
    theirs: list[str] | None = None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                change_draft(page.draft, lambda now: _saved(now, form, question), by=request.membership)
            except Stale as stale:
                theirs, status = _differences(page, stale.theirs, form.built), 409
                typed = request.POST.copy()  # stays on the page; saving again is then a decision
                typed["stood"] = print_of(stale.theirs)
                form = _form(page, question, typed)
            except CannotChange as refusal:
                form.add_error(None, [problem.message for problem in refusal.problems])
            else:
                told = [f"“{form.built['label']}” stands in the draft.", *form.fallen]
                messages.success(request, " ".join(told))
                return redirect(page.url("add") if "another" in request.POST else page.url())
    title = "Change a question" if question else "Add a question"
    context = {
        "page": page,
        "form": form,
        "title": title,
        "theirs": theirs,
        "question": question,
        "crumbs": page.crumbs((title, "")),
    }
    return render(request, "questions/question.html", context, status=status)


def _form(page: DraftPage, question: Question | None, data: QueryDict | None) -> QuestionForm:
    base, edition = page.asked.edition.document, page.whole.edition
    return QuestionForm(data, edition=edition, base=base, questions=page.questions, question=question)


def _differences(page: DraftPage, theirs: Question | None, mine: Question) -> list[str]:
    """What somebody else saved meanwhile, against what was typed: a sentence each."""
    if theirs is None:
        return ["They took the question out of the draft. Saving puts it back."]
    both = put(page.questions, mine)
    after = Side(both, compose(page.asked.edition.document, both).edition)
    return list(changed(theirs, mine, Side(page.questions, page.whole.edition), after))


def _saved(now: list[Question], form: QuestionForm, question: Question | None) -> list[Question]:
    """The questions with the one of the form. Raises Stale where somebody else changed it meanwhile."""
    standing = find(now, form.built["key"])
    if print_of(standing) != (form.cleaned_data["stood"] if question else ""):
        raise Stale(standing)
    return put(now, form.built)


@require_POST
@requires(Permission.AGENCY_SET_QUESTIONS)
def move(request: TenantRequest, question: str) -> HttpResponse:
    page = draft_page(request)
    if find(page.questions, question) is None:
        raise Http404
    up = request.POST.get("way") == "up"
    change_draft(page.draft, lambda now: moved(now, question, up=up), by=request.membership)
    return redirect(f"{page.url()}#q-{question}")


@require_POST
@requires(Permission.AGENCY_SET_QUESTIONS)
def remove(request: TenantRequest, question: str) -> HttpResponse:
    page = draft_page(request)
    found = find(page.questions, question)
    if found is None:
        raise Http404
    change_draft(page.draft, lambda now: without(now, question), by=request.membership)
    messages.success(
        request, f"“{found['label']}” is out of the draft. Nothing is asked otherwise before you release it."
    )
    return redirect(page.url())


@require_http_methods(["GET", "POST"])
@requires(Permission.AGENCY_SET_QUESTIONS)
def drop(request: TenantRequest) -> HttpResponse:
    """Drop the whole draft, after asking."""
    page = draft_page(request)
    if request.method == "POST":
        drop_draft(page.draft, by=request.membership)
        messages.success(request, "The draft is dropped. What was released stays in force.")
        return redirect(page.url("list"))
    return render(request, "questions/drop.html", {"page": page, "crumbs": page.crumbs(("Drop", ""))})
