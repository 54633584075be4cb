"""The partnership's own pages: agencies, their agreements, and each one's first administrator."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jurisdictions.actions.agencies import (
    AgencyChanged,
    CannotChange,
    change_agency,
    create_agency,
    record_agreement,
    what_stands,
)
from jurisdictions.actions.invitations import (
    CannotInvite,
    cancel_invitation,
    invite_first_administrator,
    resend_invitation,
)
from jurisdictions.directory import contacts_of
from jurisdictions.forms import AgencyForm, AgreementForm, ChangeAgencyForm, FirstAdministratorForm
from jurisdictions.http import PartnershipRequest, requires_partnership
from jurisdictions.models import Invitation, Jurisdiction, Membership
from jurisdictions.roles import ROLE_LABELS, PartnershipPermission, Role
from jurisdictions.rules import Refused

manages_agencies = requires_partnership(PartnershipPermission.AGENCIES_MANAGE)


@require_http_methods(["GET", "POST"])
@manages_agencies
def add_agency(request: PartnershipRequest) -> HttpResponse:
    form = AgencyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        agency = create_agency(by=request.user, **form.cleaned_data)
        messages.success(
            request, f"{agency.name} is in the partnership. Invite its first administrator next."
        )
        return redirect("partnership:agency", agency.slug)
    context = {"form": form, "crumbs": crumbs_to("Add an agency")}
    return render(request, "partnership/add.html", context, status=422 if form.errors else 200)


@require_GET
@manages_agencies
def agency_page(request: PartnershipRequest, agency: str) -> HttpResponse:
    return _page(request, agency_or_404(agency))


@require_http_methods(["GET", "POST"])
@manages_agencies
def change(request: PartnershipRequest, agency: str) -> HttpResponse:
    """Its name, kind and place in the partnership; the short name in addresses stays. A save over somebody else's
    is refused once, with both shown."""
    found, theirs = agency_or_404(agency), None
    standing = {"name": found.name, "kind": found.kind, "parent": found.parent.slug if found.parent else ""}
    standing["stood"] = what_stands(found)
    form = ChangeAgencyForm(request.POST if request.method == "POST" else None, initial=standing)
    if form.is_valid():
        try:
            changed = change_agency(found, by=request.user, **form.cleaned_data)
        except CannotChange as refusal:
            for problem in refusal.problems:
                form.add_error("parent", problem.message)
        except AgencyChanged as refusal:
            theirs = _differences(form, refusal.theirs)
            typed = request.POST.copy()  # stays on the page; saving again is then a decision
            typed["stood"] = what_stands(refusal.theirs)
            form = ChangeAgencyForm(typed)
        else:
            messages.success(request, f"{changed.name}’s details are saved.")
            return redirect("partnership:agency", changed.slug)
    context = {"form": form, "agency": found, "theirs": theirs, "crumbs": crumbs_to(f"Change {found.name}")}
    status = 409 if theirs is not None else 422 if form.errors else 200
    return render(request, "partnership/change.html", context, status=status)


def _differences(form: ChangeAgencyForm, theirs: Jurisdiction) -> list[dict[str, str]]:
    """Each field in which what was typed differs from what stands there now, both in words."""
    typed = form.cleaned_data
    both = {
        "name": (theirs.name, typed["name"]),
        "kind": (theirs.get_kind_display(), dict(Jurisdiction.Kind.choices)[typed["kind"]]),
        "parent": (theirs.parent or "No other agency", typed["parent"] or "No other agency"),
    }
    return [
        {"label": str(form.fields[name].label), "theirs": str(stands), "yours": str(yours)}
        for name, (stands, yours) in both.items()
        if stands != yours
    ]


@require_http_methods(["GET", "POST"])
@manages_agencies
def agreement(request: PartnershipRequest, agency: str) -> HttpResponse:
    """The day of its agreement, on a page of its own: recording it takes no words of another form away."""
    found = agency_or_404(agency)
    given = request.POST if request.method == "POST" else None
    form = AgreementForm(given, initial={"agreement_on": found.agreement_on})
    if form.is_valid():
        record_agreement(found, signed_on=form.cleaned_data["agreement_on"], by=request.user)
        messages.success(request, "The day of the agreement is recorded.")
        return redirect("partnership:agency", found.slug)
    context = {"form": form, "agency": found, "crumbs": crumbs_to(f"Agreement of {found.name}")}
    return render(request, "partnership/agreement.html", context, status=422 if form.errors else 200)


@require_POST
@manages_agencies
def invite(request: PartnershipRequest, agency: str) -> HttpResponse:
    found, form = agency_or_404(agency), FirstAdministratorForm(request.POST)
    if form.is_valid():
        try:
            invitation = invite_first_administrator(found, email=form.cleaned_data["email"], by=request.user)
        except CannotInvite as refusal:
            for problem in refusal.problems:
                form.add_error("email", problem.message)
        else:
            messages.success(request, f"An invitation is on its way to {invitation.email}.")
            return redirect("partnership:agency", found.slug)
    return _page(request, found, invite_form=form, status=422)


@require_POST
@manages_agencies
def resend(request: PartnershipRequest, agency: str, invitation: uuid.UUID) -> HttpResponse:
    found = agency_or_404(agency)
    try:
        sent = resend_invitation(_invitation(found, invitation), by=request.user)
    except Refused as refusal:
        _say(request, refusal)
    else:
        messages.success(
            request, f"A new link is on its way to {sent.email}. Links sent before no longer work."
        )
    return redirect("partnership:agency", found.slug)


@require_POST
@manages_agencies
def cancel(request: PartnershipRequest, agency: str, invitation: uuid.UUID) -> HttpResponse:
    found = agency_or_404(agency)
    try:
        cancelled = cancel_invitation(_invitation(found, invitation), by=request.user)
    except Refused as refusal:
        _say(request, refusal)
    else:
        messages.success(
            request, f"The invitation to {cancelled.email} is cancelled. Its link no longer works."
        )
    return redirect("partnership:agency", found.slug)


def crumbs_to(here: str) -> list[tuple[str, str]]:
    return [("Agencies", reverse("partnership:agencies")), (here, "")]


def agency_or_404(slug: str) -> Jurisdiction:
    return get_object_or_404(Jurisdiction.objects.select_related("parent"), slug=slug)


def _invitation(agency: Jurisdiction, pk: uuid.UUID) -> Invitation:
    """Only the one that makes an administrator: the others are the agency's own affair."""
    found = Invitation.objects.filter(roles__contains=[str(Role.ADMINISTRATOR)])
    return get_object_or_404(found, jurisdiction=agency, pk=pk)


def _page(
    request: PartnershipRequest,
    agency: Jurisdiction,
    *,
    invite_form: FirstAdministratorForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """One agency: what the partnership knows of it, and its first administrator for as long as it has none."""
    people = Membership.objects.current().filter(jurisdiction=agency)
    administrators = Membership.objects.holding(Role.ADMINISTRATOR).filter(jurisdiction=agency).count()
    waiting = None
    if not administrators:
        waiting = Invitation.objects.filter(jurisdiction=agency, accepted_at=None, cancelled_at=None).first()
    context: dict[str, Any] = {
        "agency": agency,
        "people_count": people.count(),
        "administrators": administrators,
        "waiting": waiting,
        "closed": [ROLE_LABELS[role] for role in Role if role not in agency.role_ceiling],
        "over_ceiling": people.over_ceiling().count(),
        "contacts": contacts_of([agency]).get(agency.pk, []),
        "invite_form": invite_form or FirstAdministratorForm(),
        "problems": invite_form.problems if invite_form else [],
        "crumbs": crumbs_to(agency.name),
    }
    return render(request, "partnership/agency.html", context, status=status)


def _say(request: PartnershipRequest, refusal: Refused) -> None:
    for problem in refusal.problems:
        messages.warning(request, problem.message)
