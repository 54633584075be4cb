"""Inviting people into the agency, sending an invitation again, taking it back."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from jurisdictions.actions.invitations import (
    CannotInvite,
    cancel_invitation,
    invite_person,
    resend_invitation,
)
from jurisdictions.forms import InviteForm
from jurisdictions.http import TenantRequest, requires
from jurisdictions.models import Invitation
from jurisdictions.roles import Permission
from jurisdictions.rules import Refused


@require_http_methods(["GET", "POST"])
@requires(Permission.AGENCY_MANAGE_PEOPLE)
def invite(request: TenantRequest) -> HttpResponse:
    agency = request.membership.jurisdiction
    form = InviteForm(request.POST if request.method == "POST" else None, ceiling=agency.role_ceiling)
    if form.is_valid():
        try:
            invitation = invite_person(
                agency,
                email=form.cleaned_data["email"],
                roles=form.cleaned_data["roles"],
                by=request.membership,
            )
        except CannotInvite as refusal:
            for problem in refusal.problems:
                over = problem.code == "roles.over_ceiling"
                form.add_error("roles" if over else "email", problem.message)
        else:
            messages.success(request, f"An invitation is on its way to {invitation.email}.")
            return redirect("people:list", agency.slug)
    context = {
        "slug": agency.slug,
        "form": form,
        "crumbs": [("People", reverse("people:list", args=[agency.slug])), ("Invite somebody", "")],
    }
    return render(request, "people/invite.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.AGENCY_MANAGE_PEOPLE)
def resend(request: TenantRequest, invitation: uuid.UUID) -> HttpResponse:
    try:
        sent = resend_invitation(_invitation(request, invitation), by=request.membership)
    except Refused as refusal:
        _say(request, refusal)
    else:
        messages.success(
            request, f"A new link is on its way to {sent.email}. Links sent before no longer work."
        )
    return redirect("people:list", request.membership.jurisdiction.slug)


@require_POST
@requires(Permission.AGENCY_MANAGE_PEOPLE)
def cancel(request: TenantRequest, invitation: uuid.UUID) -> HttpResponse:
    try:
        cancelled = cancel_invitation(_invitation(request, invitation), by=request.membership)
    except Refused as refusal:
        _say(request, refusal)
    else:
        messages.success(
            request, f"The invitation to {cancelled.email} is cancelled. Its link no longer works."
        )
    return redirect("people:list", request.membership.jurisdiction.slug)


def _invitation(request: TenantRequest, pk: uuid.UUID) -> Invitation:
    return get_object_or_404(Invitation, jurisdiction=request.membership.jurisdiction, pk=pk)


def _say(request: TenantRequest, refusal: Refused) -> None:
    for problem in refusal.problems:
        messages.warning(request, problem.message)
