"""A lost database is a calm page that says when to try again, wherever it is noticed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from redis.exceptions import ConnectionError as CacheAway


def broken(*args: Any, **kwargs: Any) -> Any:
    raise OperationalError("the connection was lost")


@pytest.mark.parametrize(
    "noticed_by",
    [
        "django.contrib.sessions.backends.db.SessionStore.load",
        "jurisdictions.http.jurisdiction_scope",
    ],
    ids=["a middleware that reads the session", "the scope of a view"],
)
@pytest.mark.django_db
def test_the_page_says_when_to_try_again(
    noticed_by: str, sign_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in("reviewer")
    client.raise_request_exception = False  # as a server does
    monkeypatch.setattr(noticed_by, broken)
    answer = client.get("/j/cedar/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "15")
    assert b"Traceback" not in answer.content
    assert b"connection was lost" not in answer.content


@pytest.mark.django_db
def test_nobody_signs_in_uncounted_while_the_cache_is_away(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.raise_request_exception = False

    def away(*args: Any, **kwargs: Any) -> Any:
        raise CacheAway("no cache")

    monkeypatch.setattr("django.core.cache.backends.redis.RedisCache.add", away)
    answer = client.post("/account/sign-in/", {"login": "a@example.org", "password": "does not matter here"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "15")


@pytest.mark.django_db
def test_any_other_failure_is_no_lost_database(
    sign_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in("reviewer")
    client.raise_request_exception = False

    def fails(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("something else")

    monkeypatch.setattr("jurisdictions.http.jurisdiction_scope", fails)
    assert client.get("/j/cedar/").status_code == 500
