"""Sign-in limits count visitors, not the proxy in front of them, and not what a visitor says of himself."""

import pytest
from django.test import Client

from npcs.settings import ACCOUNT_RATE_LIMITS as RATE_LIMITS

pytestmark = pytest.mark.django_db
PROXY, VISITOR, NEIGHBOUR = "10.0.0.1", "203.0.113.7", "203.0.113.8"


@pytest.fixture(autouse=True)
def _few(settings: pytest.FixtureRequest) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/ip"}  # type: ignore[attr-defined]


def fails_from(client: Client, forwarded: str, account: int) -> bytes:
    sent = {"login": f"nobody{account}@example.org", "password": "not the right words"}
    return client.post(
        "/account/sign-in/", sent, REMOTE_ADDR=PROXY, headers={"X-Forwarded-For": forwarded}
    ).content


def test_one_visitor_uses_up_their_own_limit_only(client: Client, settings: pytest.FixtureRequest) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1  # type: ignore[attr-defined]
    answers = [fails_from(client, f"198.51.100.{number}, {VISITOR}", number) for number in range(4)]
    assert b"Too many" not in answers[0]
    assert b"Too many" in answers[-1], "addresses of one's own choice before the last do not help"
    assert b"Too many" not in fails_from(client, NEIGHBOUR, 9)


def test_a_refused_sign_in_says_in_plain_words_what_to_do(
    client: Client, settings: pytest.FixtureRequest
) -> None:
    """And how long to wait, as production's limit has it."""
    first, *_, last = [fails_from(client, VISITOR, 1).decode() for _ in range(4)]
    assert "This e-mail address and password do not fit together. Check both." in first
    assert "Wait two hours, then try again." in last
    assert RATE_LIMITS["login_failed"].startswith("5/120m/key")
