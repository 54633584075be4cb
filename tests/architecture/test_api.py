"""Every address of the API, every method: the five questions; no byte of another agency or of a hidden review."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from jurisdictions.api.door import Door, Scope
from jurisdictions.models import Jurisdiction, User
from jurisdictions.roles import Role, allowed
from tests.architecture.conftest import HIDDEN, MARK, Walk
from tests.architecture.test_leaks import rows_of_birch, swapped_keys
from tests.architecture.test_urls import BY_TOKEN
from tests.architecture.walk import address, body_of
from tests.cast import make_person
from tests.tokens import EVERY, Software, software

pytestmark = pytest.mark.django_db
BY_METHOD: list[tuple[str, str, Door]] = [
    (route, method, door)
    for route, pattern in BY_TOKEN
    for method, door in pattern.callback.doors.items()  # type: ignore[union-attr]
]
DOORS = {(route, method): door for route, method, door in BY_METHOD}
READ = [route for route, method, _ in BY_METHOD if method == "GET"]
CHANGED = [(route, method) for route, method, _ in BY_METHOD if method not in ("GET", "HEAD")]
NUMBERED = (
    "entry",
    "export",
    "figure",
    "own",
    "pack",
    "person",
    "receipt",
    "remark",
    "run",
    "sequence",
    "upload",
)
NOWHERE = dict.fromkeys(NUMBERED, 1) | {"number": "2026-001"}

type Reading = dict[tuple[str, str], tuple[int, bytes]]


@pytest.fixture(autouse=True)
def _uncounted(settings: Any) -> None:
    settings.API_CALLS_A_MINUTE = settings.API_REFUSALS_A_MINUTE = 1_000_000


def at(route: str, agency: str, keys: dict[str, Any]) -> str:
    keys = keys | ({"number": "1.0"} if "dictionary/" in route else {})
    return address(route, agency, keys)


def asked(client: Client, agency: str) -> Iterator[tuple[str, str, Any]]:
    """Each method of each address of this agency, with nothing in its body; HEAD, which says nothing, says the same."""
    for route, method, _ in BY_METHOD:
        if method == "HEAD":
            head, get = (client.generic(one, at(route, agency, NOWHERE)) for one in ("HEAD", "GET"))
            assert (head.status_code, head.content) == (get.status_code, b"")
            continue
        yield route, method, client.generic(method, at(route, agency, NOWHERE))


def kind_of(answer: Any) -> tuple[int, str]:
    is_problem = answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].rpartition("#")[2] if is_problem else ""


def test_without_a_token_and_with_a_session_nothing_opens(client: Client, coordinator: User) -> None:
    for who in (Client(), client):
        for route, method, answer in asked(who, "cedar"):
            assert kind_of(answer) == (401, "no-token"), (route, method)
        client.force_login(coordinator)


def test_another_agency_s_token_finds_nothing_whatever_is_asked(
    cedar: Jurisdiction, birch: Jurisdiction, outsider: User
) -> None:
    client = software(outsider, birch)
    nowhere = [answer.content for _, _, answer in asked(client, "no-such-agency")]
    there = list(asked(client, "cedar"))
    assert [answer.content for _, _, answer in there] == nowhere
    assert len(set(nowhere)) == 1
    for route, method, answer in there:
        assert kind_of(answer) == (404, "not-found"), (route, method)


def test_a_token_reaches_as_far_as_its_scopes(cedar: Jurisdiction) -> None:
    every = make_person("every", cedar, *(role for role in Role if role is not Role.GUEST))
    for scope in Scope:
        others = [one for one in EVERY if one != scope]
        client = software(every, cedar, *others)
        for route, method, answer in asked(client, "cedar"):
            refused = kind_of(answer) == (403, "scope")
            assert refused == (DOORS[route, method].scope == scope), (route, method, scope)


def test_a_role_opens_what_it_carries(cedar: Jurisdiction) -> None:
    for role in Role:
        person = make_person(f"only_{role}", cedar, role)
        if role is Role.GUEST:
            continue  # makes no token (tests/jurisdictions/test_tokens)
        client = software(person, cedar)
        for route, method, answer in asked(client, "cedar"):
            carried = any(allowed([role], permission) for permission in DOORS[route, method].permissions)
            assert (kind_of(answer) != (403, "role")) == carried, (route, method, role)
            assert answer.status_code < 500, (route, method, role)


def tokens(people: dict[str, User], agency: Jurisdiction) -> dict[str, Software]:
    """A token of everybody's who can have one; a guest's and the partnership's people have none."""
    return {
        who: software(user, agency)
        for who, user in people.items()
        if who not in {"partner", "guest", "approver"}
    }


def read(clients: dict[str, Software], keys: dict[str, Any]) -> Reading:
    got: Reading = {}
    for who, client in clients.items():
        for route in READ:
            answer = client.get(at(route, "cedar", keys))
            got[who, route] = (answer.status_code, body_of(answer))
    return got


@pytest.mark.slow
def test_no_answer_tells_of_another_agency_or_of_a_hidden_review(walk: Walk) -> None:
    overseers, unseated = (tokens(people, walk.cedar) for people in (walk.overseers, walk.unseated))
    seen, hidden = read(overseers, walk.ours), read(unseated, walk.ours)
    for (who, route), (status, body) in (seen | hidden).items():
        assert status < 500, (who, route)
        assert MARK.encode() not in body, (who, route)
    for (who, route), (_, body) in hidden.items():
        assert HIDDEN.encode() not in body, (who, route)
        assert b"2026-901" not in body, (who, route)
    assert sum(b"CEDARMARK" in body for _, body in seen.values()) > 10
    for n in range(2, 5):
        walk.add_theirs(f"2026-00{n}")
    assert read(overseers, walk.ours) == seen
    for n in range(2, 5):
        walk.add_hidden(f"2026-90{n}")
    # Who works with the agency is no secret of a review.
    after = {asked: got for asked, got in read(unseated, walk.ours).items() if "people/" not in asked[1]}
    assert after == {asked: got for asked, got in hidden.items() if "people/" not in asked[1]}


@pytest.mark.slow
def test_keys_of_another_agency_open_and_change_nothing(walk: Walk) -> None:
    clients, before = tokens(walk.people, walk.cedar), rows_of_birch(walk)
    swapped = swapped_keys(walk) | {key: walk.theirs[key] for key in ("remark",)}
    for who, client in clients.items():
        for route in READ:
            path = at(route, "cedar", swapped)
            if path != at(route, "cedar", walk.ours):
                answer = client.get(path)
                assert answer.status_code in {403, 404}, (who, route)
                assert MARK.encode() not in body_of(answer)
        for route, method in CHANGED:
            for body in bodies(route, walk.theirs):
                for keys in (swapped, walk.ours):
                    answer = client.send(method, at(route, "cedar", keys), body)
                    assert answer.status_code < 500, (who, route, body)
                    assert MARK.encode() not in body_of(answer), (who, route)
    assert rows_of_birch(walk) == before


def bodies(route: str, keys: dict[str, Any]) -> list[dict[str, Any]]:
    """What names another agency's keys wherever a body takes one."""
    child = {"entry": keys["entry"], "sex": "male"}
    facts = {"incident_type": "fatality", "occurred_on": "2026-03-03", "children": [child]}
    person = keys["person"]
    return {
        "answers/": [
            {"item": "need_statement", "entry": keys["entry"], "version": 1, "value": "Words."},
            {"item": "opportunity_evidence", "entry": keys["entry"], "version": 0, "value": [keys["entry"]]},
        ],
        "facts/": [facts | {"version": 1}],
        "incidents/": [facts | {"another": True}],
        "data/": [{"groups": ["approved"]}],
        "exports/": [{"county": "Alder"}],
        "figures/": [{"name": "children", "year": 2020, "value": "1", "source": "Ours"}],
        "figures/<int:figure>/": [{"value": "3", "note": "Words."}],
        "guests/": [{"person": person, "until": "2099-01-01"}],
        "hand-over/": [{"to": person}],
        "statement/": [{"statement": "no_conflict"}],
        "team/": [{"lead": person, "team": [person]}],
        "selection/": [{"decision": "select", "reasons": ["open_case_at_event"], "lead": person}],
        "runs/": [{"keeps": False}],
        "sheet/": [{"sheet": 0, "header_row": 1}],
    }.get("".join(route.rpartition("/")[0].rpartition("/")[2:]) + "/", [{}])
