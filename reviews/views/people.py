"""Deciding on a review, and who works on it: selection, team, statement, hold, approver from outside."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dictionary.values import keepable
from jurisdictions.http import TenantRequest, requires
from jurisdictions.models import Membership
from jurisdictions.paging import key_or_404
from jurisdictions.roles import Permission
from jurisdictions.rules import Problem
from reviews import grants
from reviews.actions.approver import end_approver, name_approver, name_reader
from reviews.actions.hold import hold_review, release_hold
from reviews.actions.moves import CannotMove
from reviews.actions.select import do_not_select, select_for_review
from reviews.actions.team import CannotState, make_statement, name_team
from reviews.models import Recusal, Review, ReviewSeat
from reviews.rules.moves import STATEMENTS_CLOSED, UNDER_WAY
from reviews.rules.who import people_who_may_be_told, waits_for_nobody
from reviews.team_forms import ApproverForm, HoldForm, SelectionForm, StatementForm, TeamForm
from reviews.views.page import ReviewPage, find_review, read_review

GET_OR_POST = require_http_methods(["GET", "POST"])


@GET_OR_POST
@requires(Permission.REVIEW_VIEW)
def selection(request: TenantRequest, number: str) -> HttpResponse:
    """The decision: open for whoever may make it while it waits, to be read afterwards."""
    page = read_review(request, number, part="selection")
    given = request.POST if request.method == "POST" else None
    form = None
    # Whoever decides while somebody else does is told so by the action, with what they typed.
    if request.membership.allows(Permission.REVIEW_SELECT) and (
        given is not None or page.review.state == Review.State.TO_BE_SELECTED
    ):
        form = SelectionForm(given, edition=page.content.edition, agency=request.membership.jurisdiction)
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid() and _decide(request, page, form):
            return redirect(page.url())
    return _render(request, page, "selection", form, title="Selection decision", answered=_decision(page))


def _decide(request: TenantRequest, page: ReviewPage, form: SelectionForm) -> bool:
    given = form.cleaned_data
    try:
        if given["decision"] == "select":
            lead, team = form.named
            select_for_review(
                page.review,
                reasons=given["reasons"],
                note=given["note"],
                lead=lead,
                team=team,
                by=request.membership,
            )
            messages.success(request, "Selected. The team has been told.")
        else:
            do_not_select(page.review, reasons=given["reasons"], note=given["note"], by=request.membership)
            messages.success(request, "Not selected. The reason stays with the incident.")
    except CannotMove as refusal:
        _show(form, refusal.problems)
        return False
    return True


def _decision(page: ReviewPage) -> list[tuple[str, str]]:
    """What was decided, for those who read it."""
    review = page.review
    if not review.selection_reasons:
        return []
    reasons = page.content.edition.item("selection_reasons")
    return [
        ("Decision", "Selected for a review" if review.selected_on else "Not selected for a review"),
        ("Reasons", "; ".join(reasons.choice_label(code) for code in review.selection_reasons)),
        ("Note", review.selection_note),
    ]


@GET_OR_POST
@requires(Permission.REVIEW_ASSIGN)
def team(request: TenantRequest, number: str) -> HttpResponse:
    """Name the lead and the team of a review under way."""
    page = read_review(request, number)
    if page.review.state not in UNDER_WAY:
        raise Http404
    form = TeamForm(
        request.POST if request.method == "POST" else None,
        agency=request.membership.jurisdiction,
        initial={
            "lead": str(page.lead.pk) if page.lead else "",
            "team": [str(seat.membership_id) for seat in page.seats if seat.seat != ReviewSeat.Seat.LEAD],
        },
    )
    if request.method == "POST" and form.is_valid():
        lead, others = form.named
        try:
            name_team(page.review, lead=lead, team=others, by=request.membership)
        except CannotMove as refusal:
            _show(form, refusal.problems)
        else:
            messages.success(request, "The team is named. New people have been told.")
            return redirect(page.url())
    guests = grants.guests_of(page.review)
    return _render(request, page, "team", form, title="Team of this review", guests=guests)


@GET_OR_POST
@requires(Permission.REVIEW_VIEW)
def statement(request: TenantRequest, number: str) -> HttpResponse:
    """One's own conflict-of-interest statement, also a later one; who reads without a seat can step back too."""
    page = read_review(request, number, part="statement")
    open_ = page.review.state not in STATEMENTS_CLOSED
    form = StatementForm(request.POST or None) if open_ else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid():
            return _stated(request, page, form)
    return _statement_page(request, page, form, mine=page.my_seat)


def _statement_page(
    request: TenantRequest, page: ReviewPage, form: StatementForm | None, *, mine: ReviewSeat | None
) -> HttpResponse:
    title = "Conflict-of-interest statement"
    return _render(request, page, "statement", form, title=title, seats=page.seats, mine=mine)


def _stated(request: TenantRequest, page: ReviewPage, form: StatementForm) -> HttpResponse:
    note = form.cleaned_data["note"]
    if page.my_seat is not None or form.has_conflict:
        try:
            make_statement(page.review, by=request.membership, conflict=form.has_conflict, note=note)
        except CannotState as refusal:
            _show(form, refusal.problems)
            return _statement_page(request, page, form, mine=None)
    if form.has_conflict:
        messages.success(
            request, "Thank you. You are off this review and no longer see it. The coordinator knows."
        )
        return redirect(reverse("work:home", args=[page.slug]))
    if page.my_seat is not None:
        messages.success(request, "Thank you. You can write in this review now.")
    else:
        messages.info(request, "Thank you. You are not on its team, so there was nothing to record.")
    return redirect(page.url())


@GET_OR_POST
@requires(Permission.REVIEW_HOLD)
def hold(request: TenantRequest, number: str) -> HttpResponse:
    """Put a review on hold, move the day, or take it off hold."""
    page = read_review(request, number)
    review = page.review
    if request.method == "POST" and "release" in request.POST:
        return _released(request, page)
    initial = {"reason": review.hold_reason or None, "until": review.held_until, "note": review.hold_note}
    form = HoldForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            hold_review(review, by=request.membership, **form.cleaned_data)
        except CannotMove as refusal:
            _show(form, refusal.problems)
        else:
            messages.success(request, "On hold. The list and the review say until when.")
            return redirect(page.url())
    return _render(request, page, "hold", form, title="Hold this review")


def _released(request: TenantRequest, page: ReviewPage) -> HttpResponse:
    """Off hold. The hold's note goes with it; one that was typed and never saved is given back to be copied."""
    # Both with one kind of line end: earlier notes were kept as the browser sent them.
    typed, stood = keepable(request.POST.get("note", "")).strip(), keepable(page.review.hold_note)
    if now_off := release_hold(page.review, by=request.membership):
        messages.success(request, f"Off hold. {_days_added(page.review, now_off)}".strip())
    else:
        messages.info(request, "This review was not on hold any more. Nothing was changed.")
    if typed in {"", stood}:
        return redirect(page.url())
    now = ReviewPage(find_review(request, page.number), request.membership)
    return _render(request, now, "hold", None, title="The hold has ended", unsaved=[("Note", typed)])


def _days_added(held: Review, released: Review) -> str:
    """What the hold did to the due day; before the selection there is none yet, and its clock may not run."""
    days = released.held_days - held.held_days
    waited = "The day it waited is" if days == 1 else f"The {days} days it waited are"
    if not days:
        return "" if released.due_on is None else "Its due day stays as it was."
    if released.due_on is None:
        return f"{waited} added to its due day if it is selected."
    return f"{waited} added to its due day."


@GET_OR_POST
@requires(Permission.REVIEW_ASSIGN)
def approver(request: TenantRequest, number: str) -> HttpResponse:
    """Name somebody from outside who may approve this one review, or read it, until a day; or end that now."""
    page = read_review(request, number)
    guests = grants.guests_of(page.review)
    names = page.review.state in UNDER_WAY
    if not names and not guests:
        raise Http404
    if request.method == "POST" and "end" in request.POST:
        return _ended(request, page)
    form = None
    if names:
        given = request.POST if request.method == "POST" else None
        form = ApproverForm(given, agency=request.membership.jurisdiction)
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid() and _approver_named(request, page, form):
            return redirect(page.url())
    return _render(request, page, "approver", form, title="Somebody from outside", guests=guests)


def _approver_named(request: TenantRequest, page: ReviewPage, form: ApproverForm) -> bool:
    person, reads_only = form.named, form.cleaned_data["reads_only"]
    name = name_reader if reads_only else name_approver
    try:
        name(page.review, person=person, until=form.cleaned_data["until"], by=request.membership)
    except CannotMove as refusal:
        _show(form, refusal.problems)
        return False
    messages.success(request, f"{person} can read {'' if reads_only else 'and approve '}this review.")
    _warn_if_nobody_approves(request, page.review)
    return True


def _ended(request: TenantRequest, page: ReviewPage) -> HttpResponse:
    """A guest's right on this review ends; the coordinator hears whether somebody else can still approve."""
    here = Membership.objects.filter(jurisdiction=request.membership.jurisdiction).with_people()
    person = get_object_or_404(here, pk=key_or_404(request.POST["end"]))
    ended = end_approver(page.review, person=person, by=request.membership)
    messages.success(request, _what_ended(person, page.review, ended=ended))
    left_alone = _warn_if_nobody_approves(request, page.review)
    return redirect(page.url("approver") if left_alone else page.url())


def _warn_if_nobody_approves(request: TenantRequest, review: Review) -> bool:
    if not waits_for_nobody(review):
        return False
    messages.warning(request, "Nobody can approve this review now. Name somebody else from outside.")
    return True


def _what_ended(person: Membership, review: Review, *, ended: bool) -> str:
    """A guest may hold another role, or a seat, that shows them the review still."""
    if not ended:
        return f"{person} was not named to this review from outside any more. Nothing was changed."
    if people_who_may_be_told(review, [person]):
        return f"{person} is no longer named to this review from outside, and still sees it by another role."
    return f"{person} cannot read or approve this review any more."


def _render(
    request: TenantRequest,
    page: ReviewPage,
    name: str,
    form: forms.Form | None,
    *,
    title: str,
    **more: object,
) -> HttpResponse:
    away = Recusal.objects.filter(review=page.review).select_related("membership__user")
    context = page.context(
        name, form=form, title=title, crumbs=page.crumbs((title, "")), recusals=away, **more
    )
    return render(request, f"reviews/{name}.html", context, status=422 if form and form.errors else 200)


def _show(form: forms.Form, problems: list[Problem]) -> None:
    for problem in problems:
        form.add_error(None, problem.message)
