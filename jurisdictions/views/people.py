"""Who is in the agency, what they may do, and ending that."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from jurisdictions import work
from jurisdictions.actions.factors import CannotHelp, take_factors_away
from jurisdictions.actions.people import CannotChangeRoles, CannotRemove, change_roles, remove_person
from jurisdictions.forms import RolesForm
from jurisdictions.http import TenantRequest, requires
from jurisdictions.models import Invitation, Membership
from jurisdictions.pages import BESIDE_PEOPLE
from jurisdictions.roles import ROLE_LABELS, Permission, Role
from jurisdictions.rules import problems_before_helping, problems_before_losing_roles, problems_over_ceiling


@require_GET
@requires(Permission.AGENCY_MANAGE_PEOPLE)
def people_list(request: TenantRequest) -> HttpResponse:
    agency = request.membership.jurisdiction
    people = Membership.objects.current().filter(jurisdiction=agency).with_people()
    waiting = Invitation.objects.filter(
        jurisdiction=agency, accepted_at=None, cancelled_at=None
    ).select_related("invited_by", "jurisdiction")
    over = [str(one) for one in people if one.roles_over_ceiling]
    context = {
        "over_ceiling": over,
        "slug": agency.slug,
        "me": request.membership.pk,
        "people": people,
        "invitations": [_waiting(invitation) for invitation in waiting.order_by("-owed_at")],
        "beside": [
            (page.label, reverse(page.route, args=[agency.slug]))
            for page in BESIDE_PEOPLE
            if request.membership.allows(page.permission)
        ],
        "given_up": [(reverse(page, args=[agency.slug]), count) for page, count in work.given_up().items()],
        "crumbs": [("People", "")],
    }
    return render(request, "people/list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.AGENCY_MANAGE_PEOPLE)
def roles(request: TenantRequest, person: int) -> HttpResponse:
    membership = _person(request, person)
    ceiling = membership.jurisdiction.role_ceiling
    form = RolesForm(None, initial={"roles": membership.roles}, ceiling=ceiling)
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        form = RolesForm(request.POST, ceiling=ceiling)
        if form.is_valid():
            try:
                change_roles(membership, roles=form.cleaned_data["roles"], by=request.membership)
            except CannotChangeRoles as refusal:
                problems = [(problem.message, problem.url) for problem in refusal.problems]
            else:
                messages.success(request, f"The roles of {membership.user.display_name} are saved.")
                return _back(request, membership)
    context = {
        "slug": membership.jurisdiction.slug,
        "person": membership,
        "form": form,
        "problems": problems,
        "crumbs": [*_crumbs(request), (f"Roles of {membership.user.display_name}", "")],
    }
    return render(request, "people/roles.html", context, status=422 if form.errors or problems else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.AGENCY_MANAGE_PEOPLE)
def remove(request: TenantRequest, person: int) -> HttpResponse:
    """One page that says what happens, and what stands in the way before anybody presses."""
    membership = _person(request, person)
    problems, status = problems_before_losing_roles(membership), 200
    if request.method == "POST":
        try:
            remove_person(membership, by=request.membership)
        except CannotRemove as refusal:
            problems, status = refusal.problems, 422
        else:
            messages.success(request, f"{membership.user.display_name} is no longer in this agency.")
            return _back(request, membership)
    context = {
        "slug": membership.jurisdiction.slug,
        "person": membership,
        "problems": [(problem.message, problem.url) for problem in problems],
        "crumbs": [*_crumbs(request), (f"Remove {membership.user.display_name}", "")],
    }
    return render(request, "people/remove.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.AGENCY_MANAGE_PEOPLE)
def start_over(request: TenantRequest, person: int) -> HttpResponse:
    """For somebody who lost their phone and has no recovery code left."""
    membership = _person(request, person)
    problems, status = problems_before_helping(membership, by=request.membership), 200
    if request.method == "POST":
        try:
            take_factors_away(membership, by=request.membership)
        except CannotHelp as refusal:
            problems, status = refusal.problems, 422
        else:
            messages.success(
                request, f"{membership.user.display_name} can start over. A mail tells them how."
            )
            return redirect("people:list", membership.jurisdiction.slug)
    context = {
        "slug": membership.jurisdiction.slug,
        "person": membership,
        "problems": [(problem.message, problem.url) for problem in problems],
        "crumbs": [*_crumbs(request), (f"Sign-in of {membership.user.display_name}", "")],
    }
    return render(request, "people/start_over.html", context, status=status)


def _person(request: TenantRequest, pk: int) -> Membership:
    here = Membership.objects.current().filter(jurisdiction=request.membership.jurisdiction)
    found: Membership = get_object_or_404(here.with_people(), pk=pk)
    return found


def _crumbs(request: TenantRequest) -> list[tuple[str, str]]:
    return [("People", reverse("people:list", args=[request.membership.jurisdiction.slug]))]


def _back(request: TenantRequest, changed: Membership) -> HttpResponse:
    """To the list; somebody who changed their own rights may no longer reach it."""
    if changed.pk == request.membership.pk:
        return redirect("home")
    return redirect("people:list", request.membership.jurisdiction.slug)


def _waiting(invitation: Invitation) -> dict[str, object]:
    """An open or expired invitation as the list shows it."""
    return {
        "pk": invitation.pk,
        "email": invitation.email,
        "name": invitation.name,
        "roles": [ROLE_LABELS[Role(role)] for role in invitation.roles],
        "over": bool(problems_over_ceiling(invitation.jurisdiction, invitation.roles)),
        "sent_at": invitation.owed_at,
        "expires_at": invitation.expires_at,
        "by": invitation.invited_by.display_name,
        "expired": invitation.state == "expired",
        "undelivered": invitation.work_state == "dead",
    }
