"""What the API says when it cannot do something: problem details (RFC 9457), in the words that the pages use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError, models
from django.http import Http404, JsonResponse
from redis.exceptions import RedisError
from rest_framework import exceptions

from jurisdictions.rules import Problem, Refused

CONTENT_TYPE = "application/problem+json"
DOCS = "/api/docs/"
API_PATH = "/api/v1/"  # what lies below is asked for by software


class Kind(Enum):
    """Each kind of problem: its code, its status, its title, and what is said where nothing closer is known."""

    UNREADABLE = (
        "unreadable",
        400,
        "The request cannot be read",
        "Check what was sent against the description.",
    )
    NO_TOKEN = (
        "no-token",
        401,
        "A token is needed",
        "Send a token that is open: Authorization: Bearer npcs_… People make one under Sign-in and security.",
    )
    ROLE = "role", 403, "The roles do not open this", "The person of this token has no role that opens this."
    SCOPE = "scope", 403, "The token does not reach so far", "Make a token that may do this."
    RULE = "not-yours", 403, "Not yours to do", "Somebody else does this; the review’s page says who."
    NOT_FOUND = "not-found", 404, "Not found", "There is nothing at this address, or it is not yours to see."
    METHOD = "method", 405, "Not done at this address", "The header Allow says which methods there are."
    STALE = (
        "stale",
        409,
        "Somebody was quicker",
        "Look at what stands now, then send your change with its version.",
    )
    LOOK_ALIKES = "look-alikes", 409, "Incidents look like this one", "Look at them first."
    GONE = "gone", 410, "The file is gone", "Ask for it again: nothing else is lost."
    TOO_LARGE = "too-large", 413, "Too large", "Send less at once."
    MEDIA_TYPE = "media-type", 415, "Not a type that is read here", "Send application/json."
    INVALID = "invalid", 422, "Something has to be mended", "Each entry of errors says where and how."
    REFUSED = "refused", 422, "Not possible now", "Each entry of problems says why."
    TOO_MANY = "too-many", 429, "Too many requests", "Wait as long as the header Retry-After says."
    FAILED = (
        "failed",
        500,
        "Something went wrong here",
        "It is written down. Nothing that was answered before is lost.",
    )
    AWAY = "away", 503, "Not reachable just now", "Try again as the header Retry-After says."

    def __init__(self, code: str, status: int, title: str, words: str) -> None:
        self.code, self.status, self.title, self.words = code, status, title, words


# What every address may say, and what those that take something may.
ALWAYS = (Kind.UNREADABLE, Kind.NO_TOKEN, Kind.ROLE, Kind.SCOPE, Kind.NOT_FOUND, Kind.TOO_MANY, Kind.AWAY)
TAKING = (Kind.TOO_LARGE, Kind.MEDIA_TYPE, Kind.INVALID, Kind.REFUSED, Kind.RULE)


@dataclass(frozen=True)
class Shown:
    """The reading that a refusal is, where it tells what stands: what the audit says of it."""

    kind: str
    about: models.Model | str
    ids: Mapping[str, Any] = field(default_factory=dict)


class ApiProblem(Exception):
    """A refusal of the API itself. `more` are members beside those of the standard; where they tell what stands, it is
    `shown`, and the door records that once what was refused has rolled back."""

    def __init__(
        self,
        kind: Kind,
        detail: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        shown: Shown | None = None,
        **more: Any,
    ) -> None:
        self.kind, self.detail, self.headers, self.more = kind, detail, dict(headers or {}), more
        self.shown = shown
        super().__init__(kind.code)


def refused(problems: Iterable[Problem], *, shown: Shown | None = None) -> ApiProblem:
    """A rule's own reasons, one by one; `shown` where they quote what stands."""
    return ApiProblem(
        Kind.REFUSED,
        shown=shown,
        problems=[
            {
                "code": one.code,
                "detail": one.message,
                "part": one.part or None,
                "entry": one.entry,
                "item": one.item or None,
            }
            for one in problems
        ],
    )


def problem_of(error: Exception) -> ApiProblem | None:
    """The problem that an exception is, or None for what nobody foresaw."""
    match error:
        case ApiProblem():
            return error
        case Refused():
            return refused(error.problems)
        case Http404():
            return ApiProblem(Kind.NOT_FOUND)
        case PermissionDenied():
            return ApiProblem(Kind.RULE)
        case exceptions.MethodNotAllowed():
            return ApiProblem(Kind.METHOD)
        case exceptions.UnsupportedMediaType():
            return ApiProblem(Kind.MEDIA_TYPE)
        case RequestDataTooBig():
            return ApiProblem(Kind.TOO_LARGE)
        case exceptions.ParseError():
            return ApiProblem(Kind.UNREADABLE, str(error.detail))
        case OperationalError() | InterfaceError() | RedisError():
            # Without the database there is nothing to read; without the cache nobody can be counted.
            return away()
    return None


def away() -> ApiProblem:
    return ApiProblem(Kind.AWAY, headers={"Retry-After": "15"})


def answer(problem: ApiProblem) -> JsonResponse:
    """The problem as a response; the same kind says the same bytes, wherever it arose."""
    kind = problem.kind
    said = {
        "type": f"{DOCS}#{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": problem.detail or kind.words,
        **problem.more,
    }
    return JsonResponse(
        said,
        status=kind.status,
        content_type=CONTENT_TYPE,
        headers=problem.headers,
        json_dumps_params={"ensure_ascii": False},
    )
