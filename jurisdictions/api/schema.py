"""How an address of the API describes itself (OpenAPI 3.1): read from its door, its shapes, and nothing beside them.

drf-spectacular walks the addresses and maps the shapes; what an operation says is ours, so that the door which is asked
and the door which is described are one.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from drf_spectacular.openapi import AutoSchema

from jurisdictions.api.described import Asked, Component, FileOf, Told
from jurisdictions.api.problems import ALWAYS, CONTENT_TYPE, TAKING, Kind

type Json = dict[str, Any]

NUMBER = {"type": "string", "pattern": "^[0-9][0-9.-]{0,19}$"}
KEY = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
PLACES: dict[str, tuple[Json, str]] = {
    "jurisdiction": ({"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}, "The agency’s short name."),
    "number": (NUMBER, "The number of an incident and of its review, or of an edition."),
    "part": ({"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}, "The key of a part of the review."),
    "action": ({"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}, "A move of the table of moves."),
}

_NULL_OR_TEXT: Json = {"type": ["string", "null"]}
PROBLEM: Json = {
    "type": "object",
    "description": "Problem details (RFC 9457). Told by `type`; in words for people in `detail`.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "What to mend in what was sent, each with the place (RFC 6901) and the field’s label.",
            "items": {
                "type": "object",
                "required": ["pointer", "label", "detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "label": _NULL_OR_TEXT,
                    "detail": {"type": "string"},
                },
            },
        },
        "problems": {
            "type": "array",
            "description": "Why it is not possible now, each reason with the place in the review that it is about.",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                    "part": _NULL_OR_TEXT,
                    "entry": {"type": ["integer", "null"]},
                    "item": _NULL_OR_TEXT,
                },
            },
        },
    },
}


class OpenApi(AutoSchema):
    def get_operation(self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any) -> Json:
        self.registry, self.path, self.path_regex, self.path_prefix = registry, path, path_regex, path_prefix
        self.method = method.upper()
        view: Any = self.view
        door = getattr(view, method.lower()).door
        operation: Json = {
            "operationId": f"{method.lower()}_{_snake(type(view).__name__)}",
            "summary": door.summary,
            "description": self._asks_for(door),
            "tags": [path.removeprefix("/").split("/")[4]],
            "parameters": [*_in_path(path), *map(_in_query, door.asks), *_headers(door.takes)],
            "security": [{"token": [str(door.scope)]}],
            "responses": self._responses(door),
        }
        if door.takes is not None:
            operation["requestBody"] = {"required": True, "content": self._content(door.takes, "request")}
        return operation

    def _asks_for(self, door: Any) -> str:
        asked = " or ".join(f"`{permission}`" for permission in door.permissions)
        return f"Asks for the permission {asked} and a token with the scope `{door.scope}`."

    def _content(self, shape: Any, direction: Any) -> Json:
        if isinstance(shape, FileOf):
            return {kind: {"schema": {"type": "string", "format": "binary"}} for kind in shape.types}
        return {"application/json": {"schema": self._described(shape, direction)}}

    def _described(self, shape: Any, direction: Any) -> Json:
        if isinstance(shape, Component):
            return {"$ref": f"#/components/schemas/{shape.name}"}
        ref: Json = self.resolve_serializer(shape(), direction).ref
        return ref

    def _responses(self, door: Any) -> Json:
        told: Json = {
            str(door.status): {"description": "Done." if door.answers is None else "What was asked for."}
        }
        if door.answers is not None:
            told[str(door.status)]["content"] = self._content(door.answers, "response")
        return told | _refusals((*ALWAYS, *(TAKING if door.takes is not None else ()), *door.refuses))

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        if isinstance(field, Told):
            ref = {"$ref": f"#/components/schemas/{field.component}"}
            return {"anyOf": [ref, {"type": "null"}]} if field.allow_null else ref
        mapped: Json = super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        mapped.pop("x-spec-enum-id", None)
        return mapped

    def _map_serializer(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """Nothing is sent or answered beside what a shape lists."""
        schema: Json = super()._map_serializer(serializer, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        if schema.get("type") == "object" and "properties" in schema:
            schema["additionalProperties"] = False
        if not type(serializer).__doc__:
            schema.pop("description", None)  # of the class that it extends
        return schema

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        return type(serializer).__name__


def _refusals(kinds: Iterable[Kind]) -> Json:
    """By status; what is said there stands once among the components (`shared`)."""
    by_status: dict[int, list[Kind]] = defaultdict(list)
    for kind in dict.fromkeys(kinds):
        by_status[kind.status].append(kind)
    return {
        str(status): {"$ref": f"#/components/responses/{_name_of(found)}"}
        for status, found in sorted(by_status.items())
    }


def _name_of(kinds: Iterable[Kind]) -> str:
    """`role-or-scope`."""
    return "-or-".join(kind.code for kind in kinds)


def shared(paths: Json) -> Json:
    """The responses and parameters to which these paths refer, each said once."""
    named = set(re.findall(r"#/components/(?:responses|parameters)/([\w-]+)", str(paths)))
    by_code = {kind.code: kind for kind in Kind}
    refusals = sorted(name for name in named if name.partition("-or-")[0] in by_code)
    return {
        "responses": {name: _refusal(by_code[code] for code in name.split("-or-")) for name in refusals},
        "parameters": {name: _place(name) for name in sorted(named.difference(refusals))},
    }


def _refusal(kinds: Iterable[Kind]) -> Json:
    return {
        "description": " ".join(f"`{kind.code}`: {kind.title}." for kind in kinds),
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _in_path(path: str) -> list[Json]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in re.findall(r"{(\w+)}", path)]


def _place(name: str) -> Json:
    schema, words = PLACES.get(name, (KEY, ""))
    place: Json = {"name": name, "in": "path", "required": True, "schema": schema}
    return place | ({"description": words} if words else {})


def _in_query(asked: Asked) -> Json:
    return {"name": asked.name, "in": "query", "description": asked.words, "schema": dict(asked.schema)}


def _headers(takes: Any) -> list[Json]:
    if not isinstance(takes, FileOf):
        return []
    words = "Names the file: attachment; filename=past-incidents.csv"
    return [
        {
            "name": "Content-Disposition",
            "in": "header",
            "required": True,
            "description": words,
            "schema": {"type": "string", "pattern": "^attachment; filename=[A-Za-z0-9_-]+[.][a-z]+$"},
        }
    ]


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
