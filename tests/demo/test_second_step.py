"""Becoming somebody is the real sign-in: their password, and a code of theirs that nobody has used."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from jurisdictions.models import Membership, Session, User
from npcs.demo.days import Days
from npcs.demo.people import PASSWORD, invented, sign_ins, write_agencies, write_people
from npcs.demo.second_step import give_apps
from npcs.demo.urls import urlpatterns
from tests.demo import demo_urls
from tests.second_step import code

ROOT = Path(__file__).resolve().parents[2]
MAREN = "maren@alder.example"


@pytest.fixture
def demo(db: None, settings) -> None:
    """Demo mode, with the demo's people in it and none of their work."""
    settings.DEMO = True
    settings.ROOT_URLCONF = demo_urls.__name__
    days = Days.from_now()
    write_people(write_agencies(days), days)


def become(client: Client) -> int:
    who = Membership.objects.get(user__email=MAREN)
    return client.post(f"/demo/become/{who.pk}/").status_code


def shown_code(client: Client) -> str:
    page = client.get("/demo/").content.decode()
    return re.findall(rf"{MAREN}, code <strong[^>]*>(\d{{6}})<", page)[0]


def test_everybody_has_a_secret_of_their_own_and_the_sheet_knows_it(demo: None):
    secrets = {one["email"]: one["totp_secret"] for one in sign_ins()}
    assert len(set(secrets.values())) == len(secrets) == User.objects.count()
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert not any(secret in stored for secret in secrets.values())


def test_the_code_beside_the_name_signs_in(demo: None, client: Client):
    digits = shown_code(client)
    client.post("/account/sign-in/", {"login": MAREN, "password": PASSWORD})
    assert client.get("/j/alder-county/").status_code == 302
    client.post("/account/second-step/", {"code": digits})
    assert client.get("/j/alder-county/").status_code == 200


def test_the_button_leaves_the_code_on_the_page_to_whoever_types_it(demo: None, client: Client):
    with time_machine.travel("2026-11-22T10:00:05Z", tick=False):
        digits = shown_code(client)
        assert become(Client()) == 302
        client.post("/account/sign-in/", {"login": MAREN, "password": PASSWORD})
        assert client.post("/account/second-step/", {"code": digits}).status_code == 302


def test_it_uses_codes_up_as_everybody_does_and_says_so(demo: None, client: Client):
    with time_machine.travel("2026-11-22T10:00:05Z", tick=False) as clock:
        assert [become(client) for _ in range(4)] == [302, 302, 302, 409]
        page = client.post(f"/demo/become/{Membership.objects.get(user__email=MAREN).pk}/").content.decode()
        assert "each works once" in page
        assert not Session.objects.filter(user__email=MAREN).exists(), "nobody is left signed in by halves"
        clock.move_to("2026-11-22T10:00:35Z")
        assert become(client) == 302


@pytest.mark.parametrize(
    "changed",
    [
        lambda: Authenticator.objects.filter(user__email=MAREN).delete(),
        lambda: User.objects.filter(email=MAREN).update(password="!"),
    ],
    ids=["no app", "another password"],
)
def test_whose_sign_in_was_changed_is_not_become_past_it(demo: None, client: Client, changed):
    changed()
    assert become(client) == 409
    assert client.get("/demo/").status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_demo_that_is_older_than_second_steps_is_given_them(demo: None):
    Authenticator.objects.all().delete()
    User.objects.filter(email=MAREN).update(password="!")  # started over by an administrator
    give_apps(invented())
    secrets = {one["email"]: one["totp_secret"] for one in sign_ins()}
    assert secrets.pop(MAREN) is None
    assert all(len(code(secret)) == 6 for secret in secrets.values())


@pytest.mark.parametrize(
    ("mode", "origin"),
    [(False, {}), (True, {"REMOTE_ADDR": "192.0.2.7"}), (True, {"HTTP_X_FORWARDED_FOR": "192.0.2.7"})],
    ids=["another mode", "another machine", "through a proxy"],
)
def test_elsewhere_no_address_of_the_demo_shows_a_code_or_uses_one(
    demo: None, client: Client, settings, mode: bool, origin: dict[str, str]
):
    settings.DEMO = mode
    known = {"membership": Membership.objects.first().pk, "partnership": 1, "sample": "incidents"}
    for pattern in urlpatterns:
        named = {name: known[name] for name in pattern.pattern.converters}
        path = reverse(f"demo:{pattern.name}", kwargs=named)
        answers = {ask(path, **origin).status_code for ask in (client.get, client.post)}
        assert 404 in answers
        assert answers <= {404, 405}
    assert "_auth_user_id" not in client.session
    assert not Authenticator.objects.exclude(last_used_at=None).exists()


def test_production_does_not_even_load_it():
    """The image does not hold the folder (tests/architecture/test_deployment.py); nothing else imports it either."""
    told = os.environ | {
        "NPCS_MODE": "production",
        "SECRET_KEY": "k" * 60,
        "MFA_KEY": "m" * 40,
        "ALLOWED_HOSTS": "npcs.example.org",
        "BASE_URL": "https://npcs.example.org",
        "EMAIL_URL": "smtp://mail.example.org:587",
        "DEFAULT_FROM_EMAIL": "npcs@example.org",
    }
    ask = "import sys, npcs.wsgi; from django.urls import get_resolver as r; r().url_patterns; " + (
        "print([name for name in sys.modules if name.startswith('npcs.demo')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, env=told, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
