"""Sign-in limits count visitors, not the proxy in front of them, and not what a visitor says of himself."""

import pytest
from django.test import Client

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
