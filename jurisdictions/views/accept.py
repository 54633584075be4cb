"""The page behind an invitation's link. The agency comes from the invitation, never from the visitor."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from jurisdictions import links
from jurisdictions.actions.invitations import CannotAccept, accept_invitation, join_with_new_account
from jurisdictions.forms import NewAccountForm
from jurisdictions.http import public
from jurisdictions.models import Invitation, User
from jurisdictions.roles import ROLE_LABELS, ROLE_MEANINGS, Role
from jurisdictions.rules import problems_over_ceiling
from jurisdictions.tenancy import jurisdiction_scope


@require_http_methods(["GET", "POST"])
@public("who is invited has no account yet; the signed link says which agency, and nothing of it is shown")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept as a new person, or as the one who holds the invited address; or a plain word on why not."""
    try:
        key, nonce = links.read_token(token)
    except links.BrokenLink:
        return _say(request, "broken", 404)
    found = Invitation.objects.select_related("jurisdiction", "invited_by").filter(pk=key).first()
    if found is None:
        return _say(request, "broken", 404)
    if found.accepted_at:
        return _say(request, "accepted", 200, found)
    if found.cancelled_at:
        return _say(request, "cancelled", 410, found)
    if found.nonce != nonce:
        return _say(request, "replaced", 410, found)
    if found.state == "expired":
        return _say(request, "expired", 410, found)
    has_account = User.objects.filter(email=found.email).exists()
    if request.user.is_authenticated and request.user.email.lower() != found.email:
        return _say(request, "wrong_address", 403, found, has_account=has_account)
    if problems_over_ceiling(found.jurisdiction, found.roles):
        return _say(request, "over_ceiling", 410, found)
    if request.user.is_authenticated:
        return _join(request, request.user, found)
    if has_account:
        return _say(request, "sign_in", 200, found)
    return _join_as_new_person(request, found)


def _join(request: HttpRequest, user: User, found: Invitation) -> HttpResponse:
    if request.method == "POST":
        try:
            with jurisdiction_scope(found.jurisdiction_id):
                accept_invitation(found, by=user)
        except CannotAccept:
            return redirect(request.path)  # it changed while the page was open; the page says how
        messages.success(request, f"You are now in {found.jurisdiction.name}.")
        return redirect("work:home", found.jurisdiction.slug)
    return _say(request, "join", 200, found)


def _join_as_new_person(request: HttpRequest, found: Invitation) -> HttpResponse:
    given, known = request.POST if request.method == "POST" else None, {"display_name": found.name}
    form = NewAccountForm(given, email=found.email, initial=known)
    if form.is_valid():
        try:
            with jurisdiction_scope(found.jurisdiction_id):
                membership = join_with_new_account(
                    found,
                    display_name=form.cleaned_data["display_name"],
                    password=form.cleaned_data["password"],
                )
        except CannotAccept:
            return redirect(request.path)
        login(request, membership.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        messages.success(request, f"Welcome. You are now in {found.jurisdiction.name}.")
        return redirect("work:home", found.jurisdiction.slug)
    return _say(request, "new_person", 422 if form.errors else 200, found, form=form)


def _say(
    request: HttpRequest, page: str, status: int, found: Invitation | None = None, **context: Any
) -> HttpResponse:
    if found is not None:
        context |= {
            "agency": found.jurisdiction.name,
            "slug": found.jurisdiction.slug,
            "email": found.email,
            "inviter": found.invited_by.display_name,
            "expires_at": found.expires_at,
            "roles": [(ROLE_LABELS[Role(role)], ROLE_MEANINGS[Role(role)]) for role in found.roles],
        }
    context |= {"here": request.path, "person": request.user}
    return render(request, f"invitation/{page}.html", context, status=status)
