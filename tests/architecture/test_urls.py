"""Every address stands behind exactly one door; agency pages carry the agency's name."""

import inspect
from collections.abc import Iterator

import pytest
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from jurisdictions.api.door import Api, Door, Scope
from jurisdictions.roles import PartnershipPermission, Permission


def walk(patterns: list, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, route)
        else:
            yield route, pattern


ROUTES = list(walk(get_resolver().url_patterns))
BY_TOKEN = [(route, pattern) for route, pattern in ROUTES if route.startswith("api/v1/")]


def door_of(view: object) -> tuple[str, object]:
    for kind in ("permissions", "public_reason", "signed_in_reason"):
        if found := getattr(view, kind, None):
            return kind, found
    return "", None


@pytest.mark.parametrize(("route", "pattern"), ROUTES, ids=[route for route, _ in ROUTES])
def test_every_url_states_who_may(route: str, pattern: URLPattern) -> None:
    kind, found = door_of(pattern.callback)
    assert kind, f"{route} stands behind no door"
    if kind == "permissions":
        wanted = Permission if route.startswith(("j/", "api/v1/j/")) else PartnershipPermission
        assert all(isinstance(permission, wanted) for permission in found)
    else:
        assert isinstance(found, str)
        assert len(found) > 15, "a reason, not a word"


@pytest.mark.parametrize(("route", "pattern"), ROUTES, ids=[route for route, _ in ROUTES])
def test_agency_pages_carry_the_agency(route: str, pattern: URLPattern) -> None:
    kind, _ = door_of(pattern.callback)
    if route.startswith("j/"):
        assert route.startswith("j/<slug:jurisdiction>/")
        assert kind == "permissions"


@pytest.mark.parametrize(("route", "pattern"), ROUTES, ids=[route for route, _ in ROUTES])
def test_every_url_has_a_name(route: str, pattern: URLPattern) -> None:
    assert pattern.name


def test_every_permission_opens_something() -> None:
    used: set[object] = set()
    for _, pattern in ROUTES:
        kind, found = door_of(pattern.callback)
        if kind == "permissions":
            used |= set(found)
    from reviews.rules.moves import MOVES

    used |= {move.permission for move in MOVES.values()}
    # Which rows, not which page: asked by querysets.
    used.add(Permission.REVIEW_VIEW_ALL)
    assert set(Permission) | set(PartnershipPermission) == used


@pytest.mark.parametrize(("route", "pattern"), BY_TOKEN, ids=[route for route, _ in BY_TOKEN])
def test_every_address_of_the_api_states_its_doors(route: str, pattern: URLPattern) -> None:
    """Each method a permission and a scope of the token; a method without a door is not done."""
    assert route.startswith("api/v1/j/<slug:jurisdiction>/")
    view = pattern.callback.cls
    assert issubclass(view, Api)
    written = {name for name in view.http_method_names if name in vars(view)}
    assert {name.upper() for name in written} | {"HEAD"} >= set(pattern.callback.doors)
    for name in written:
        door = getattr(view, name).door
        assert isinstance(door, Door)
        assert door.permissions
        assert all(isinstance(permission, Permission) for permission in door.permissions)
        assert isinstance(door.scope, Scope)
        # What only reads asks for no more than reading, but of files on their way; what changes, for more.
        reads = name == "get"
        assert door.scope in ({Scope.READ, Scope.IMPORT} if reads else {Scope.WRITE, Scope.IMPORT})
    assert pattern.callback.by_token


def test_nothing_of_the_library_opens_by_default() -> None:
    from rest_framework.settings import api_settings
    from rest_framework.views import APIView

    class Forgotten(APIView):
        def get(self, request: object) -> None:
            raise AssertionError("reached")

    assert Forgotten.as_view()(RequestFactory().get("/")).status_code == 403
    assert api_settings.DEFAULT_AUTHENTICATION_CLASSES == []


def test_views_are_functions() -> None:
    for route, pattern in ROUTES:
        if not route.startswith("account/"):
            assert inspect.isfunction(inspect.unwrap(pattern.callback)), route
