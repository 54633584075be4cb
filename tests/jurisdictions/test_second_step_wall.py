"""With a password alone one reaches the way to a second step, the way out, and nothing else: every address is asked."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from jurisdictions.models import Jurisdiction, Session, User
from tests.architecture.test_urls import ROUTES
from tests.second_step import give_app, set_up_app, with_password_alone

pytestmark = pytest.mark.django_db
SET_UP = "/account/set-up/"
# What a password alone reaches. Whoever adds to it says why here.
REACHED = {
    "account/set-up/": "an authenticator app",
    "account/set-up/passkey/": "or a passkey",
    "account/sign-out/": "the way out",
    "healthz": "knows nobody",
    "readyz": "knows nobody",
}
JSON, HTMX = {"content_type": "application/json"}, {"headers": {"HX-Request": "true"}}


# Something that fits each kind of place in an address. The wall stands before anybody looks whether it is there.
FITTING = {"int": "1", "uuid": "0" * 8 + "-0000" * 3 + "-" + "0" * 12, "number": "2026-001", "base36": "1"}


def address(route: str) -> str:
    """An address of this route in Cedar."""
    named = route.replace("<slug:jurisdiction>", "cedar").replace("codebook/<number:number>", "codebook/1.0")
    path = "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda place: FITTING.get(place[1] or "", "x"), named)
    assert resolve(path).route == route
    return path


def test_only_these_addresses_are_marked() -> None:
    marked = {route for route, pattern in ROUTES if getattr(pattern.callback, "one_factor_reason", "")}
    assert marked == set(REACHED)


@pytest.mark.parametrize("who", ["administrator", "quality_lead", "outsider", "partner"])
def test_every_other_address_leads_to_setting_it_up_or_refuses(
    who: str, request: pytest.FixtureRequest, client: Client, cedar: Jurisdiction, settings: Any
) -> None:
    settings.API_REFUSALS_A_MINUTE = 10_000
    with_password_alone(client, request.getfixturevalue(who))
    for route in sorted({route for route, _ in ROUTES} - set(REACHED)):
        path = address(route)
        if route.startswith("api/v1/"):  # knows no sessions
            for ask in (client.get, client.post, client.put, client.delete):
                assert ask(path).status_code == 401, path
            continue
        for ask in (client.get, client.post, client.put, client.delete):
            answer = ask(path)
            assert (answer.status_code, answer.headers.get("Location")) == (302, SET_UP), path
            assert answer.content == b""
        assert_refused_in_words(client, path)


def assert_refused_in_words(client: Client, path: str) -> None:
    fragment = client.get(path, **HTMX)
    assert fragment.status_code == 403, path
    assert "second step" in fragment.content.decode()
    for ask in (client.post, client.put, client.patch):
        saved = ask(path, "{}", **JSON)
        assert saved.status_code == 403, path
        assert "second step" in saved.json()["message"]


def test_what_it_reaches_answers(client: Client, reviewer: User) -> None:
    with_password_alone(client, reviewer)
    for route in sorted(REACHED):
        assert client.get(f"/{route}").status_code in {200, 503}, route
    assert client.post("/account/sign-out/").status_code == 302
    assert not Session.objects.filter(user=reviewer).exists()


def test_with_both_the_same_addresses_open(client: Client, reviewer: User) -> None:
    client.force_login(reviewer)
    assert client.get("/j/cedar/").status_code == 200
    assert client.get("/account/security/").status_code == 200


def test_once_it_is_set_up_one_goes_on_where_one_wanted_to(client: Client, reviewer: User) -> None:
    with_password_alone(client, reviewer)
    assert client.get("/j/cedar/reviews/?state=open").headers["Location"] == SET_UP
    set_up_app(client)
    assert client.post("/account/recovery-codes/").headers["Location"] == "/j/cedar/reviews/?state=open"


def test_the_way_on_stays_on_this_site(client: Client, reviewer: User) -> None:
    with_password_alone(client, reviewer)
    client.get("//elsewhere.example/j/cedar/")
    session = client.session
    session["wanted"] = "//elsewhere.example/"
    session.save()
    set_up_app(client)
    assert client.post("/account/recovery-codes/").headers["Location"] == "/account/security/"


@pytest.mark.parametrize("path", [SET_UP, "/account/set-up/passkey/"])
def test_who_has_a_second_step_shows_it_and_adds_none_beside_it(
    client: Client, reviewer: User, path: str
) -> None:
    """Whoever knows the password only would otherwise set up a second step of their own."""
    give_app(reviewer)
    for ask in (client.get, client.post):
        with_password_alone(client, reviewer)
        assert ask(path).headers["Location"] == "/account/sign-in/"
        assert "_auth_user_id" not in client.session


def test_what_one_session_showed_is_nothing_to_another(client: Client, reviewer: User, partner: User) -> None:
    client.force_login(reviewer)
    with_password_alone(client, partner)
    assert client.get("/partnership/agencies/").headers["Location"] == SET_UP
