"""What happens around every request: an id for the log, no caching, the session's clock, a lost database."""

import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from jurisdictions import devices, factors
from jurisdictions.actions.factors import keep_to_the_cap
from jurisdictions.api.problems import API_PATH, answer, away
from jurisdictions.models import Session

log = logging.getLogger("npcs.request")

type GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestLog:
    """Give each request an id, carried by every log line and audit event; log route, status and time."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id, began = str(uuid.uuid4()), time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        match = request.resolver_match
        log.info(
            "request",
            extra={
                "method": request.method,
                "route": match.view_name if match else "",
                "status": response.status_code,
                "ms": round((time.perf_counter() - began) * 1000, 1),
            },
        )
        response["X-Request-ID"] = request_id
        return response


class DatabaseDown:
    """A lost database is a calm 503 that says when to try again, never a traceback page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError) as error:
            return self._unavailable(request, error)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Views' exceptions arrive here, before the 500 page would be made of them."""
        if isinstance(error, OperationalError | InterfaceError):
            return self._unavailable(request, error)
        return None

    def _unavailable(self, request: HttpRequest, error: Exception) -> HttpResponse:
        log.error("The database did not answer.", exc_info=error)
        return unavailable(request)


def unavailable(request: HttpRequest) -> HttpResponse:
    """The page for a database that is away, and when to try again; for other software the same as problem details."""
    if request.path_info.startswith(API_PATH):
        return answer(away())
    # Without the request: neither the session nor a context processor may ask the database again.
    response = HttpResponse(render_to_string("errors/503.html"), status=503)
    response["Retry-After"] = "15"
    return response


class NoStore:
    """Pages are never kept by the browser or anything on the way."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response


class SessionClock:
    """30 minutes idle (the session's age, pushed on once a minute) and 12 hours in all; and no more of them than a
    person may have."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            now = int(time.time())
            if "began" not in request.session:
                devices.describe(request, now)
            began = request.session["began"]
            if now - began > settings.SESSION_ABSOLUTE_AGE:
                logout(request)
            elif now - request.session.get("seen", 0) >= 60:
                request.session["seen"] = now  # saving it renews the cookie and the row's expiry
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Once in each session, when both factors have been shown: not before, or a password alone could sign its
        person out elsewhere. Here messages can be left, which `__call__` comes too early for."""
        if not request.user.is_authenticated or "counted" in request.session:
            return
        if factors.were_both_shown(request):
            request.session["counted"] = True
            if ended := keep_to_the_cap(request.user, here=request.session.session_key):
                messages.warning(request, _said_of(ended))


def _said_of(ended: list[Session]) -> str:
    """Of whom nobody expects it, the password may be known: so it says where to look."""
    where = ", ".join(session.get_decoded().get("browser", "A browser") for session in ended)
    return (
        f"You were signed in in too many places, so the one used longest ago was signed out: {where}. "
        "If it was not yours, look at “Sign-in and security”."
    )


class SignInRequired(LoginRequiredMiddleware):
    """As Django's, but a script that saves or polls is told in a form it can show."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:  # type: ignore[override]
        if request.content_type == "application/json":
            return JsonResponse({"sign_in": reverse("account_login")}, status=401)
        if request.headers.get("HX-Request"):
            response = HttpResponse(status=401)
            response["HX-Redirect"] = reverse("account_login")
            return response
        return super().handle_no_permission(request, view_func)


class SecondFactorRequired:
    """A sign-in with a password alone opens nothing but the way to a second factor, and the way out.

    What it reaches is marked `one_factor` (jurisdictions.http); a test walks every address and asks.
    """

    WORDS = (
        "Your sign-in needs a second step. Open any page of NPCS to set it up; what you typed is still here."
    )

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        # The API knows tokens only, whatever session comes along (jurisdictions.api).
        if getattr(view, "by_token", False) or getattr(view, "one_factor_reason", ""):
            return None
        if not request.user.is_authenticated or factors.were_both_shown(request):
            return None
        if request.content_type == "application/json":
            told = {"message": self.WORDS, "second_factor": reverse("account_enrol")}
            return JsonResponse(told, status=403)
        if request.headers.get("HX-Request"):
            return HttpResponse(self.WORDS, status=403, content_type="text/plain; charset=utf-8")
        if request.method == "GET":
            request.session[factors.WANTED] = request.get_full_path()
        return redirect("account_enrol")
