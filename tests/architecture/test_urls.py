"""Every address stands behind exactly one door; agency pages carry the agency's name."""

import inspect
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from jurisdictions.roles import PartnershipPermission, Permission


def walk(patterns: list, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, route)
        else:
            yield route, pattern


ROUTES = list(walk(get_resolver().url_patterns))


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
        wanted = Permission if route.startswith("j/") else PartnershipPermission
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


def test_views_are_functions() -> None:
    for route, pattern in ROUTES:
        if not route.startswith("account/"):
            assert inspect.isfunction(inspect.unwrap(pattern.callback)), route
