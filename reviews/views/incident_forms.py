"""Notifying an incident, changing its facts, withdrawing it, and opening the decision on a past one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from dictionary import values
from dictionary.asked import asked_now
from dictionary.schema import Edition as Schema
from jurisdictions import audit
from jurisdictions.http import TenantRequest, requires
from jurisdictions.paging import read_key
from jurisdictions.roles import Permission
from reviews.actions.facts import CannotChangeFacts, StaleFacts, change_facts
from reviews.actions.notify import CannotOpen, notify_incident, open_past_incident
from reviews.actions.withdraw import CannotWithdraw, withdraw_incident
from reviews.facts import ChildFacts, Difference, child_differences, child_facts_of, differences, facts_of
from reviews.forms import FactsForm
from reviews.look_alikes import find_look_alikes
from reviews.models import Incident, Review, ReviewSeat
from reviews.rules.incidents import problems_before_changing_facts


@require_http_methods(["GET", "POST"])
@requires(Permission.INCIDENT_NOTIFY)
def notify(request: TenantRequest) -> HttpResponse:
    """Notify a new incident. Look-alikes are shown before anything is saved; what was typed is never lost."""
    by, today = request.membership, timezone.localdate()
    edition = asked_now().questions
    form = FactsForm(edition, today, request.POST if request.method == "POST" else None)
    if request.method == "GET" or form.asks_for_another_look or "change" in request.POST:
        return render(request, "reviews/incident_notify.html", _notify_context(request, form))
    if not form.is_valid():
        return render(request, "reviews/incident_notify.html", _notify_context(request, form), status=422)
    if "another" not in request.POST and (found := find_look_alikes(form.facts, form.children, by=by)):
        audit.record(
            "incident.look_alikes_shown",
            about="incidents",
            by=by,
            incidents=[one.incident.pk for one in found.shown],
        )
        typed = [(name, value) for name in request.POST for value in request.POST.getlist(name)]
        context = _notify_context(request, form) | {
            "found": found,
            "typed": [(name, value) for name, value in typed if name != "csrfmiddlewaretoken"],
        }
        return render(request, "reviews/incident_look_alikes.html", context)
    value, missing = form.reported
    incident = notify_incident(form.facts, form.children, by=by, what_was_reported=value, missing=missing)
    messages.success(request, f"Incident {incident.number} is on the list. The coordinators are told.")
    return redirect("incidents:detail", by.jurisdiction.slug, incident.number)


@require_http_methods(["GET", "POST"])
@requires(Permission.INCIDENT_NOTIFY, Permission.REVIEW_EDIT)
def edit(request: TenantRequest, number: str) -> HttpResponse:
    """Change the facts of an incident, if nobody else did so since the page was read."""
    by = request.membership
    incident = get_object_or_404(
        Incident.objects.visible_to(by).with_review(),
        number=number,
    )
    review: Review | None = getattr(incident, "review", None)
    seat = ReviewSeat.objects.filter(review=incident.pk, membership=by, ended_at=None).first()
    edition = (review.asked if review else asked_now()).questions
    if problems := problems_before_changing_facts(incident, review, by=by, seat=seat):
        typed = _typed(request, edition)
        return _refused(request, incident, [problem.message for problem in problems], typed)
    form = FactsForm(
        edition,
        timezone.localdate(),
        request.POST if request.method == "POST" else None,
        facts_of(incident),
        [child_facts_of(child) for child in incident.children.all()],
        with_report=False,
    )
    version = request.POST.get("version", "")
    context = _edit_context(
        request, incident, form, version if request.method == "POST" else incident.version
    )
    if request.method == "GET" or form.asks_for_another_look:
        audit.record("incident.read", about=incident, by=by)
        return render(request, "reviews/incident_edit.html", context)
    if not form.is_valid():
        return render(request, "reviews/incident_edit.html", context, status=422)
    try:
        change_facts(incident, form.facts, form.children, by=by, version=read_key(version) or 0)
    except StaleFacts as stale:
        context |= {"version": stale.standing.version, "clashes": clashes(form, stale.standing)}
        return render(request, "reviews/incident_edit.html", context, status=409)
    except CannotChangeFacts as refusal:
        typed = _typed(request, edition)
        return _refused(request, incident, [problem.message for problem in refusal.problems], typed)
    messages.success(request, "Saved.")
    return redirect("incidents:detail", by.jurisdiction.slug, number)


@require_http_methods(["GET", "POST"])
@requires(Permission.INCIDENT_WITHDRAW)
def withdraw(request: TenantRequest, number: str) -> HttpResponse:
    """Ask for the reason, then withdraw the notification."""
    by = request.membership
    incident = get_object_or_404(Incident.objects.visible_to(by), number=number)
    reason, error = request.POST.get("reason", ""), ""
    if request.method == "POST":
        try:
            withdraw_incident(incident, by=by, reason=reason)
        except CannotWithdraw as refusal:
            error = " ".join(problem.message for problem in refusal.problems)
        else:
            messages.success(request, f"Incident {number} is withdrawn. It keeps its number and the reason.")
            return redirect("incidents:list", by.jurisdiction.slug)
    context = {
        "number": number,
        "reason": reason,
        "error": error,
        "detail_url": reverse("incidents:detail", args=[by.jurisdiction.slug, number]),
        "crumbs": _crumbs(request, number, "Withdraw"),
    }
    return render(request, "reviews/incident_withdraw.html", context, status=422 if error else 200)


@require_POST
@requires(Permission.REVIEW_SELECT)
def open_decision(request: TenantRequest, number: str) -> HttpResponse:
    """Open the selection decision on an incident that came in with a file."""
    by = request.membership
    incident = get_object_or_404(Incident.objects.visible_to(by), number=number)
    try:
        open_past_incident(incident, by=by)
    except CannotOpen as refusal:
        return _refused(request, incident, [problem.message for problem in refusal.problems])
    messages.success(request, "The decision is open. Say whether this incident gets a review.")
    return redirect("reviews:home", by.jurisdiction.slug, number)


def _typed(request: TenantRequest, edition: Schema) -> list[tuple[str, str]]:
    """(label, words) of every fact that was posted, to be copied when it cannot be saved."""
    found = []
    for name, words in request.POST.items():
        place, _, rest = name.partition("-")
        key, _, detail = rest.partition("-")
        if place.isdecimal() and key in edition and words:
            label = edition.item(key).label
            found.append((f"{label}, {detail}" if detail else label, str(words)))
    return found


def _refused(
    request: TenantRequest, incident: Incident, reasons: list[str], typed: list[tuple[str, str]] | None = None
) -> HttpResponse:
    context = {
        "incident": incident,
        "unsaved": typed or [],
        "problems": [(reason, "") for reason in reasons],
        "detail_url": reverse(
            "incidents:detail", args=[request.membership.jurisdiction.slug, incident.number]
        ),
        "crumbs": _crumbs(request, incident.number, "Not possible now"),
    }
    return render(request, "reviews/incident_refused.html", context, status=422)


def _crumbs(request: TenantRequest, number: str, here: str) -> list[tuple[str, str]]:
    slug = request.membership.jurisdiction.slug
    listed = ("Incidents", reverse("incidents:list", args=[slug]))
    if not number:
        return [listed, (here, "")]
    return [listed, (number, reverse("incidents:detail", args=[slug, number])), (here, "")]


def _notify_context(request: TenantRequest, form: FactsForm) -> dict[str, Any]:
    return {
        "form": form,
        "list_url": reverse("incidents:list", args=[request.membership.jurisdiction.slug]),
        "crumbs": _crumbs(request, "", "Notify an incident"),
    }


def _edit_context(
    request: TenantRequest, incident: Incident, form: FactsForm, version: Any
) -> dict[str, Any]:
    slug = request.membership.jurisdiction.slug
    reads_review = Review.objects.visible_to(request.membership).filter(pk=incident.pk).exists()
    return {
        "form": form,
        "incident": incident,
        "version": version,
        "detail_url": reverse("incidents:detail", args=[slug, incident.number]),
        "part_url": reverse("reviews:part", args=[slug, incident.number, "facts"]) if reads_review else "",
        "crumbs": _crumbs(request, incident.number, "Change the facts"),
    }


def clashes(form: FactsForm, standing: Incident) -> list[tuple[str, str, str]]:
    """(label, what the person typed, what stands there now) for every fact on which the two differ."""
    children = {child.entry_id: child for child in standing.children.all()}
    found: list[Difference] = list(differences(standing, form.facts))
    for child in form.children:
        if child.entry in children:
            found += child_differences(children[child.entry], child)
    rows = [
        (_label(form, one), _words(form, one.key, one.new), _words(form, one.key, one.old)) for one in found
    ]
    mine = {child.entry for child in form.children}
    new = [child for child in form.children if child.entry not in children]
    rows += [("A child", _age(child), "not there") for child in new]
    rows += [("A child", "not there", child.age) for entry, child in children.items() if entry not in mine]
    return rows


def _label(form: FactsForm, difference: Difference) -> str:
    label = form.edition.item(difference.key).label
    number = next((at for at, (_, entry) in enumerate(form.places, 1) if entry == difference.entry), 0)
    return f"{label}, child {number}" if number and len(form.places) > 1 else label


def _words(form: FactsForm, key: str, value: Any) -> str:
    return str(values.display(form.edition.item(key), value)) or "nothing"


def _age(child: ChildFacts) -> str:
    return f"{child.age_value} {child.age_unit}" if child.age_value is not None else "age not known"
