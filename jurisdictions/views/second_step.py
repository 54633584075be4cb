"""The second step of signing in: showing it, setting it up the first time or anew, and the recovery codes."""

import base64
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods

from jurisdictions import factors
from jurisdictions.accounts import tell_by_mail
from jurisdictions.actions.factors import add_passkey, renew_recovery_codes, set_up_app
from jurisdictions.factor_forms import AppForm, NewPasskeyForm, asked_of_browser
from jurisdictions.http import View, one_factor, shown_lately, signed_in

# What the session remembers on the way.
SECRET, UNSAVED = "app_secret", "codes_not_saved"


class SecondStep(AuthenticateView):
    """django-allauth's page, told which of the two ways this person has."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        has = set(factors.main_factors(self.stage.login.user).values_list("type", flat=True))
        return context | {
            "has_app": Authenticator.Type.TOTP in has,
            "has_passkey": Authenticator.Type.WEBAUTHN in has,
            "asked_of_browser": asked_of_browser(context["js_data"]["request_options"]),
        }


second_step = SecondStep.as_view()


def may_add(view: View) -> View:
    """Who has no second step yet may set one up; who has shown theirs may add one, freshly signed in.

    A session with a password alone, of somebody who has one, has to show it: it signs in again.
    """
    fresh = shown_lately(view)

    @wraps(view)
    def door(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if factors.were_both_shown(request):
            return fresh(request, **kwargs)
        if factors.main_factors(request.user).exists():  # type: ignore[arg-type]
            logout(request)
            return redirect("account_login")
        return view(request, **kwargs)

    return door


_way_in: Callable[[View], View] = one_factor("it leads out of having a password alone")


@require_http_methods(["GET", "POST"])
@_way_in
@signed_in("everybody sets up their own second step")
@may_add
def enrol(request: HttpRequest) -> HttpResponse:
    """An authenticator app: a picture to scan, the same as text, and a code that proves it came across."""
    user: Any = request.user
    sealed = request.session.get(SECRET) or factors.seal(generate_totp_secret())
    secret = factors.unseal(sealed)
    form = AppForm(request.POST if request.method == "POST" else None, user=user, secret=secret)
    if form.is_valid():
        factor = set_up_app(user, secret=secret, here=request.session.session_key)
        request.session.pop(SECRET, None)
        return _go_on(request, factor, "totp_activated")
    request.session[SECRET] = sealed
    adapter = get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(user, secret)).encode()
    context = {
        "form": form,
        "is_first": not factors.were_both_shown(request),
        "picture": "data:image/svg+xml;base64," + base64.b64encode(picture).decode(),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    }
    return render(request, "account/enrol.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@_way_in
@signed_in("everybody adds their own passkeys")
@may_add
def enrol_passkey(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = NewPasskeyForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        factor = add_passkey(user, name=form.cleaned_data["name"], credential=form.cleaned_data["credential"])
        return _go_on(request, factor, "webauthn_added")
    context = {
        "form": form,
        "is_first": not factors.were_both_shown(request),
        "asked_of_browser": asked_of_browser(webauthn.begin_registration(user, False)),
    }
    return render(request, "account/enrol_passkey.html", context, status=422 if form.errors else 200)


def _go_on(request: HttpRequest, factor: Authenticator, mail: str) -> HttpResponse:
    """The first time to the recovery codes; later to where one's own sign-in is looked after."""
    is_first = not factors.were_both_shown(request)
    if is_first:
        factors.note_shown(request, factor)
        request.session[UNSAVED] = True
    tell_by_mail(factor.user, mail)
    if is_first:
        return redirect("account_recovery_codes")
    messages.success(request, "It is set up. You can sign in with it from now on.")
    return redirect("account_security")


# -- Recovery codes -------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@signed_in("everybody saves their own recovery codes, once")
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Shown in the session that made them until its person says that they are saved; never again after that."""
    if not request.session.get(UNSAVED):
        return redirect("account_security")
    if request.method == "POST":
        del request.session[UNSAVED]
        return redirect(_wanted(request))
    return render(request, "account/recovery_codes.html", {"codes": _codes(request)})


@require_GET
@signed_in("everybody saves their own recovery codes, once")
def recovery_codes_file(request: HttpRequest) -> HttpResponse:
    if not request.session.get(UNSAVED):
        return redirect("account_security")
    lines = [
        "NPCS recovery codes. Each one works once, in place of the code of your app.",
        "",
        *_codes(request),
    ]
    return HttpResponse(
        "\r\n".join(lines) + "\r\n",
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="npcs-recovery-codes.txt"'},
    )


@require_http_methods(["GET", "POST"])
@signed_in("everybody renews their own recovery codes")
@shown_lately
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    if request.method == "POST":
        renew_recovery_codes(user)
        tell_by_mail(user, "recovery_codes_generated")
        request.session[UNSAVED] = True
        return redirect("account_recovery_codes")
    return render(request, "account/recovery_codes_new.html")


def _codes(request: HttpRequest) -> list[str]:
    """In two groups of four, as people copy them."""
    kept = get_object_or_404(Authenticator, user=request.user, type=Authenticator.Type.RECOVERY_CODES)
    return [f"{code[:4]} {code[4:]}" for code in RecoveryCodes(kept).get_unused_codes()]


def _wanted(request: HttpRequest) -> str:
    """The page that the person was on the way to, of this site only."""
    wanted = request.session.pop(factors.WANTED, "")
    return wanted if url_has_allowed_host_and_scheme(wanted, None) else "account_security"
