"""Pages for what went wrong. They run no query and need no session; what to do next is on each."""

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from redis.exceptions import RedisError

from jurisdictions.api.problems import API_PATH, ApiProblem, Kind, answer
from jurisdictions.middleware import unavailable


def _page(request: HttpRequest, template: str, kind: Kind) -> HttpResponse:
    """The page; for other software the same as problem details."""
    if request.path_info.startswith(API_PATH):
        return answer(ApiProblem(kind))
    return HttpResponse(render_to_string(template), status=kind.status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page(request, "errors/400.html", Kind.UNREADABLE)


def permission_denied(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page(request, "errors/403.html", Kind.RULE)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page(request, "errors/404.html", Kind.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    # A middleware that reads the session or the person fails before any view, where only this page is asked.
    # Without the cache the limits of signing in cannot be counted, and nobody signs in uncounted.
    if isinstance(sys.exception(), OperationalError | InterfaceError | RedisError):
        return unavailable(request)
    return _page(request, "errors/500.html", Kind.FAILED)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, "errors/403_csrf.html", Kind.RULE)
