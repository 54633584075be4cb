"""The API's description (OpenAPI 3.1): its addresses by their doors and shapes, its answers by the dictionary."""

from functools import lru_cache
from importlib import import_module
from typing import Any

from dictionary.api_schema import components
from dictionary.models import Edition as EditionRow
from dictionary.schema import Edition
from jurisdictions.models import ApiToken

ABOUT = """\
Other software acts for one person in one agency, by a token that the person makes under “Sign-in and security”. It
sees and does what the person's roles allow, as far as the token's scopes reach. What is refused is said as problem
details (RFC 9457). An address of another agency is as one that does not exist."""


def describe(edition: Edition) -> dict[str, Any]:
    """The whole description under this edition of the dictionary."""
    from drf_spectacular.generators import SchemaGenerator  # only who asks for a description pays for it

    from jurisdictions.api.schema import PROBLEM, shared

    generator = SchemaGenerator(patterns=import_module("npcs.api_urls").at_their_place)  # type: ignore[no-untyped-call]
    found: dict[str, Any] = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    found |= {
        "openapi": "3.1.0",
        "info": {"title": "NPCS", "version": "1", "description": ABOUT},
        "security": [{"token": []}],
    }
    schemas = (
        found["components"]["schemas"]
        | {"Problem": PROBLEM, "description": {"type": "object"}}
        | components(edition)
    )
    found["components"] = {
        **shared(found["paths"]),
        "schemas": dict(sorted(schemas.items())),
        "securitySchemes": {
            "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "A token, with scopes: "
                + ", ".join(f"`{scope}` ({scope.label.lower()})" for scope in ApiToken.Scope),
            }
        },
    }
    return found


def in_force() -> dict[str, Any]:
    """The description under the edition in force, made once for it in a process."""
    edition = EditionRow.objects.in_force()
    return _kept(edition.sha256)


@lru_cache(maxsize=2)
def _kept(sha256: str) -> dict[str, Any]:
    return describe(EditionRow.objects.get(sha256=sha256).parsed)
