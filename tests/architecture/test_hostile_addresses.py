"""Whatever stands in an address, a form or a saved field: an answer that says so, never a failure."""

import json
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from jurisdictions.models import Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.models import Child
from tests.architecture.test_urls import ROUTES
from tests.architecture.walk import READABLE, address, body_of, furnish
from tests.cast import member
from tests.reviews.incident_situations import form

pytestmark = pytest.mark.django_db
HOSTILE = {
    "NUL": "%00",
    "NUL inside": "2026-001%00",
    "line end": "2026-001%0A",
    "lone surrogate": "%ED%A0%80",
    "broken utf-8": "%FF%FE",
    "digits of another script": quote("٢٠٢٦-٠٠١"),
    "more than any key": "9" * 30,
    "digits without end": "9" * 5000,
    "negative": "-1",
    "another folder": "..%2F..%2Fetc%2Fpasswd",
    "quotes": quote("' OR 1=1 --"),
    "beyond the first plane": quote("💥"),
}
# Places of lists as their own links would never say them.
PLACES = HOSTILE | {
    "a message's place, its key too large": "new,2026-01-01T00:00:00%2B00:00," + "9" * 40,
    "a message's place, before the first day": "new,0001-01-01T00:00:00%2B14:00,1",
    "a message's place, after the last day": "new,9999-12-31T23:59:59-14:00,1",
    "a message's place, no day": "read,2026-13-45,1",
    "an incident's place": "0001-01-01_" + "9" * 18,
    "the last day": "9999-12-31",
    "a day after it": "10000-01-01",
    "a year behind a zero": "019999",
    "a year too long": "20260",
}
ASKED = ["q", "type", "state", "year", "county", "sort", "show", "id", "section", "privacy"]
ASKED += ["from", "kind", "person", "since", "until", "about", "after"]
# Pages that read what is asked: those of no single thing, and two that are long.
ASKING = [
    route
    for route in READABLE
    if "<" not in route.removeprefix("j/<slug:jurisdiction>")
    or route.endswith(("history/", "codebook/<number:number>/"))
]


@pytest.fixture
def keys(birch: Jurisdiction, outsider: User) -> dict[str, Any]:
    with jurisdiction_scope(birch.pk):
        return furnish(birch, member(outsider, birch), "BIRCH", "2026-001")


def browser(user: User) -> Client:
    """One in which a failure is raised, not made a page."""
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.slow
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=list(HOSTILE))
def test_no_address_fails(keys: dict[str, Any], outsider: User, partner: User, hostile: str) -> None:
    clients = [browser(outsider), browser(partner)]
    for route, _ in ROUTES:
        for place in re.findall(r"<[^>]+>", route):
            rest = address(route.replace(place, "{}"), "birch", {"uidb36": "1", "key": "x", **keys})
            path = rest.replace("{}", hostile)
            for client in clients:
                for method in (client.get, client.post):
                    assert method(path).status_code < 500, path


@pytest.mark.parametrize("number", ["%00", "2026-001%00", "2026-001%0A", "x"])
@pytest.mark.parametrize("place", ["/j/birch/reviews/", "/j/birch/incidents/", "/codebook/"])
def test_what_is_no_number_is_no_address(
    keys: dict[str, Any], outsider: User, place: str, number: str
) -> None:
    assert browser(outsider).get(f"{place}{number}/").status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize("value", PLACES.values(), ids=list(PLACES))
def test_no_question_of_an_address_fails(keys: dict[str, Any], outsider: User, value: str) -> None:
    client, asked = browser(outsider), "&".join(f"{name}={value}" for name in ASKED)
    for route in ASKING:
        path = address(route, "birch", keys)
        assert client.get(f"{path}?{asked}").status_code < 500, path
        # A list that knows the way back reads that first.
        assert client.get(f"{path}?before={value}&sort=number").status_code < 500, path


class Forms(HTMLParser):
    """The forms of a page that are posted: where to, and the names of their fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, set[str]]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = (given.get("method") or "").lower() == "post"
            if self._inside:
                self.found.append((given.get("action") or "", set()))
        elif self._inside and given.get("name"):
            self.found[-1][1].add(str(given["name"]))

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"


UNTIDY = {
    "NUL": "a\0b",
    "NUL alone": "\0",
    "lone surrogate": "a\ud800b",
    "controls": "\x01\x02\x1f",
    "digits without end": "9" * 5000,
    "long": "x" * 20_000,
    "digits of another script": "٣",
}


@pytest.mark.slow
@pytest.mark.parametrize("value", UNTIDY.values(), ids=list(UNTIDY))
def test_no_form_fails(keys: dict[str, Any], outsider: User, partner: User, value: str) -> None:
    posted = 0
    for client in (browser(outsider), browser(partner)):
        for route in READABLE:
            path = address(route, "birch", keys)
            page = client.get(path)
            if page.status_code != 200 or not page["Content-Type"].startswith("text/html"):
                body_of(page)  # else a file that it hands out stays open
                continue
            forms = Forms()
            forms.feed(page.content.decode())
            for action, names in forms.found:
                if action.endswith("sign-out/"):
                    continue
                sent = {name: value.encode("utf-8", "surrogatepass") for name in names}
                assert client.post(action or path, sent).status_code < 500, (path, action)
                posted += 1
    assert posted > 20  # as many forms as the pages of one of everything show


@pytest.mark.parametrize("value", UNTIDY.values(), ids=list(UNTIDY))
@pytest.mark.parametrize("item", ["safety_account", "what_was_reported", "need_statement", "not one"])
def test_no_saved_field_fails(keys: dict[str, Any], outsider: User, item: str, value: str) -> None:
    client, path = browser(outsider), address("j/<j:jurisdiction>/reviews/2026-001/answers/", "birch", keys)
    entry = keys["entry"] if item == "need_statement" else None
    for sent in (
        {"item": item, "entry": entry, "version": 1, "value": value},
        {"item": item, "entry": entry, "version": 1, "missing": value},
        {"item": value, "entry": entry, "version": 1, "value": ""},
        {"item": item, "entry": value, "version": value, "value": ""},
        {"item": item, "entry": entry, "version": 1, "value": [value, {"x": value}]},
        {"item": item, "entry": [value], "version": {}, "value": {value: value}},
    ):
        answer = client.post(path, json.dumps(sent), content_type="application/json")
        assert answer.status_code < 500, sent


@pytest.mark.parametrize("version", ["9" * 5000, "9" * 40, "-1", "٣", "\0", ""])
def test_no_version_of_a_form_fails(
    keys: dict[str, Any], outsider: User, birch: Jurisdiction, version: str
) -> None:
    """What a form says beside fields that are in order: which text the person had before them."""
    client, home = browser(outsider), "/j/birch/reviews/2026-001/"
    part = client.post(
        f"{home}parts/safety/", {"0-safety_account": "Written anew.", "v-0-safety_account": version}
    )
    assert part.status_code in {302, 409, 422}
    with jurisdiction_scope(birch.pk):
        entry = Child.objects.filter(incident__number="2026-001").values_list("entry_id", flat=True).get()
    child = {"age_value": "4", "age_unit": "months", "sex": "male", "entry": str(entry)}
    facts = client.post("/j/birch/incidents/2026-001/edit/", form(child) | {"version": version})
    assert facts.status_code in {302, 409}


@pytest.mark.parametrize(
    "body",
    [
        b"\0",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"item": ' * 50_000,
        b'{"item": "safety_account", "version": ' + b"9" * 5000 + b"}",
        b'{"item": "safety_account", "version": 1e999}',
        b'{"item": "safety_account", "version": NaN, "entry": -Infinity}',
        b'{"item": "safety_account", "entry": ' + b"9" * 40 + b"}",
        b'{"item": "safety_account", "version": ' + b"9" * 40 + b', "value": "x"}',
        b"null",
        b'"text"',
    ],
    ids=lambda body: repr(body[:30]),
)
def test_no_body_of_a_save_fails(keys: dict[str, Any], outsider: User, body: bytes) -> None:
    path = "/j/birch/reviews/2026-001/answers/"
    assert browser(outsider).post(path, body, content_type="application/json").status_code < 500
