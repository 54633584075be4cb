"""What holds for every answer of the site: headers, session clock, health, logs, calm errors."""

import datetime as dt
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from jurisdictions.models import Jurisdiction, User
from npcs.health import WORKER_HEARTBEAT
from npcs.logs import json_formatter

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


def test_every_page_carries_its_policy_and_is_not_kept(reviewer: User, sign_in: SignIn) -> None:
    response = sign_in("reviewer").get("/j/cedar/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response["Cache-Control"] == "no-store"
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert not response.has_header("ETag")


def test_a_session_ends_after_half_an_hour_of_nothing(reviewer: User, client: Client) -> None:
    began = timezone.now()
    with time_machine.travel(began, tick=False) as clock:
        client.force_login(reviewer)
        assert client.get("/j/cedar/").status_code == 200
        for minutes in (25, 50, 75):  # who works on stays
            clock.move_to(began + dt.timedelta(minutes=minutes))
            assert client.get("/j/cedar/").status_code == 200
        clock.move_to(began + dt.timedelta(minutes=75 + 31))
        assert client.get("/j/cedar/").status_code == 302


def test_a_session_ends_after_twelve_hours_whatever_one_does(reviewer: User, client: Client) -> None:
    began = timezone.now()
    with time_machine.travel(began, tick=False) as clock:
        client.force_login(reviewer)
        for minutes in range(0, 12 * 60, 20):
            clock.move_to(began + dt.timedelta(minutes=minutes))
            assert client.get("/j/cedar/").status_code == 200
        clock.move_to(began + dt.timedelta(hours=12, minutes=1))
        assert client.get("/j/cedar/").status_code == 302


def test_somebody_who_left_is_out_at_the_next_request(reviewer: User, sign_in: SignIn) -> None:
    client = sign_in("reviewer")
    assert client.get("/j/cedar/").status_code == 200
    reviewer.memberships.update(left_at=timezone.now())
    assert client.get("/j/cedar/").status_code == 404


def test_a_closed_account_is_out_at_the_next_request(reviewer: User, sign_in: SignIn) -> None:
    client = sign_in("reviewer")
    User.objects.filter(pk=reviewer.pk).update(is_active=False)
    assert client.get("/j/cedar/").status_code == 302


def test_nobody_signs_up(client: Client, db: None) -> None:
    form = {"email": "new@example.org", "password1": "a" * 20, "password2": "a" * 20}
    client.post("/account/closed/", form)
    assert not User.objects.filter(email="new@example.org").exists()


def test_five_wrong_passwords_close_the_door_for_a_while(reviewer: User, client: Client) -> None:
    reviewer.set_password("learn together and blame nobody")
    reviewer.save(update_fields=["password"])
    form = {"login": reviewer.email, "password": "wrong password, again"}
    for _ in range(5):
        client.post("/account/sign-in/", form)
    client.post("/account/sign-in/", form | {"password": "learn together and blame nobody"})
    assert client.get("/j/cedar/").status_code == 302


def test_health_says_that_the_process_answers(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_readiness_is_degraded_without_workers_and_down_without_the_database(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.delete(WORKER_HEARTBEAT)
    away = client.get("/readyz")
    assert (away.status_code, away.json()) == (200, {"status": "degraded", "away": ["workers"]})
    cache.set(WORKER_HEARTBEAT, True)
    assert client.get("/readyz").json()["status"] == "ok"

    def lost() -> Any:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("npcs.health.connection.cursor", lost)
    down = client.get("/readyz")
    assert (down.status_code, down.json()["away"]) == (503, ["database"])


def test_an_address_that_is_none_gets_a_page_that_helps(reviewer: User, sign_in: SignIn) -> None:
    for client in (sign_in("reviewer"), Client()):
        response = client.get("/no/such/page/")
        assert response.status_code == 404
        assert b"<h1" in response.content


def test_a_fault_shows_no_traceback(
    reviewer: User, cedar: Jurisdiction, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("CANARY in the error")

    monkeypatch.setattr("reviews.views.work.work_of", broken)
    client = Client(raise_request_exception=False)
    client.force_login(reviewer)
    response = client.get("/j/cedar/")
    assert response.status_code == 500
    assert b"CANARY" not in response.content
    assert b"Traceback" not in response.content


def test_a_log_line_names_the_error_and_never_its_message() -> None:
    try:
        secret = "CANARY"
        raise ValueError(f"duplicate key: {secret}")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, __file__, 1, "It failed.", None, (type(error), error, error.__traceback__)
        )
    line = json_formatter().format(record)
    assert "CANARY" not in line
    told = json.loads(line)
    assert told["error"] == "ValueError"
    assert told["where"]
    assert told["level"] == "error"


def test_requests_are_logged_by_route_not_by_address(
    reviewer: User, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="npcs.request"):
        sign_in("reviewer").get("/j/cedar/incidents/?q=CANARY")
    record = caplog.records[-1]
    assert record.route == "incidents:list"
    assert "CANARY" not in json_formatter().format(record)
