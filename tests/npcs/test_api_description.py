"""The API's description: what is checked in is served, every address is in it, and labels come from one place."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import URLPattern

from dictionary import editions
from jurisdictions.api import Kind
from jurisdictions.models import Jurisdiction, User
from npcs import api_schema
from npcs.docs import API, pages
from reviews.views.report import CONTENT_TYPES
from tests.architecture.test_urls import BY_TOKEN
from tests.tokens import software

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return api_schema.describe(editions.load_folder(editions.latest_folder()))


def test_what_is_checked_in_is_what_the_code_says() -> None:
    assert (DOCS / API).read_text() == pages()[API], "run script/manage write_docs"


def test_every_method_of_every_address_is_described(described: dict[str, Any]) -> None:
    stated = {
        (_path(route), method.lower())
        for route, pattern in BY_TOKEN
        for method in pattern.callback.doors  # type: ignore[union-attr]
        if method != "HEAD"
    }
    told = {(path, method) for path, methods in described["paths"].items() for method in methods}
    assert told == stated
    names = [one["operationId"] for methods in described["paths"].values() for one in methods.values()]
    assert len(names) == len(set(names))


def _path(route: str) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)


def test_every_operation_says_who_and_what_is_refused(described: dict[str, Any]) -> None:
    for methods in described["paths"].values():
        for one in methods.values():
            assert one["security"][0]["token"]
            assert {"401", "403", "404", "429", "503"} <= set(one["responses"])
            assert one["summary"]


def test_every_reference_leads_somewhere_and_nothing_is_left_over(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    named = set(re.findall(r"#/components/schemas/(\w+)", str(described)))
    assert named <= set(schemas)
    left = {name for name in set(schemas) - named if not name.startswith("item_")}
    assert left == set()


def test_what_many_operations_say_alike_stands_once(described: dict[str, Any]) -> None:
    operations = [one for methods in described["paths"].values() for one in methods.values()]
    for one in operations:
        refused = [told for status, told in one["responses"].items() if int(status) >= 400]
        assert all(told.keys() == {"$ref"} for told in refused), one["operationId"]
        assert all(each.keys() == {"$ref"} or each["in"] != "path" for each in one["parameters"])
    for kind in ("responses", "parameters"):
        named = set(re.findall(rf"#/components/{kind}/([\w-]+)", str(operations)))
        assert named == set(described["components"][kind])
    said = [
        str(one) for name, one in described["components"]["schemas"].items() if name.startswith("missing_")
    ]
    assert len(said) == len(set(said))


def test_the_file_keeps_what_is_short_on_its_line() -> None:
    lines = (DOCS / API).read_text().splitlines()
    assert "        '401': {$ref: '#/components/responses/no-token'}" in lines
    assert "      - {const: unmet, title: Not met}" in lines
    assert max(map(len, lines)) < 200


@pytest.mark.django_db
def test_who_has_signed_in_or_has_a_token_reads_it(
    client: Client, coordinator: User, cedar: Jurisdiction
) -> None:
    assert client.get("/api/schema/").status_code == 302
    client.force_login(coordinator)
    served = client.get("/api/schema/")
    assert served.headers["Content-Type"] == "application/json"
    assert served.json()["openapi"] == "3.1.0"
    assert software(coordinator, cedar).get("/api/v1/j/cedar/schema/").json() == served.json()
    assert served.json() == yaml.safe_load((DOCS / API).read_text())


@pytest.mark.django_db
def test_the_page_names_every_operation_and_every_problem(
    client: Client, coordinator: User, described: dict[str, Any]
) -> None:
    client.force_login(coordinator)
    page = client.get("/api/docs/").content.decode()
    files = " or ".join(f"<code>{one}</code>" for one in CONTENT_TYPES.values())
    assert f"200, {files}" in " ".join(page.split())
    for methods in described["paths"].values():
        for one in methods.values():
            assert f'id="{one["operationId"]}"' in page
    for kind in Kind:
        assert f'id="{kind.code}"' in page


def test_a_route_of_the_walk_is_an_address(described: dict[str, Any]) -> None:
    assert all(isinstance(pattern, URLPattern) for _, pattern in BY_TOKEN)
    assert len(BY_TOKEN) >= len(described["paths"])
