"""Tokens of other software: one's own, beside “Sign-in and security”; all of an agency, for its administrators."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jurisdictions import audit
from jurisdictions.accounts import tell_by_mail
from jurisdictions.actions.tokens import CannotMakeToken, end_token, make_token
from jurisdictions.http import TenantRequest, requires, shown_lately, signed_in
from jurisdictions.models import ApiToken, Membership
from jurisdictions.roles import Permission
from jurisdictions.token_forms import TokenForm

SHOWN = 100


@require_GET
@signed_in("everybody looks after their own tokens; none of them is shown")
def tokens(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    mine = ApiToken.objects.filter(membership__user=user)
    mine = mine.select_related("membership__jurisdiction", "membership__user")
    context = {
        "tokens": [_row(token) for token in mine.order_by("-made_at", "-pk")[:SHOWN]],
        "may_make": Membership.objects.current().filter(user=user).exists(),
    }
    return render(request, "account/tokens.html", context)


@require_http_methods(["GET", "POST"])
@signed_in("everybody lets other software act for them, in a session with both steps and freshly signed in")
@shown_lately
def new(request: HttpRequest) -> HttpResponse:
    """The one page that ever shows a token: the answer to the form, and never again."""
    user: Any = request.user
    memberships = list(Membership.objects.current().filter(user=user).with_people())
    form = TokenForm(request.POST if request.method == "POST" else None, memberships=memberships)
    if form.is_valid():
        try:
            token, text = make_token(form.membership, **form.wanted)
        except CannotMakeToken as refusal:
            for problem in refusal.problems:
                form.add_error(None, problem.message)
        else:
            tell_by_mail(user, "token_made")
            return render(request, "account/token_made.html", {"token": _row(token), "text": text})
    context = {"form": form, "may_make": bool(memberships)}
    return render(request, "account/token_new.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in("everybody ends their own tokens")
def end(request: HttpRequest, api_token: int) -> HttpResponse:
    user: Any = request.user
    found = get_object_or_404(
        ApiToken.objects.select_related("membership__user"), pk=api_token, membership__user=user
    )
    end_token(found, by=found.membership)
    messages.success(request, "That token has ended. Whatever used it gets nothing any more.")
    return redirect("account_tokens")


@require_GET
@requires(Permission.AGENCY_MANAGE_PEOPLE)
def of_agency(request: TenantRequest) -> HttpResponse:
    """Every token that opens something in the agency, whose it is, and when it was used last."""
    by = request.membership
    standing = (
        ApiToken.objects.standing()
        .filter(membership__jurisdiction=by.jurisdiction)
        .select_related("membership__user", "membership__jurisdiction")
        .order_by("membership__user__display_name", "-pk")
    )
    found = list(standing)
    audit.record("tokens.listed", about="tokens", by=by, tokens=[token.pk for token in found])
    slug = by.jurisdiction.slug
    context = {
        "tokens": [_row(token) for token in found],
        "slug": slug,
        "crumbs": [("People", reverse("people:list", args=[slug])), ("Tokens of other software", "")],
    }
    return render(request, "people/tokens.html", context)


@require_POST
@requires(Permission.AGENCY_MANAGE_PEOPLE)
def end_in_agency(request: TenantRequest, api_token: int) -> HttpResponse:
    by = request.membership
    found = get_object_or_404(ApiToken, pk=api_token, membership__jurisdiction=by.jurisdiction)
    end_token(found, by=by)
    messages.success(request, "That token has ended. Whatever used it gets nothing any more.")
    return redirect("people:tokens", by.jurisdiction.slug)


def _row(token: ApiToken) -> dict[str, Any]:
    """A token as lists show it; its secret is nowhere."""
    now = timezone.now()
    return {
        "pk": token.pk,
        "name": token.name,
        "prefix": token.prefix,
        "agency": token.membership.jurisdiction.name,
        "slug": token.membership.jurisdiction.slug,
        "person": token.membership,
        "scopes": [ApiToken.Scope(scope).label for scope in token.scopes],
        "made_at": token.made_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "state": _state(token, now),
        "stands": token.is_standing(now),
    }


def _state(token: ApiToken, now: dt.datetime) -> tuple[str, str]:
    """(words, tone)."""
    if token.ended_at is not None or token.membership.left_at is not None:
        return "Ended", "quiet"
    if token.expires_at <= now:
        return "Ran out", "quiet"
    if token.expires_at - now < dt.timedelta(days=14):
        return "Runs out soon", "attention"
    return "Open", "going"
