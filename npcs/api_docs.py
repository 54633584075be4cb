"""The API's description, as a document for software and as a page for people."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jurisdictions.api import Api, ApiRequest, Kind, door
from jurisdictions.api.described import Component
from jurisdictions.api.door import Scope
from jurisdictions.http import signed_in
from jurisdictions.models import ApiToken
from jurisdictions.roles import Permission
from npcs import api_schema

REASON = "The description holds the dictionary’s questions and no answers; who makes a token may read it."
TITLES = {
    "dictionary": "Dictionary",
    "incidents": "Incidents",
    "reviews": "Reviews",
    "imports": "Files that come in",
    "people": "People",
    "schema": "This description",
}


@dataclass(frozen=True)
class Operation:
    """One operation as the page draws it."""

    id: str
    method: str
    path: str
    summary: str
    asks_for: str
    parameters: list[tuple[str, str, str]]
    takes: str
    answers: str
    refusals: list[tuple[str, str]]


@require_GET
@signed_in(REASON)
def schema(request: HttpRequest) -> JsonResponse:
    return JsonResponse(api_schema.in_force(), json_dumps_params={"ensure_ascii": False})


class SchemaByToken(Api):
    @door(
        Permission.HOME_VIEW,
        scope=Scope.READ,
        summary="Read this description, with a token",
        answers=Component("description"),
    )
    def get(self, request: ApiRequest) -> dict[str, Any]:
        return api_schema.in_force()


@require_GET
@signed_in(REASON)
def docs(request: HttpRequest) -> HttpResponse:
    described = api_schema.in_force()
    groups: dict[str, list[Operation]] = {}
    for tag, operation in _operations(described):
        groups.setdefault(tag, []).append(operation)
    context = {
        "about": api_schema.ABOUT,
        "base": f"{settings.BASE_URL}/api/v1/j/",
        "scopes": [(str(scope), scope.label) for scope in ApiToken.Scope],
        "groups": [(tag, TITLES[tag], groups[tag]) for tag in TITLES if tag in groups],
        "kinds": list(Kind),
        "calls": settings.API_CALLS_A_MINUTE,
        "crumbs": [("My work", "/"), ("How other software talks to NPCS", "")],
    }
    return render(request, "api/docs.html", context)


def _operations(described: dict[str, Any]) -> Iterator[tuple[str, Operation]]:
    for path, methods in described["paths"].items():
        for method, one in methods.items():
            kinds = {status: told for status, told in one["responses"].items() if int(status) >= 400}
            yield (
                one["tags"][0],
                Operation(
                    id=one["operationId"],
                    method=method.upper(),
                    path=path.replace("{jurisdiction}", "{agency}"),
                    summary=one["summary"],
                    asks_for=one["description"].replace("`", ""),
                    parameters=[
                        (given["name"], given["in"], given.get("description", ""))
                        for given in one["parameters"]
                        if given["name"] != "jurisdiction"
                    ],
                    takes=_named(one.get("requestBody", {}).get("content", {})),
                    answers=_answer(one["responses"]),
                    refusals=[
                        (status, ", ".join(re.findall(r"`([a-z-]+)`", told["description"])))
                        for status, told in kinds.items()
                    ],
                ),
            )


def _answer(responses: dict[str, Any]) -> str:
    status = next(status for status in responses if int(status) < 400)
    return f"{status}, {_named(responses[status].get('content', {})) or 'nothing'}"


def _named(content: dict[str, Any]) -> str:
    """The shape of a body by its name, or the type of a file."""
    return " or ".join(
        told["schema"]["$ref"].rpartition("/")[2] if "$ref" in told["schema"] else kind
        for kind, told in content.items()
    )
