"""The one door of the API: who asks by which token, in which agency, how far the token reaches, what the roles allow.

Every method of every address states it with `door`; a method that does not is refused, and a test walks them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jurisdictions import audit
from jurisdictions.api import limits
from jurisdictions.api.problems import ApiProblem, Kind, Shown, answer, problem_of
from jurisdictions.api.reading import AlwaysJson, Json, JsonBody
from jurisdictions.api.tokens import token_of
from jurisdictions.models import ApiToken, Jurisdiction, Membership, User
from jurisdictions.roles import Permission
from jurisdictions.tenancy import jurisdiction_scope

Scope = ApiToken.Scope
LONGEST_QUESTION = 2_000
type Method = Callable[..., Any]


class ApiRequest(Request):
    """A request behind the API's door: who asks is a membership, and its agency's scope is open."""

    user: User
    auth: ApiToken
    membership: Membership


@dataclass(frozen=True)
class Door:
    """What one method of an address asks for, and what it takes and answers: the schema is written from it."""

    permissions: tuple[Permission, ...]
    scope: ApiToken.Scope
    summary: str
    takes: Any = None
    answers: Any = None
    status: int = 200
    refuses: tuple[Kind, ...] = ()
    asks: tuple[Any, ...] = ()  # query parameters


def door(
    *permissions: Permission,
    scope: ApiToken.Scope,
    summary: str,
    takes: Any = None,
    answers: Any = None,
    status: int = 200,
    refuses: tuple[Kind, ...] = (),
    asks: tuple[Any, ...] = (),
) -> Callable[[Method], Method]:
    """Any one of the permissions, and a token of this scope. The method runs in the one transaction that the agency's
    scope is: whatever it raises rolls back all that it wrote."""
    stated = Door(permissions, scope, summary, takes, answers, status, refuses, asks)

    def decorate(method: Method) -> Method:
        @wraps(method)
        def behind(view: Api, request: ApiRequest, jurisdiction: str, **kwargs: Any) -> Any:
            # The door has compared the agency; what is behind it knows it from the membership.
            with jurisdiction_scope(request.membership.jurisdiction_id):
                given = method(view, request, **kwargs)
            return Response(given, status=status) if given is None or isinstance(given, dict) else given

        behind.door = stated  # type: ignore[attr-defined]
        return behind

    return decorate


class ByToken(BaseAuthentication):
    """A token and nothing else: a browser's session opens nothing here, and so nothing here needs a CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken]:
        token = token_of(request._request)
        limits.count_call(token.pk)
        structlog.contextvars.bind_contextvars(token=token.pk)  # in every log line and event of this request
        return token.membership.user, token


class Api(APIView):
    """An address of the API. Each of its methods stands behind a `door`."""

    authentication_classes = (ByToken,)
    permission_classes = ()
    throttle_classes = ()
    parser_classes: tuple[type[BaseParser], ...] = (JsonBody,)
    renderer_classes = (Json,)
    content_negotiation_class = AlwaysJson
    http_method_names = ["get", "head", "post", "put", "delete"]

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view = super().as_view(**initkwargs)
        view.doors = doors_of(cls)  # type: ignore[attr-defined]
        asked = [permission for one in doors_of(cls).values() for permission in one.permissions]
        view.permissions = tuple(dict.fromkeys(asked))  # type: ignore[attr-defined]
        view.by_token = True  # type: ignore[attr-defined]
        return view

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {}  # which methods an address has is said where one was asked for that it has not

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Who asks, then in which agency, then how far the token reaches and what the roles allow."""
        slug = kwargs["jurisdiction"]
        self.format_kwarg = None
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        self.perform_authentication(request)
        membership: Membership = request.auth.membership
        if membership.jurisdiction.slug != slug:
            aimed_at = Jurisdiction.objects.filter(slug=slug).values_list("pk", flat=True).first()
            self._refused("door.stranger", aimed_at)
            raise Http404
        stated: Door | None = doors_of(type(self)).get(request.method)
        if stated is None:
            raise exceptions.MethodNotAllowed(request.method)
        if stated.scope not in request.auth.scopes:
            self._refused("door.token_scope", membership.jurisdiction_id)
            raise ApiProblem(Kind.SCOPE, f"This asks for a token that may “{stated.scope.label}”.")
        if not any(map(membership.allows, stated.permissions)):
            self._refused("door.role", membership.jurisdiction_id)
            raise ApiProblem(Kind.ROLE)
        if len(request._request.META.get("QUERY_STRING", "")) > LONGEST_QUESTION:
            raise exceptions.ParseError(f"An address asks at most {LONGEST_QUESTION:,} characters.")
        if unknown := sorted(set(request.query_params) - {one.name for one in stated.asks}):
            raise exceptions.ParseError(f"{unknown[0][:40]} is not asked here. {_asked(stated)}")
        request._request.membership = membership

    def handle_exception(self, exc: Exception) -> Any:
        problem = problem_of(exc)
        if problem is None:
            raise exc
        membership: Any = getattr(self.request._request, "membership", None)
        if membership is not None and isinstance(exc, Http404 | PermissionDenied):
            kind = "door.not_visible" if isinstance(exc, Http404) else "door.rule"
            self._refused(kind, membership.jurisdiction_id)
        if problem.shown is not None:
            _record_reading(problem.shown, by=membership)
        if problem.kind is Kind.METHOD:
            problem.headers["Allow"] = ", ".join(sorted(doors_of(type(self))))
        return answer(problem)

    def _refused(self, kind: str, jurisdiction_id: int | None) -> None:
        match = self.request._request.resolver_match
        audit.record_denial(
            kind,
            jurisdiction_id=jurisdiction_id,
            by=self.request.auth.membership.user,  # type: ignore[union-attr]
            about=match.view_name if match else "",
        )


def _record_reading(shown: Shown, *, by: Membership) -> None:
    """In a short scope of its own, as a denial is: no audit row, no content."""
    with jurisdiction_scope(by.jurisdiction_id):
        audit.record(shown.kind, about=shown.about, by=by, **shown.ids)


def _asked(stated: Door) -> str:
    return f"There are: {', '.join(one.name for one in stated.asks)}." if stated.asks else "Nothing is."


def may_read(request: ApiRequest) -> bool:
    """Whether the token opens content: to another one, a refused change does not tell what stands."""
    return Scope.READ in request.auth.scopes


def doors_of(view: type[Api]) -> dict[str, Door]:
    """The door before each method; HEAD has that of GET."""
    doors = {
        name.upper(): found
        for name in view.http_method_names
        if (found := getattr(getattr(view, name, None), "door", None)) is not None
    }
    return doors | ({"HEAD": doors["GET"]} if "GET" in doors else {})
