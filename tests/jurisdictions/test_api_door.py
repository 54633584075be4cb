"""The door of the API: no token, one that opens nothing any more, another agency's, too little scope, too few roles."""

import datetime as dt
import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.utils import timezone
from redis.exceptions import ConnectionError as CacheAway

from jurisdictions.actions.people import change_roles, remove_person
from jurisdictions.api import limits
from jurisdictions.middleware import unavailable
from jurisdictions.models import ApiToken, AuditEvent, Jurisdiction, Membership, PartnershipEvent, User
from jurisdictions.tenancy import jurisdiction_scope
from npcs.errors import server_error
from tests.cast import member
from tests.second_step import with_password_alone
from tests.tokens import Software, give_token, software

pytestmark = pytest.mark.django_db
LIST = "/api/v1/j/cedar/incidents/"
PROBLEM = "application/problem+json"


def problem(answer: Any, status: int, kind: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == PROBLEM
    said = answer.json()
    assert said["type"] == f"/api/docs/#{kind}"
    assert said["status"] == status
    assert said["title"]
    assert said["detail"]
    return said


def test_a_token_opens_its_agency(coordinator: User, cedar: Jurisdiction) -> None:
    answer = software(coordinator, cedar, "read").get(LIST)
    assert answer.status_code == 200
    assert answer.json() == {"next": None, "previous": None, "results": []}
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Request-ID"]
    assert "ETag" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    with jurisdiction_scope(cedar.pk):
        event = AuditEvent.objects.get(kind="incident.listed")
    assert event.by_user == coordinator.pk
    assert event.ids["token"] == ApiToken.objects.get().pk


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer npcs_",
        "Bearer npcs_abc",
        "Bearer npcs_0123456789abcdef_" + "x" * 43,
        "Basic bnBjczp4",
        "Token {token}",
        "Bearer {token}x",
        "Bearer {token} {token}",
        "Bearer \xff\x00",
        "Bearer " + "9" * 5000,
    ],
)
def test_without_a_token_that_we_know_nothing_opens(
    coordinator: User, cedar: Jurisdiction, shown: str
) -> None:
    token = give_token(coordinator, cedar)
    client = Software(HTTP_AUTHORIZATION=shown.replace("{token}", token))
    for path in (LIST, "/api/v1/j/no-such-agency/incidents/"):
        answer = client.get(path)
        problem(answer, 401, "no-token")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_session_opens_nothing_here(client: Client, coordinator: User, cedar: Jurisdiction) -> None:
    client.force_login(coordinator)
    problem(client.get(LIST), 401, "no-token")
    with_password_alone(client, coordinator)
    problem(client.post(LIST, {}), 401, "no-token")


def test_what_changes_needs_no_csrf_token(coordinator: User, cedar: Jurisdiction) -> None:
    client = Software(give_token(coordinator, cedar), enforce_csrf_checks=True)
    problem(client.send("post", LIST, {}), 422, "invalid")


def end(token: ApiToken) -> None:
    ApiToken.objects.update(ended_at=timezone.now())


def run_out(token: ApiToken) -> None:
    days = dt.timedelta(days=100)
    ApiToken.objects.update(made_at=token.made_at - days, expires_at=token.expires_at - days)


def deactivate(token: ApiToken) -> None:
    User.objects.update(is_active=False)


def be_gone(token: ApiToken) -> None:
    Membership.objects.filter(pk=token.membership_id).update(left_at=timezone.now())


def leave(token: ApiToken) -> None:
    by = Membership.objects.get(roles=["agency_administrator"])
    with jurisdiction_scope(by.jurisdiction_id):
        remove_person(token.membership, by=by)


@pytest.mark.parametrize("happens", [end, run_out, deactivate, be_gone, leave])
def test_from_the_next_request_on_it_opens_nothing(
    coordinator: User, administrator: User, cedar: Jurisdiction, happens: Any
) -> None:
    client = software(coordinator, cedar)
    assert client.get(LIST).status_code == 200
    happens(ApiToken.objects.select_related("membership").get())
    said = problem(client.get(LIST), 401, "no-token")
    assert "ended or run out" in said["detail"]


def test_who_is_invited_again_has_no_token_of_before(
    coordinator: User, administrator: User, cedar: Jurisdiction
) -> None:
    client = software(coordinator, cedar)
    leave(ApiToken.objects.select_related("membership").get())
    Membership.objects.update(left_at=None)
    problem(client.get(LIST), 401, "no-token")


def test_a_role_that_is_lost_closes_what_it_opened(
    coordinator: User, administrator: User, cedar: Jurisdiction
) -> None:
    client = software(coordinator, cedar)
    assert client.get(LIST).status_code == 200
    with jurisdiction_scope(cedar.pk):
        change_roles(
            member(coordinator, cedar), roles=["agency_administrator"], by=member(administrator, cedar)
        )
    problem(client.get(LIST), 403, "role")
    with jurisdiction_scope(cedar.pk):
        event = AuditEvent.objects.get(outcome="denied")
    assert (event.kind, event.about, event.by_user) == ("door.role", "api:incidents", coordinator.pk)


def test_a_scope_that_is_missing_is_said(coordinator: User, cedar: Jurisdiction) -> None:
    said = problem(software(coordinator, cedar, "write").get(LIST), 403, "scope")
    assert said["detail"] == "This asks for a token that may “Read”."
    with jurisdiction_scope(cedar.pk):
        assert AuditEvent.objects.get(outcome="denied").kind == "door.token_scope"
    problem(software(coordinator, cedar, "read").send("post", LIST, {}), 403, "scope")
    problem(
        software(coordinator, cedar, "read", "write").get("/api/v1/j/cedar/imports/uploads/"), 403, "scope"
    )


def test_another_agency_is_as_one_that_is_not_there(
    coordinator: User, cedar: Jurisdiction, birch: Jurisdiction
) -> None:
    client = software(coordinator, cedar)
    paths = [
        "birch/incidents/",
        "no-such-agency/incidents/",
        "birch/no-such-thing/",
        "cedar/incidents/2026-999/",
    ]
    answers = [client.get(f"/api/v1/j/{path}") for path in paths]
    first = answers[0]
    problem(first, 404, "not-found")
    passing = {"X-Request-ID"}
    for answer in answers[1:]:
        assert (answer.status_code, answer.content) == (404, first.content)
        same = {name: value for name, value in answer.headers.items() if name not in passing}
        assert same == {name: value for name, value in first.headers.items() if name not in passing}
    with jurisdiction_scope(birch.pk):
        assert AuditEvent.objects.get(outcome="denied").kind == "door.stranger"
    with jurisdiction_scope(cedar.pk):
        assert AuditEvent.objects.get(outcome="denied").kind == "door.not_visible"
    assert PartnershipEvent.objects.get(outcome="denied").kind == "door.stranger"


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "trace"])
def test_a_method_that_states_no_door_is_not_done(
    coordinator: User, cedar: Jurisdiction, method: str
) -> None:
    answer = software(coordinator, cedar).generic(method.upper(), LIST)
    problem(answer, 405, "method")
    assert answer.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    ("body", "content_type", "status", "kind"),
    [
        (b"{", "application/json", 400, "unreadable"),
        (b"[]", "application/json", 400, "unreadable"),
        (b"null", "application/json", 400, "unreadable"),
        (b'{"children": NaN}', "application/json", 400, "unreadable"),
        (b"[" * 100_000, "application/json", 400, "unreadable"),
        (b'{"a":' * 30 + b"1" + b"}" * 30, "application/json", 400, "unreadable"),
        (b"\xff\xfe", "application/json", 400, "unreadable"),
        (b'{"a": "' + b"x" * 2_500_000 + b'"}', "application/json", 413, "too-large"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "media-type"),
        (b"<a/>", "application/xml", 415, "media-type"),
        (b'{"children": [], "jurisdiction": 2, "state": "approved"}', "application/json", 422, "invalid"),
        (b'{"children": [{"incident": 2}]}', "application/json", 422, "invalid"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_cannot_be_read_is_said(
    coordinator: User, cedar: Jurisdiction, body: bytes, content_type: str, status: int, kind: str
) -> None:
    answer = software(coordinator, cedar).post(LIST, body, content_type=content_type)
    problem(answer, status, kind)


def test_what_is_not_asked_is_refused(coordinator: User, cedar: Jurisdiction) -> None:
    client = software(coordinator, cedar)
    for asked in (
        "jurisdiction=2",
        "ordering=case_number",
        "expand=children",
        "type=kind",
        "after=here",
        "year=1",
        "q=" + "x" * 2001,
    ):
        problem(client.get(f"{LIST}?{asked}"), 400, "unreadable")


def test_use_is_noted_but_not_each_use(coordinator: User, cedar: Jurisdiction) -> None:
    client = software(coordinator, cedar)
    assert ApiToken.objects.get().last_used_at is None
    client.get(LIST)
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    client.get(LIST)
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=first - dt.timedelta(minutes=2))
    client.get(LIST)
    assert ApiToken.objects.get().last_used_at > first


# -- Limits ---------------------------------------------------------------------------------------


def test_a_token_asks_so_often_and_then_waits(coordinator: User, cedar: Jurisdiction, settings: Any) -> None:
    settings.API_CALLS_A_MINUTE = 3
    client, other = software(coordinator, cedar), software(coordinator, cedar)
    answers = [client.get(LIST) for _ in range(7)]  # a minute may end between two of them
    assert answers[0].status_code == 200
    said = [answer for answer in answers if answer.status_code == 429]
    assert said
    problem(said[0], 429, "too-many")
    assert 0 < int(said[0].headers["Retry-After"]) <= limits.WINDOW
    assert other.get(LIST).status_code == 200


def test_who_has_no_token_is_counted_by_address(cedar: Jurisdiction, settings: Any) -> None:
    settings.API_REFUSALS_A_MINUTE = 2
    client = Software("npcs_0123456789abcdef_x")
    assert 429 in [client.get(LIST).status_code for _ in range(6)]
    assert client.get(LIST, REMOTE_ADDR="203.0.113.9").status_code == 401


def test_where_nobody_can_be_counted_nobody_asks(
    coordinator: User, cedar: Jurisdiction, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = software(coordinator, cedar)

    def away(*args: Any, **kwargs: Any) -> None:
        raise CacheAway

    monkeypatch.setattr(cache, "incr", away)
    for one in (client, Software()):
        answer = one.get(LIST)
        problem(answer, 503, "away")
        assert answer.headers["Retry-After"]


# -- What fails before any view, or in one --------------------------------------------------------


def test_a_host_that_is_not_ours_is_told_so_in_the_same_form(coordinator: User, cedar: Jurisdiction) -> None:
    problem(software(coordinator, cedar).get(LIST, headers={"Host": "elsewhere.example"}), 400, "unreadable")
    problem(software(coordinator, cedar).get("/api/v1/nowhere/"), 404, "not-found")


def test_an_error_of_ours_and_a_lost_database_are_told_in_the_same_form() -> None:
    request = RequestFactory().get(LIST)
    problem(_as_answered(server_error(request)), 500, "failed")
    problem(_as_answered(unavailable(request)), 503, "away")
    assert unavailable(RequestFactory().get("/j/cedar/")).headers["Content-Type"].startswith("text/html")


def _as_answered(response: Any) -> Any:
    response.json = lambda: json.loads(response.content)
    return response
