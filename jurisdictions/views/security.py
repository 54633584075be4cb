"""“Sign-in and security”: one's own ways to sign in, and where one is signed in."""

from typing import Any

from allauth.account.views import PasswordChangeView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jurisdictions import devices, factors
from jurisdictions.accounts import tell_by_mail
from jurisdictions.actions.factors import CannotRemoveFactor, end_sessions, remove_factor
from jurisdictions.http import shown_lately, signed_in
from jurisdictions.models import ApiToken
from jurisdictions.rules import problems_before_removing_factor

FEW_CODES = 3


class PasswordChange(PasswordChangeView):
    """django-allauth's page, told how many tokens go on opening something: a new password ends none of them."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        user: Any = self.request.user
        return context | {"tokens": ApiToken.objects.standing().filter(membership__user=user).count()}


password_change = PasswordChange.as_view()


@require_GET
@signed_in("everybody looks after their own sign-in")
def security(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    kept = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    left = len(RecoveryCodes(kept).get_unused_codes()) if kept else 0
    found = list(factors.main_factors(user))
    context = {
        "email": user.email,
        "factors": [
            {
                "pk": factor.pk,
                "name": _name_of(factor),
                "since": factor.created_at,
                "used_at": factor.last_used_at,
                "removable": len(found) > 1,
            }
            for factor in found
        ],
        "has_app": any(factor.type == Authenticator.Type.TOTP for factor in found),
        "codes_left": left,
        "few_codes": left <= FEW_CODES,
        "devices": devices.devices_of(user, request.session.session_key),
    }
    return render(request, "account/security.html", context)


@require_http_methods(["GET", "POST"])
@signed_in("everybody takes their own second steps away, never the last")
@shown_lately
def remove(request: HttpRequest, factor: int) -> HttpResponse:
    user: Any = request.user
    found = get_object_or_404(factors.main_factors(user), pk=factor)
    problems, status = problems_before_removing_factor(found), 200
    if request.method == "POST":
        mail = "totp_deactivated" if found.type == Authenticator.Type.TOTP else "webauthn_removed"
        try:
            remove_factor(found, here=request.session.session_key)
        except CannotRemoveFactor as refusal:
            problems, status = refusal.problems, 422
        else:
            tell_by_mail(user, mail)
            messages.success(request, "It is removed. Everywhere else you were signed out.")
            return redirect("account_security")
    context = {
        "name": _name_of(found),
        "problems": [(problem.message, problem.url) for problem in problems],
    }
    return render(request, "account/factor_remove.html", context, status=status)


@require_POST
@signed_in("everybody ends their own sessions")
def end_one(request: HttpRequest, mark: str) -> HttpResponse:
    user: Any = request.user
    for session in devices.sessions_of(user):
        if devices.mark_of(session.session_key) != mark:
            continue
        if session.session_key == request.session.session_key:
            logout(request)
            return redirect("account_login")
        session.delete()
        messages.success(request, "That session has ended.")
        return redirect("account_security")
    raise Http404


@require_POST
@signed_in("everybody ends their own sessions")
def end_others(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    end_sessions(user, but=request.session.session_key)
    messages.success(request, "You are signed in only here now.")
    return redirect("account_security")


def _name_of(factor: Authenticator) -> str:
    return "Authenticator app" if factor.type == Authenticator.Type.TOTP else WebAuthn(factor).name
