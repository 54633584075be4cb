"""The second step at its edges: whose code it is, what a session forgets, and two acts at once."""

import threading

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import connection
from django.test import Client

from jurisdictions.actions.factors import CannotRemoveFactor, remove_factor
from jurisdictions.models import Jurisdiction, User
from jurisdictions.views.second_step import SECRET
from tests.second_step import code, give_app, set_up_app, with_password_alone

pytestmark = pytest.mark.django_db
PASSWORD = "learn together and blame nobody"
SECOND, HOME, SET_UP = "/account/second-step/", "/j/cedar/", "/account/set-up/"


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


def first_step(user: User) -> Client:
    client = Client()
    client.post("/account/sign-in/", {"login": user.email, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get(HOME).status_code == 200


def passkey(user: User) -> Authenticator:
    made: Authenticator = Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Laptop", "credential": {}}
    )
    return made


def test_somebody_else_s_code_signs_nobody_in(reviewer: User, director: User) -> None:
    with_password(reviewer)
    give_app(reviewer)
    theirs = give_app(director)
    RecoveryCodes.activate(director)
    kept = Authenticator.objects.get(user=director, type=Authenticator.Type.RECOVERY_CODES)
    for wrong in (code(theirs), kept.wrap().get_unused_codes()[0]):
        client = first_step(reviewer)
        client.post(SECOND, {"code": wrong})
        assert not is_in(client)
    assert len(kept.wrap().get_unused_codes()) == 10


def test_two_people_may_be_shown_the_same_code(reviewer: User, director: User) -> None:
    """A code is used up for its person, not for everybody."""
    with time_machine.travel("2026-11-22T10:00:05Z", tick=False):
        secret = give_app(with_password(reviewer))
        sealed = Authenticator.objects.get(user=reviewer).data
        Authenticator.objects.create(user=with_password(director), type=Authenticator.Type.TOTP, data=sealed)
        for user in (reviewer, director):
            client = first_step(user)
            client.post(SECOND, {"code": code(secret)})
            assert is_in(client)


@pytest.mark.parametrize("method", ["head", "options", "patch", "trace"])
def test_no_manner_of_asking_leads_around_the_wall(reviewer: User, method: str) -> None:
    client = with_password_alone(Client(), reviewer)
    answer = getattr(client, method)(HOME)
    assert (answer.status_code, answer.headers.get("Location")) == (302, SET_UP)


def test_what_was_posted_is_no_page_to_come_back_to(reviewer: User) -> None:
    client = with_password_alone(Client(), reviewer)
    client.get("/j/cedar/reviews/")
    assert client.post("/j/cedar/inbox/read/").headers["Location"] == SET_UP
    set_up_app(client)
    assert client.post("/account/recovery-codes/").headers["Location"] == "/j/cedar/reviews/"


def test_the_session_forgets_the_key_of_an_app_that_is_set_up(reviewer: User) -> None:
    client = with_password_alone(Client(), reviewer)
    client.get(SET_UP)
    assert SECRET in client.session
    first = set_up_app(client)
    assert SECRET not in client.session
    page = client.get(SET_UP).content.decode()
    assert first not in page.replace(" ", ""), "another app has another key"


def test_another_app_takes_no_passkey_away(reviewer: User) -> None:
    give_app(reviewer)
    key = passkey(reviewer)
    client = Client()
    client.force_login(reviewer)
    set_up = client.get(SET_UP).content.decode()
    secret = set_up.partition('id="secret">')[2].partition("<")[0].replace(" ", "")
    assert client.post(SET_UP, {"code": code(secret)}).status_code == 302
    assert Authenticator.objects.filter(pk=key.pk).exists()
    assert Authenticator.objects.filter(user=reviewer, type=Authenticator.Type.TOTP).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_that_are_removed_at_once_one_stays(cedar: Jurisdiction, reviewer: User) -> None:
    keys = [passkey(reviewer), passkey(reviewer)]
    ready, refused = threading.Barrier(2), []

    def remove(factor: Authenticator) -> None:
        try:
            ready.wait()
            remove_factor(factor, here=None)
        except CannotRemoveFactor as refusal:
            refused.append(refusal.problems[0].code)
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=[key]) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["factor.last"]
    assert Authenticator.objects.filter(user=reviewer).count() == 1
