"""Making a token, seeing one's tokens, ending them; an administrator sees and ends all of the agency."""

import datetime as dt
import hashlib
import re
import time
from collections.abc import Callable

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jurisdictions.actions.factors import take_factors_away, take_factors_away_by_command
from jurisdictions.actions.people import remove_person
from jurisdictions.actions.tokens import CannotMakeToken, digest, end_token, make_token
from jurisdictions.models import ApiToken, AuditEvent, Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.rules import MOST_TOKENS
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import make_person, member
from tests.second_step import SHOWN, with_password_alone
from tests.tokens import Software, give_token

pytestmark = pytest.mark.django_db
LIST = "/api/v1/j/cedar/incidents/"
NEW, OWN, AGENCYS = "/account/tokens/new/", "/account/tokens/", "/j/cedar/people/tokens/"
FILLED = {"name": "Our register", "agency": "cedar", "scopes": ["read", "write"], "days": "30"}
SignIn = Callable[[str], Client]


def shown(page: str) -> str:
    return re.findall(r"<code>(npcs_[^<]+)</code>", page)[0]


def test_a_token_is_shown_once_and_opens_the_agency(sign_in: SignIn, cedar: Jurisdiction) -> None:
    client = sign_in("coordinator")
    page = client.post(NEW, FILLED)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    text = shown(page.content.decode())
    assert Software(text).get(LIST).status_code == 200
    secret = text.split("_", 2)[2]
    listed = client.get(OWN).content.decode()
    assert "Our register" in listed
    assert secret not in listed
    token = ApiToken.objects.get()
    assert token.scopes == ["read", "write"]
    assert token.expires_at - token.made_at == dt.timedelta(days=30)
    assert [one.subject for one in mail.outbox] == ["A token for other software was made in NPCS"]
    assert secret not in mail.outbox[0].body


def test_nothing_that_is_kept_opens_anything(coordinator: User, cedar: Jurisdiction) -> None:
    text = give_token(coordinator, cedar)
    _, prefix, secret = text.split("_", 2)
    assert len(secret) >= 43  # 256 bits
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM jurisdictions_apitoken t")
        (kept,) = cursor.fetchone()
    assert secret not in kept
    assert prefix in kept
    assert (
        ApiToken.objects.get().secret_sha256 == hashlib.sha256(secret.encode()).hexdigest() == digest(secret)
    )
    for wrong in (f"npcs_{prefix}_{digest(secret)}", f"npcs_{prefix}_", f"npcs_{prefix}_{secret[:-1]}"):
        assert Software(wrong).get(LIST).status_code == 401
    with jurisdiction_scope(cedar.pk):
        event = AuditEvent.objects.get(kind="token.made")
    assert secret not in str(event.ids)
    assert event.ids == {"scopes": ["read", "write", "import"], "days": 90}


def test_with_a_password_alone_nobody_makes_one(
    client: Client, coordinator: User, cedar: Jurisdiction
) -> None:
    with_password_alone(client, coordinator)
    for path in (NEW, OWN, AGENCYS):
        assert client.get(path).headers["Location"] == "/account/set-up/"
        assert client.post(path, FILLED).headers["Location"] == "/account/set-up/"
    assert not ApiToken.objects.exists()


def test_who_has_shown_nothing_lately_shows_it_again_first(sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    session = client.session
    session[SHOWN] = [{**one, "at": time.time() - 600} for one in session[SHOWN]]
    session.save()
    for answer in (client.get(NEW), client.post(NEW, FILLED)):
        assert answer.headers["Location"].startswith("/account/reauthenticate/")
    assert not ApiToken.objects.exists()
    assert client.get(OWN).status_code == 200


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": ""}, "What will use it? Name the software"),
        ({"scopes": []}, "Tick at least one."),
        ({"scopes": ["read", "everything"]}, "Choose from the list."),
        ({"days": "3650"}, "Choose from the list."),
        ({"agency": "birch"}, "Agency: choose from the list."),
        ({"agency": ""}, "Choose an agency."),
    ],
)
def test_what_is_missing_is_said(
    sign_in: SignIn, birch: Jurisdiction, given: dict[str, object], words: str
) -> None:
    page = sign_in("coordinator").post(NEW, FILLED | given)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert not ApiToken.objects.exists()


def test_a_guest_makes_none(client: Client, cedar: Jurisdiction) -> None:
    client.force_login(make_person("guest", cedar, Role.GUEST))
    page = client.post(NEW, FILLED)
    assert page.status_code == 422
    assert "As a guest of Cedar County you cannot make a token." in page.content.decode()


def test_a_closed_role_makes_no_guest_more_than_that(client: Client, cedar: Jurisdiction) -> None:
    client.force_login(make_person("guest", cedar, Role.GUEST, Role.COORDINATOR))
    Jurisdiction.objects.filter(pk=cedar.pk).update(role_ceiling=[str(Role.GUEST), str(Role.ADMINISTRATOR)])
    page = client.post(NEW, FILLED)
    assert page.status_code == 422
    assert "As a guest of Cedar County you cannot make a token." in page.content.decode()


def test_there_are_only_so_many(coordinator: User, cedar: Jurisdiction) -> None:
    for _ in range(MOST_TOKENS):
        give_token(coordinator, cedar)
    with pytest.raises(CannotMakeToken):
        give_token(coordinator, cedar)
    by = member(coordinator, cedar)
    end_token(ApiToken.objects.first(), by=by)
    give_token(coordinator, cedar)


@pytest.mark.parametrize(
    "wrong",
    [
        {"expires_at": timezone.now() + dt.timedelta(days=400)},
        {"expires_at": timezone.now() - dt.timedelta(days=400)},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"ended_by": "user"},
    ],
)
def test_the_database_holds_to_it(coordinator: User, cedar: Jurisdiction, wrong: dict[str, object]) -> None:
    give_token(coordinator, cedar)
    wrong = {name: coordinator if value == "user" else value for name, value in wrong.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiToken.objects.update(**wrong)


def test_its_person_ends_it(sign_in: SignIn, coordinator: User, cedar: Jurisdiction) -> None:
    text = give_token(coordinator, cedar)
    client = sign_in("coordinator")
    assert client.post(f"/account/tokens/{ApiToken.objects.get().pk}/end/").headers["Location"] == OWN
    assert Software(text).get(LIST).status_code == 401
    assert "Ended" in client.get(OWN).content.decode()
    with jurisdiction_scope(cedar.pk):
        assert AuditEvent.objects.filter(kind="token.ended", by_user=coordinator.pk).count() == 1


def test_nobody_else_ends_it(
    sign_in: SignIn, coordinator: User, cedar: Jurisdiction, birch: Jurisdiction, outsider: User
) -> None:
    text = give_token(coordinator, cedar)
    key = ApiToken.objects.get().pk
    for who, path, status in (
        ("reviewer", f"/account/tokens/{key}/end/", 404),
        ("outsider", f"/account/tokens/{key}/end/", 404),
        ("outsider", f"/j/birch/people/tokens/{key}/end/", 404),
        ("outsider", f"/j/cedar/people/tokens/{key}/end/", 404),
        ("reviewer", f"/j/cedar/people/tokens/{key}/end/", 403),
    ):
        assert sign_in(who).post(path).status_code == status, (who, path)
    assert "A register" not in sign_in("outsider").get("/j/birch/people/tokens/").content.decode()
    assert "A register" not in sign_in("outsider").get(OWN).content.decode()
    assert Software(text).get(LIST).status_code == 200


def test_an_administrator_sees_and_ends_all(sign_in: SignIn, coordinator: User, cedar: Jurisdiction) -> None:
    text = give_token(coordinator, cedar)
    Software(text).get(LIST)
    client = sign_in("administrator")
    page = client.get(AGENCYS).content.decode()
    assert "A register" in page
    assert "Coordinator" in page
    assert f"{timezone.localtime(ApiToken.objects.get().last_used_at):%-d %B %Y}" in page
    answer = client.post(f"{AGENCYS}{ApiToken.objects.get().pk}/end/")
    assert answer.headers["Location"] == AGENCYS
    assert Software(text).get(LIST).status_code == 401
    with jurisdiction_scope(cedar.pk):
        event = AuditEvent.objects.get(kind="token.ended")
        assert AuditEvent.objects.filter(kind="tokens.listed").exists()
    assert event.ids == {"of": member(coordinator, cedar).pk}


def test_who_starts_over_has_none(coordinator: User, cedar: Jurisdiction) -> None:
    text = give_token(coordinator, cedar)
    take_factors_away_by_command(coordinator)
    assert Software(text).get(LIST).status_code == 401


def test_a_token_opens_one_agency_of_a_person_of_two(
    coordinator: User, cedar: Jurisdiction, birch: Jurisdiction
) -> None:
    Membership.objects.create(jurisdiction=birch, user=coordinator, roles=["coordinator"])
    client = Software(give_token(coordinator, cedar))
    assert client.get(LIST).status_code == 200
    assert client.get("/api/v1/j/birch/incidents/").status_code == 404


def leave(membership: Membership, by: Membership) -> None:
    with jurisdiction_scope(membership.jurisdiction_id):
        remove_person(membership, by=by)


def start_over(membership: Membership, by: Membership) -> None:
    with jurisdiction_scope(membership.jurisdiction_id):
        take_factors_away(membership, by=by)


@pytest.mark.parametrize("happens", [leave, start_over])
def test_a_page_that_was_open_while_it_ended_makes_none(
    coordinator: User, administrator: User, cedar: Jurisdiction, happens: Callable[..., None]
) -> None:
    """What was read when the request began says nothing any more."""
    asks = member(coordinator, cedar)
    happens(member(coordinator, cedar), member(administrator, cedar))
    with pytest.raises(CannotMakeToken) as refusal:
        make_token(asks, name="x", scopes=["read"], days=30)
    assert [problem.code for problem in refusal.value.problems] == ["token.signed_out"]
    assert not ApiToken.objects.exists()


def test_person_and_membership_are_held_while_it_is_made(coordinator: User, cedar: Jurisdiction) -> None:
    """In this order; whoever starts a sign-in over holds the person, whoever ends a membership holds that."""
    with CaptureQueriesContext(connection) as caught:
        give_token(coordinator, cedar)
    held = [one["sql"].split(" FROM ")[1].split()[0] for one in caught if "FOR NO KEY UPDATE" in one["sql"]]
    assert held == ['"jurisdictions_user"', '"jurisdictions_membership"']


def test_a_new_password_ends_no_token_and_its_page_says_so(
    sign_in: SignIn, coordinator: User, cedar: Jurisdiction
) -> None:
    client = sign_in("coordinator")
    assert OWN not in client.get("/account/password/").content.decode()
    text = give_token(coordinator, cedar)
    page = client.get("/account/password/").content.decode()
    assert "1 token of yours goes on working" in page
    assert f'href="{OWN}"' in page
    coordinator.set_password("four words of another kind")
    coordinator.save(update_fields=["password"])
    assert Software(text).get(LIST).status_code == 200


def test_as_many_queries_for_twenty_tokens_as_for_one(
    sign_in: SignIn, coordinator: User, cedar: Jurisdiction
) -> None:
    client, counts = sign_in("coordinator"), []
    for more in (1, MOST_TOKENS - 1):
        for _ in range(more):
            give_token(coordinator, cedar)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(OWN).status_code == 200
        counts.append(len(caught))
    assert counts[1] <= counts[0]


def test_audit_says_that_it_was_other_software(
    sign_in: SignIn, coordinator: User, cedar: Jurisdiction
) -> None:
    Software(give_token(coordinator, cedar)).get(LIST)
    page = sign_in("administrator").get("/j/cedar/people/audit/").content.decode()
    assert "Looked at the list of incidents, by other software" in page
