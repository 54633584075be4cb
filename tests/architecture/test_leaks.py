"""Every address and fragment as every person of Cedar: no marker of Birch, and more of Birch changes no byte.

What may not be seen within Cedar itself is walked in test_leaks_inside.
"""

from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from jurisdictions.models import AuditEvent
from jurisdictions.tenancy import jurisdiction_scope
from npcs.grants import INSERT_ONLY
from tests.architecture.conftest import MARK, Walk
from tests.architecture.test_tables import ISOLATED, MODELS
from tests.architecture.test_urls import ROUTES, door_of
from tests.architecture.walk import (
    POSTABLE,
    READABLE,
    address,
    bodies,
    body_of,
    differing,
    fingerprint,
    read,
    signed_in,
)

pytestmark = pytest.mark.django_db
NO_SCOPE = "no jurisdiction is open"
SWAPPED = (
    "entry",
    "opportunity",
    "message",
    "export",
    "pack",
    "audit_file",
    "person",
    "invitation",
    "upload",
    "run",
    "receipt",
    "figure",
    "api_token",
)
NAMES_EVERY_AGENCY = {"j/<slug:jurisdiction>/directory/"}
# Rows of Birch, wherever they lie; who was refused there is written down there, and that alone may be added.
BIRCHS = {
    model._meta.db_table: "jurisdiction_id = {birch}"
    for model in MODELS
    if any(field.name == "jurisdiction" for field in model._meta.fields)
} | {
    "jurisdictions_jurisdiction": "id = {birch}",
    "jurisdictions_apitoken": "membership_id IN (SELECT id FROM jurisdictions_membership"
    " WHERE jurisdiction_id = {birch})",
    "jurisdictions_auditevent": "jurisdiction_id = {birch} AND outcome <> 'denied'",
}


@pytest.mark.slow
def test_no_address_shows_another_agency_and_more_of_it_changes_nothing(walk: Walk) -> None:
    before = read(walk.overseers, walk.ours)
    for (who, route, fragment), (status, body) in before.items():
        assert status < 500, (who, route)
        # The partnership's directory names every agency, and nothing else of it.
        if who != "partner" and route not in NAMES_EVERY_AGENCY:
            assert MARK.encode() not in body, (who, route, fragment)
        assert f"{MARK}-CASE".encode() not in body
    for n in range(2, 9):
        walk.add_theirs(f"2026-00{n}")
    after = read(walk.overseers, walk.ours, like=before)
    # Whom an agency invited is the partnership's to know.
    assert [asked for asked in differing(before, after) if "partnership" not in asked[1]] == []


@pytest.mark.slow
def test_every_address_of_another_agency_is_as_if_it_were_not_there(walk: Walk) -> None:
    before = rows_of_birch(walk)
    for who, user in walk.people.items():
        client = signed_in(user)
        missing = client.get("/j/no-such-agency/")
        for method, routes in ((client.get, READABLE), (client.post, POSTABLE)):
            for route in (route for route in routes if route.startswith("j/")):
                there = method(address(route, "birch", walk.theirs))
                assert (there.status_code, body_of(there)) == (404, body_of(missing)), (who, route)
    assert rows_of_birch(walk) == before
    with jurisdiction_scope(walk.birch.pk):
        assert AuditEvent.objects.filter(outcome="denied", kind="door.stranger").exists()


@pytest.mark.slow
def test_keys_of_another_agency_open_nothing_in_ones_own(walk: Walk) -> None:
    for who, user in walk.people.items():
        client = signed_in(user)
        for route in READABLE:
            swapped = address(route, "cedar", swapped_keys(walk))
            if route.startswith("j/") and swapped != address(route, "cedar", walk.ours):
                response = client.get(swapped)
                assert response.status_code in {403, 404}, (who, route)
                assert MARK.encode() not in body_of(response)


@pytest.mark.slow
def test_nothing_that_is_posted_changes_a_row_of_another_agency(walk: Walk) -> None:
    """To Cedar's addresses with Birch's keys in the address and in the body; to the partnership's with Birch's."""
    before = rows_of_birch(walk)
    assert sum(count for count, _ in before.values()) > 20
    for who, client in [("nobody", Client())] + [(who, signed_in(user)) for who, user in walk.people.items()]:
        for route in POSTABLE:
            if who == "partner" and "partnership" in route:
                continue  # bringing agencies in is their work
            for body in bodies(route, walk.theirs):
                agency = "cedar" if route.startswith("j/") else "birch"
                for at in {address(route, agency, keys) for keys in (swapped_keys(walk), walk.ours)}:
                    response = client.post(at, **body)
                    assert response.status_code < 500, (who, at)
                    # Whom a signed link invites is told into which agency.
                    assert MARK.encode() not in body_of(response) or "<str:token>" in route, (who, route)
        assert rows_of_birch(walk) == before, who


def swapped_keys(walk: Walk) -> dict[str, Any]:
    """Cedar's keys, and Birch's of everything that has a key of its own."""
    return walk.ours | {key: walk.theirs[key] for key in SWAPPED}


def rows_of_birch(walk: Walk) -> dict[str, tuple[int, str]]:
    with jurisdiction_scope(walk.birch.pk):
        return fingerprint({table: rows.format(birch=walk.birch.pk) for table, rows in BIRCHS.items()})


def test_raw_sql_without_a_scope_is_refused_by_every_isolated_table(walk: Walk) -> None:
    """PostgreSQL asks the policy once it meets a row; an empty table would have nothing to refuse."""
    tables = [model._meta.db_table for model in ISOLATED]
    with jurisdiction_scope(walk.cedar.pk):
        held = fingerprint(dict.fromkeys(tables, "true"))
    assert [table for table, (count, _) in held.items() if not count] == []
    for table in tables:
        for statement in (
            f'SELECT count(*) FROM "{table}"',
            f'UPDATE "{table}" SET jurisdiction_id = jurisdiction_id',
            f'DELETE FROM "{table}"',
        ):
            may_not = "permission denied" if table in INSERT_ONLY and "SELECT" not in statement else NO_SCOPE
            with pytest.raises(ProgrammingError, match=may_not), transaction.atomic():  # noqa: SIM117
                with connection.cursor() as cursor:
                    cursor.execute(statement)


def test_search_finds_nothing_of_another_agency(walk: Walk) -> None:
    client = signed_in(walk.people["coordinator"])
    ours = client.get("/j/cedar/incidents/", {"q": "CEDARMARK"})
    assert b"2026-001" in ours.content
    theirs, nothing = (
        body_of(client.get("/j/cedar/incidents/", {"q": words})).replace(words.encode(), b"")
        for words in (MARK, "QQQQQMARK")
    )
    assert theirs == nothing


def test_a_refused_address_is_behind_a_door_in_the_list() -> None:
    assert all(door_of(pattern.callback)[0] for _, pattern in ROUTES)
