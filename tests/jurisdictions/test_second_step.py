"""Signing in with a second step: each code once, tries counted, secrets unreadable, and no way around."""

import re
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.fernet import InvalidToken
from django.core.cache import cache
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection
from django.test import Client
from redis.exceptions import ConnectionError as CacheAway

from jurisdictions import factors
from jurisdictions.models import Session, User
from tests.second_step import code, give_app, set_up_app, with_password_alone

pytestmark = pytest.mark.django_db
PASSWORD = "learn together and blame nobody"
SIGN_IN, SECOND, HOME = "/account/sign-in/", "/account/second-step/", "/j/cedar/"


@pytest.fixture
def person(reviewer: User) -> User:
    reviewer.set_password(PASSWORD)
    reviewer.save(update_fields=["password"])
    return reviewer


@pytest.fixture
def secret(person: User) -> str:
    RecoveryCodes.activate(person)
    return give_app(person)


def first_step(person: User, password: str = PASSWORD, **extra: Any) -> Client:
    client = Client()
    client.post(SIGN_IN, {"login": person.email, "password": password}, **extra)
    return client


def is_in(client: Client) -> bool:
    return client.get(HOME).status_code == 200


def recovery_codes(person: User) -> list[str]:
    kept = Authenticator.objects.get(user=person, type=Authenticator.Type.RECOVERY_CODES)
    codes: list[str] = kept.wrap().get_unused_codes()
    return codes


class TestSettingItUp:
    def test_the_page_shows_a_picture_the_key_and_one_field(self, person: User) -> None:
        page = first_step(person).get("/account/set-up/").content.decode()
        assert '<img class="npcs-qr" src="data:image/svg+xml;base64,' in page
        assert re.search(r'id="secret">([A-Z2-7]{4} ){7}[A-Z2-7]{4}<', page)
        assert page.count('name="code"') == 1
        assert "<script" not in page.replace('<script src="/static/js/frame.js"></script>', "")

    def test_the_key_stays_the_same_until_it_is_used_and_lies_sealed(self, person: User) -> None:
        client = first_step(person)
        shown = [
            "".join(re.findall(r'id="secret">([A-Z2-7 ]+)<', client.get("/account/set-up/").content.decode()))
            for _ in range(2)
        ]
        assert shown[0] == shown[1]
        session = client.session
        assert shown[0].replace(" ", "") not in str(dict(session))

    def test_a_wrong_code_sets_nothing_up(self, person: User) -> None:
        client = first_step(person)
        client.get("/account/set-up/")
        answer = client.post("/account/set-up/", {"code": "000000"})
        assert answer.status_code == 422
        assert "This code does not fit" in answer.content.decode()
        assert not Authenticator.objects.filter(user=person).exists()
        assert not is_in(client)

    def test_after_it_one_is_in_with_another_session_number(self, person: User) -> None:
        client = first_step(person)
        before = client.session.session_key
        set_up_app(client)
        assert is_in(client)
        assert client.session.session_key != before
        assert not Session.objects.filter(session_key=before).exists()

    def test_the_code_that_set_it_up_signs_nobody_else_in(self, person: User) -> None:
        with time_machine.travel("2026-11-22T10:00:05Z", tick=False):
            secret = set_up_app(first_step(person))
            thief = first_step(person)
            thief.post(SECOND, {"code": code(secret)})
            assert not is_in(thief)


class TestRecoveryCodes:
    def test_they_are_shown_until_saved_and_never_again(self, person: User) -> None:
        client = first_step(person)
        set_up_app(client)
        codes = recovery_codes(person)
        for _ in range(2):
            assert (
                codes[0][:4] + " " + codes[0][4:] in client.get("/account/recovery-codes/").content.decode()
            )
        assert codes[9][4:] in client.get("/account/recovery-codes/file/").content.decode()
        client.post("/account/recovery-codes/")
        for path in ("/account/recovery-codes/", "/account/recovery-codes/file/"):
            assert client.get(path).headers["Location"] == "/account/security/"
        assert not any(one[:4] in client.get("/account/security/").content.decode() for one in codes)

    def test_each_signs_in_once(self, person: User, secret: str) -> None:
        one = recovery_codes(person)[3]
        client = first_step(person)
        client.post(SECOND, {"code": f"{one[:4]} {one[4:]}"})
        assert is_in(client)
        again = first_step(person)
        again.post(SECOND, {"code": one})
        assert not is_in(again)
        assert "9 are left" in client.get("/account/security/").content.decode()

    def test_new_ones_end_the_old(self, person: User, secret: str) -> None:
        old = recovery_codes(person)[0]
        client = first_step(person)
        client.post(SECOND, {"code": code(secret)})
        assert client.post("/account/recovery-codes/new/").headers["Location"] == "/account/recovery-codes/"
        assert old not in recovery_codes(person)


class TestCodes:
    @pytest.mark.parametrize("later", [-1, 0, 1])
    def test_clocks_may_differ_by_one_code(self, person: User, secret: str, later: int) -> None:
        client = first_step(person)
        client.post(SECOND, {"code": code(secret, later=later)})
        assert is_in(client)

    @pytest.mark.parametrize("wrong", ["", "12345", "abcdef", "１２３４５６", "0" * 40, "\x00"])
    def test_anything_else_does_not(self, person: User, secret: str, wrong: str) -> None:
        client = first_step(person)
        assert client.post(SECOND, {"code": wrong}).status_code == 200
        assert not is_in(client)

    def test_two_codes_earlier_or_later_do_not(self, person: User, secret: str) -> None:
        with time_machine.travel("2026-11-22T10:00:05Z", tick=False):
            for later in (-2, 2):
                client = first_step(person)
                client.post(SECOND, {"code": code(secret, later=later)})
                assert not is_in(client)

    def test_a_code_works_once_for_as_long_as_it_could_fit(self, person: User, secret: str) -> None:
        with time_machine.travel("2026-11-22T10:00:05Z", tick=False) as clock:
            used = code(secret, later=1)
            first = first_step(person)
            first.post(SECOND, {"code": used})
            assert is_in(first)
            clock.move_to("2026-11-22T10:01:25Z")  # the code after the one it was shown for; it still fits
            assert used == code(secret, later=-1)
            second = first_step(person)
            second.post(SECOND, {"code": f"{used[:3]}-{used[3:]}"})
            assert not is_in(second)

    def test_what_is_remembered_of_a_code_outlives_it(self, person: User, secret: str) -> None:
        """The cache's own clock is not the tests'."""
        client = first_step(person)
        client.post(SECOND, {"code": code(secret)})
        (key,) = cache._cache.get_client().keys("*second-factor-used*")
        assert cache._cache.get_client().ttl(key) > 85


class TestLimits:
    def test_five_wrong_codes_close_the_second_step_for_a_while(self, person: User, secret: str) -> None:
        client = first_step(person)
        for _ in range(5):
            client.post(SECOND, {"code": "000000"})
        answer = client.post(SECOND, {"code": code(secret)})
        assert "Wait two hours" in answer.content.decode()
        assert not is_in(client)

    def test_another_browser_or_address_does_not_help(self, person: User, secret: str, settings: Any) -> None:
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        for number in range(5):
            spoofed = {"headers": {"X-Forwarded-For": f"198.51.100.{number}"}}
            first_step(person, **spoofed).post(SECOND, {"code": "000000"}, **spoofed)
        client = first_step(person, headers={"X-Forwarded-For": "203.0.113.1"})
        client.post(SECOND, {"code": code(secret)}, headers={"X-Forwarded-For": "203.0.113.1"})
        assert not is_in(client)

    def test_nobody_without_the_password_can_use_somebody_s_tries_up(self, person: User, secret: str) -> None:
        stranger = first_step(person, "something else entirely")
        for _ in range(6):
            assert stranger.post(SECOND, {"code": "000000"}).headers["Location"] == SIGN_IN
        client = first_step(person)
        client.post(SECOND, {"code": code(secret)})
        assert is_in(client)

    def test_signing_in_rightly_clears_no_count_of_wrong_passwords(
        self, person: User, secret: str, settings: Any
    ) -> None:
        settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed": "3/m/ip"}
        for number in range(2):
            Client().post(SIGN_IN, {"login": f"nobody{number}@example.org", "password": "wrong, quite wrong"})
        client = first_step(person)
        client.post(SECOND, {"code": code(secret)})
        assert is_in(client)
        for number in range(2):
            last = Client().post(
                SIGN_IN, {"login": f"no{number}@example.org", "password": "wrong, all wrong"}
            )
        assert "Too many" in last.content.decode()

    def test_without_the_counter_no_code_is_taken(
        self, person: User, secret: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = first_step(person)
        client.raise_request_exception = False

        def away(*args: Any, **kwargs: Any) -> Any:
            raise CacheAway("no cache")

        monkeypatch.setattr("django.core.cache.backends.redis.RedisCache.add", away)
        answer = client.post(SECOND, {"code": code(secret)})
        assert (answer.status_code, answer["Retry-After"]) == (503, "15")
        monkeypatch.undo()
        assert not is_in(client)


class TestNoEnumeration:
    def test_wrong_passwords_are_answered_alike_whoever_has_a_second_step(
        self, person: User, secret: str, director: User
    ) -> None:
        def answer(login: str) -> str:
            page = Client().post(SIGN_IN, {"login": login, "password": "wrong, quite wrong"})
            assert page.status_code == 200
            said = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.content.decode())
            return said.replace(login, "")

        said = {answer(login) for login in (person.email, director.email, "nobody@example.org")}
        assert len(said) == 1


class TestSecrets:
    def test_they_cannot_be_read_in_the_database(self, person: User) -> None:
        client = first_step(person)
        secret = set_up_app(client)
        codes = recovery_codes(person)
        with connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
            ((lies,),) = cursor.fetchall()
        assert secret not in lies
        assert not any(one in lies for one in codes)

    def test_another_key_reads_nothing(self, person: User, secret: str, settings: Any) -> None:
        settings.MFA_KEYS = ["another key, as long as it has to be"]
        with pytest.raises(InvalidToken):
            factors.unseal(Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"])

    def test_the_key_is_turned_without_anybody_noticing(
        self, person: User, secret: str, settings: Any
    ) -> None:
        old, new = settings.MFA_KEYS[0], "the new key, as long as it has to be"
        one = recovery_codes(person)[0]
        settings.MFA_KEYS = [new, old]
        call_command("reseal_second_steps")
        settings.MFA_KEYS = [new]
        for right in (code(secret), one):
            client = first_step(person)
            client.post(SECOND, {"code": right})
            assert is_in(client)


class TestSettings:
    def test_no_setting_leads_around_the_second_step(self) -> None:
        assert [
            one for one in run_checks(include_deployment_checks=True) if one.id == "jurisdictions.E001"
        ] == []

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("MFA_TOTP_INSECURE_BYPASS_CODE", "123456"),
            ("MFA_TRUST_ENABLED", True),
            ("MFA_PASSKEY_LOGIN_ENABLED", True),
            ("MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", True),
            ("MFA_WEBAUTHN_USER_VERIFICATION", "preferred"),
            ("MFA_RECOVERY_CODES_SHOW_ONCE", False),
            ("MFA_TOTP_TOLERANCE", 2),
            ("CACHES", {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}),
        ],
    )
    def test_one_that_does_is_named(self, settings: Any, name: str, value: Any) -> None:
        from jurisdictions.checks import second_step_is_a_second_step

        setattr(settings, name, value)
        (error,) = second_step_is_a_second_step(None)
        assert error.msg.startswith(name)

    def test_the_bypass_code_opens_nothing_even_if_set(
        self, person: User, secret: str, settings: Any
    ) -> None:
        settings.MFA_TOTP_INSECURE_BYPASS_CODE = "123456"
        client = first_step(person)
        client.raise_request_exception = False
        client.post(SECOND, {"code": "123456"})
        assert not is_in(client)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{}",
        "[]",
        '"x"',
        '{"response": {}}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "AA"}}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": '
        '{"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "attestationObject": "oA"}}',
    ],
)
def test_what_no_browser_answers_is_refused_and_never_a_failure(
    person: User, secret: str, director: User, said: str
) -> None:
    client = first_step(person)
    assert client.post(SECOND, {"credential": said}).status_code == 200
    assert not is_in(client)
    enrolling = with_password_alone(Client(), director)
    enrolling.get("/account/set-up/passkey/")
    assert enrolling.post("/account/set-up/passkey/", {"credential": said}).status_code == 422
    assert not Authenticator.objects.filter(user=director).exists()


def test_who_came_as_somebody_else_starts_anew(person: User, secret: str) -> None:
    client = first_step(person)
    client.post("/account/sign-out/")
    assert client.get(SECOND).headers["Location"] == SIGN_IN
    assert client.get(SIGN_IN).status_code == 200


def test_a_password_alone_is_not_enough_even_for_the_person(person: User, secret: str) -> None:
    assert not is_in(first_step(person))
    assert with_password_alone(Client(), person).get(HOME).headers["Location"] == "/account/set-up/"
