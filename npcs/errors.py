"""Pages for what went wrong. They run no query and need no session; what to do next is on each."""

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from redis.exceptions import RedisError

from jurisdictions.middleware import unavailable


def _page(template: str, status: int) -> HttpResponse:
    return HttpResponse(render_to_string(template), status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page("errors/400.html", 400)


def permission_denied(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page("errors/403.html", 403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page("errors/404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    # A middleware that reads the session or the person fails before any view, where only this page is asked.
    # Without the cache the limits of signing in cannot be counted, and nobody signs in uncounted.
    if isinstance(sys.exception(), OperationalError | InterfaceError | RedisError):
        return unavailable()
    return _page("errors/500.html", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page("errors/403_csrf.html", 403)
