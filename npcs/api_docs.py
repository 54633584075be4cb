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
from jurisdictions.api.problems import ALWAYS
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
    "figures": "Yearly figures",
    "people": "People",
    "schema": "This description",
}
WORDS = {
    "string": "text",
    "integer": "whole number",
    "boolean": "true or false",
    "date-time": "moment",
    "object": "object",
}


@dataclass(frozen=True)
class Operation:
    """One operation as the page draws it; what every one may refuse is said once, above them."""

    id: str
    method: str
    path: str
    summary: str
    asks_for: str
    parameters: list[tuple[str, str, str]]
    takes: list[str]
    status: str
    answers: list[str]
    refusals: list[tuple[str, str]]


@dataclass(frozen=True)
class Described:
    """One shape as the page draws it: of each field (name, type in words, the shape or item that it is, meaning)."""

    name: str
    about: str
    fields: list[tuple[str, str, str, str]]


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
    for path, methods in described["paths"].items():
        for method, one in methods.items():
            groups.setdefault(one["tags"][0], []).append(
                _operation(path, method, one, described["components"])
            )
    context = {
        "base": f"{settings.BASE_URL}/api/v1/j/",
        "scopes": [(str(scope), scope.label) for scope in ApiToken.Scope],
        "groups": [(tag, TITLES[tag], groups[tag]) for tag in TITLES if tag in groups],
        "shapes": [
            _shape(name, one) for name, one in described["components"]["schemas"].items() if _is_ours(name)
        ],
        "always": [(kind.status, kind.code) for kind in ALWAYS],
        "kinds": list(Kind),
        "calls": settings.API_CALLS_A_MINUTE,
        "crumbs": [("My work", "/"), ("How other software talks to NPCS", "")],
    }
    return render(request, "api/docs.html", context)


def _operation(path: str, method: str, one: dict[str, Any], shared: dict[str, Any]) -> Operation:
    status = next(status for status in one["responses"] if int(status) < 400)
    parameters = [shared["parameters"].get(_ref(each), each) for each in one["parameters"]]
    given = [parameter for parameter in parameters if parameter["name"] != "jurisdiction"]
    return Operation(
        id=one["operationId"],
        method=method.upper(),
        path=path.replace("{jurisdiction}", "{agency}"),
        summary=one["summary"],
        asks_for=one["description"].replace("`", ""),
        parameters=[(each["name"], each["in"], each.get("description", "")) for each in given],
        takes=_named(one.get("requestBody", {})),
        status=status,
        answers=_named(one["responses"][status]),
        refusals=list(_refusals(one["responses"], shared["responses"])),
    )


def _refusals(responses: dict[str, Any], shared: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(status, kinds) of what not every operation may say."""
    usual = {kind.code for kind in ALWAYS}
    for status, told in responses.items():
        words = shared.get(_ref(told), told)["description"]
        kinds = [code for code in re.findall(r"`([a-z-]+)`", words) if code not in usual]
        if int(status) >= 400 and kinds:
            yield status, ", ".join(kinds)


def _named(body: dict[str, Any]) -> list[str]:
    """The shape of a body by its name, or the types of a file."""
    return [_ref(told["schema"]) or kind for kind, told in body.get("content", {}).items()]


def _is_ours(name: str) -> bool:
    """Whether the page shows a shape; what each item of the dictionary may be is the codebook's to say."""
    of_items = ("item_", "save_", "code_", "entry_", "missing_", "saved_")
    return not name.startswith(of_items) and name not in {
        "Problem",
        "description",
        "value",
    }


def _shape(name: str, one: dict[str, Any]) -> Described:
    fields = [
        (key, _type(field), _ref_in(field), field.get("description", "").partition("\n")[0])
        for key, field in one.get("properties", {}).items()
    ]
    return Described(name, one.get("description", ""), fields)


def _type(field: dict[str, Any]) -> str:
    """`text or null`, `list of`, in words; empty where it is another shape."""
    if "anyOf" in field:
        either = " or ".join(filter(None, map(_type, field["anyOf"])))
        return f"{either} or" if _ref_in(field) else either
    if field.get("type") == "array":
        return f"list of {_type(field['items'])}".strip()
    kinds = field.get("type", [])
    words = [WORDS.get(each, each) for each in ([kinds] if isinstance(kinds, str) else kinds)]
    if "enum" in field:
        words[:1] = ["one of " + ", ".join(str(code) for code in field["enum"] if code is not None)]
    elif "format" in field:
        words[:1] = [WORDS.get(field["format"], field["format"])]
    return " or ".join(words)


def _ref_in(field: dict[str, Any]) -> str:
    """The shape or item that a field is, or is a list of."""
    inside = [field, field.get("items", {}), *field.get("anyOf", ())]
    return next(filter(None, map(_ref, inside)), "")


def _ref(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
