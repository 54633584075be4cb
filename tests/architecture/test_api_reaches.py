"""What people do on an agency's pages, other software can do; or it is left to people, and docs/api.md says so."""

from pathlib import Path

from django.urls import resolve
from django.urls.resolvers import ResolverMatch

from npcs.docs import methods_of
from tests.architecture.test_api import NOWHERE
from tests.architecture.test_urls import BY_TOKEN, ROUTES
from tests.architecture.walk import address

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()
# By the name of the page: the address, and the method of it that calls the same action.
REACHED = {
    "figures:add": "POST api:figures",
    "figures:correct": "PUT api:figure",
    "imports:ask": "POST api:runs",
    "imports:mapping": "PUT api:mapping",
    "imports:new": "POST api:uploads",
    "imports:sheet": "PUT api:sheet",
    "imports:take_away": "DELETE api:upload",
    "imports:undo": "POST api:undo",
    "imports:values": "PUT api:mapping",
    "incidents:edit": "PUT api:facts",
    "incidents:export": "POST api:exports",
    "incidents:notify": "POST api:incidents",
    "incidents:open": "POST api:open",
    "incidents:withdraw": "POST api:withdraw",
    "reviews:approver": "POST api:guests",
    "reviews:entry": "POST api:answers",
    "reviews:factors": "POST api:answers",
    "reviews:factors_of": "POST api:answers",
    "reviews:hand_over": "POST api:hand_over",
    "reviews:hold": "PUT api:hold",
    "reviews:move": "POST api:moves",
    "reviews:pack_ask": "POST api:packs",
    "reviews:part": "POST api:answers",
    "reviews:read": "POST api:remarks",
    "reviews:report_ask": "POST api:reports",
    "reviews:save": "POST api:answers",
    "reviews:selection": "POST api:selection",
    "reviews:statement": "POST api:statement",
    "reviews:team": "PUT api:team",
}
# By the group of pages: the words by which docs/api.md leaves them to people.
LEFT = {"people": "people, roles, settings, tokens", "questions": "own questions", "inbox": "the inbox"}
KEYS = NOWHERE | {
    "message": 1,
    "audit_file": 1,
    "api_token": 1,
    "question": "own_shift",
    "invitation": "00000000-0000-4000-8000-000000000000",
}


def _match(route: str) -> ResolverMatch:
    return resolve(address(route, "cedar", KEYS | {"opportunity": 1}))


def test_every_form_of_an_agency_s_pages_has_an_address_or_is_left_to_people() -> None:
    forms = {
        _match(route).view_name
        for route, pattern in ROUTES
        if route.startswith("j/") and "POST" in methods_of(pattern.callback)
    }
    left = {name for name in forms if name.partition(":")[0] in LEFT}
    assert forms - left == set(REACHED)
    assert {name.partition(":")[0] for name in left} == set(LEFT)


def test_the_addresses_are_there() -> None:
    there = {
        f"{method} {_match(route).view_name}"
        for route, pattern in BY_TOKEN
        for method in pattern.callback.doors  # type: ignore[union-attr]
    }
    assert set(REACHED.values()) <= there


def test_the_page_says_what_is_left() -> None:
    said = " ".join(PAGE.partition("**Left to people**")[2].partition("\n- ")[0].split())
    assert [words for words in LEFT.values() if words not in said] == []
