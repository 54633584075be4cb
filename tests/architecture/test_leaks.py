"""Every address and fragment as every person of Cedar: no marker of Birch, and more of Birch changes no byte."""

import datetime as dt
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from inbox.models import Message
from jurisdictions import audit, links
from jurisdictions.models import Invitation, Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.models import IncidentExport, IncidentImport, Remark, ReviewReport, UnmappedCode
from tests.architecture.test_tables import ISOLATED
from tests.architecture.test_urls import ROUTES, door_of
from tests.cast import member
from tests.reviews.situations import add, answer, make_review, seat

pytestmark = pytest.mark.django_db
MARK = "BIRCHMARK"
PEOPLE = ["reviewer", "observer", "coordinator", "quality_lead", "director", "administrator", "partner"]
# What changes from one answer to the next whatever the data: tokens, nonces and times of a session.
PASSING = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"|csrftoken=[^;"]+')


def furnish(agency: Jurisdiction, people: list[Membership], mark: str, number: str) -> dict[str, Any]:
    """One of everything in an agency, each text carrying the mark. Returns the keys that addresses need."""
    lead, now = people[0], timezone.now()
    with jurisdiction_scope(agency.pk):
        review = make_review(agency, lead, number=number, lead=lead)
        for other in people[1:2]:
            seat(review, other, lead)
        review.incident.county = f"{mark} County"
        review.incident.case_number = f"{mark}-CASE-{number}"
        review.incident.save(update_fields=["county", "case_number"])
        answer(review, lead, "safety_account", f"{mark} safety")
        answer(review, lead, "what_was_reported", f"<p>{mark} reported</p>")
        need = add(review, lead, "needs", need_statement=f"{mark} need", need_met="unmet")
        opportunity = add(review, lead, "opportunities", opportunity_title=f"{mark} opportunity")
        add(review, lead, "timeline", event_text=f"{mark} event")
        remark = Remark.objects.create(
            jurisdiction=agency, review=review, part="needs", text=f"{mark} remark", by=lead, at=now
        )
        message = Message.objects.create(
            jurisdiction=agency,
            to=lead,
            kind="named_to_review",
            number=number,
            path=f"/j/{agency.slug}/reviews/{number}/",
            occasion=f"{mark}:{number}",
            done_at=now,
        )
        stored = default_storage.save(f"{agency.pk}/{mark}-{number}", ContentFile(f"{mark} file".encode()))
        work = {"jurisdiction": agency, "asked_by": lead, "done_at": now}
        report = ReviewReport.objects.create(
            **work,
            review=review,
            sequence=1,
            is_draft=True,
            edition=review.edition,
            review_version=1,
            file=stored,
            sha256="0" * 64,
            size=1,
            pages=1,
        )
        export = IncidentExport.objects.create(**work, file=stored, sha256="0" * 64, size=1, rows=1)
        received = IncidentImport.objects.create(
            jurisdiction=agency,
            file_name=f"{mark}.csv",
            sha256="0" * 64,
            mapping_sha256="0" * 64,
            rows=1,
            accepted=1,
            with_warnings=0,
            returned=0,
            created=1,
            changed=0,
            unchanged=0,
        )
        audit.record("tested", about=review, by=lead)
        UnmappedCode.objects.create(
            jurisdiction=agency, imported_by=received, column="x", code=f"{mark} code", rows=1
        )
    invitation = Invitation.objects.create(
        jurisdiction=agency,
        email=f"{mark.lower()}.{number}@example.org",
        roles=["reviewer"],
        invited_by=lead.user,
        expires_at=now + dt.timedelta(days=5),
        done_at=now,
    )
    return {
        "number": number,
        "entry": need.pk,
        "opportunity": opportunity.pk,
        "remark": remark.pk,
        "message": message.pk,
        "sequence": report.sequence,
        "export": export.pk,
        "person": people[-1].pk,
        "invitation": invitation.pk,
        "token": links.token_for(invitation),
    }


def address(route: str, agency: str, keys: dict[str, Any]) -> str:
    """The route filled in with these keys."""
    values = keys | {
        "jurisdiction": agency,
        "agency": agency,
        "part": "needs",
        "section": "needs",
        "action": "send_to_quality_lead",
    }
    if route.startswith("codebook"):
        values["number"] = "1.0"
    if "factors/of" in route:
        values["entry"] = keys["opportunity"]
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found.group(1)]), route)


AGENCY_ROUTES = [(route, pattern) for route, pattern in ROUTES if not route.startswith("account/")]
READABLE = [route for route, _ in AGENCY_ROUTES if route not in {"healthz", "readyz"}]


@pytest.fixture
def furnished(
    cedar: Jurisdiction,
    birch: Jurisdiction,
    outsider: User,
    request: pytest.FixtureRequest,
) -> tuple[dict[str, Any], dict[str, Any], dict[str, User], Membership]:
    people = {who: request.getfixturevalue(who) for who in PEOPLE}
    ours = [member(people[who], cedar) for who in PEOPLE if who != "partner"]
    birch.name = f"{MARK} State"
    birch.save(update_fields=["name"])
    theirs = member(outsider, birch)
    cedar_keys = furnish(cedar, ours, "CEDARMARK", "2026-001")
    birch_keys = furnish(birch, [theirs], MARK, "2026-001")
    return cedar_keys, birch_keys, people, theirs


def read(people: dict[str, User], keys: dict[str, Any]) -> dict[tuple[str, str, bool], tuple[int, bytes]]:
    """What each person of Cedar gets from each address, whole and as a fragment."""
    got = {}
    for who, user in people.items():
        client = Client(raise_request_exception=False)
        client.force_login(user)
        for route in READABLE:
            for fragment in (False, True):
                headers = {"HX-Request": "true"} if fragment else {}
                response = client.get(address(route, "cedar", keys), headers=headers)
                body = b"".join(response) if response.streaming else response.content
                got[who, route, fragment] = (response.status_code, PASSING.sub(b"", body))
    return got


@pytest.mark.slow
def test_no_address_shows_another_agency_and_more_of_it_changes_nothing(
    furnished: tuple[dict[str, Any], dict[str, Any], dict[str, User], Membership], birch: Jurisdiction
) -> None:
    keys, _, people, theirs = furnished
    read(people, keys)  # a first reading may mark a message as read
    before = read(people, keys)
    for place, (status, body) in before.items():
        assert status < 500, place
        if place[0] != "partner":  # the partnership's directory names every agency, and nothing else of it
            assert MARK.encode() not in body, place
        assert f"{MARK}-CASE".encode() not in body
    for n in range(2, 9):
        furnish(birch, [theirs], MARK, f"2026-00{n}")
    after = read(people, keys)
    members_only = {place: got for place, got in after.items() if place[0] != "partner"}
    different = [place for place, got in members_only.items() if got != before[place]]
    assert different == []


@pytest.mark.slow
def test_every_address_of_another_agency_is_as_if_it_were_not_there(
    furnished: tuple[dict[str, Any], dict[str, Any], dict[str, User], Membership],
) -> None:
    _, birch_keys, people, _ = furnished
    nowhere = birch_keys | {"invitation": uuid.uuid4()}
    for user in people.values():
        client = Client(raise_request_exception=False)
        client.force_login(user)
        for route, pattern in AGENCY_ROUTES:
            if not route.startswith("j/"):
                continue
            for method in (client.get, client.post):
                there = method(address(route, "birch", birch_keys))
                missing = method(address(route, "no-such-agency", nowhere))
                if there.status_code == 405:
                    continue
                assert (there.status_code, there.content) == (missing.status_code, missing.content), route
                assert there.status_code == 404, (route, pattern.name)


@pytest.mark.slow
def test_keys_of_another_agency_open_nothing_in_ones_own(
    furnished: tuple[dict[str, Any], dict[str, Any], dict[str, User], Membership],
) -> None:
    keys, birch_keys, people, _ = furnished
    swapped = ["entry", "remark", "message", "export", "person", "invitation"]
    for user in people.values():
        client = Client(raise_request_exception=False)
        client.force_login(user)
        for route, _ in AGENCY_ROUTES:
            for key in swapped:
                named = "opportunity" if "factors/of" in route else key
                if not route.startswith("j/") or f":{key}>" not in route:
                    continue
                for method in (client.get, client.post):
                    response = method(address(route, "cedar", keys | {named: birch_keys[named]}))
                    assert response.status_code in {403, 404, 405}, (route, key)
                    assert MARK.encode() not in response.content


def test_raw_sql_without_a_scope_is_refused_by_every_table_that_holds_a_row(
    furnished: tuple[dict[str, Any], dict[str, Any], dict[str, User], Membership],
) -> None:
    furnished_tables = {
        f"{model._meta.db_table}"
        for model in ISOLATED
        if model._meta.label not in {"reviews.AnswerVersion", "reviews.PartMark", "reviews.Recusal"}
    } - {"reviews_reviewgrant", "reviews_reviewmove", "jurisdictions_agencypolicy"}
    assert len(furnished_tables) > 12
    for table in furnished_tables:
        # PostgreSQL asks the policy once it meets a row; an empty table has nothing to refuse.
        with pytest.raises(ProgrammingError, match="no jurisdiction is open"), transaction.atomic():
            count(table)


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return int(cursor.fetchone()[0])


def test_search_finds_nothing_of_another_agency(
    furnished: tuple[dict[str, Any], dict[str, Any], dict[str, User], Membership],
    sign_in: Callable[[str], Client],
) -> None:
    client = sign_in("coordinator")
    ours = client.get("/j/cedar/incidents/", {"q": "CEDARMARK"})
    theirs = client.get("/j/cedar/incidents/", {"q": MARK})
    nothing = client.get("/j/cedar/incidents/", {"q": "QQQQQMARK"})
    assert b"2026-001" in ours.content
    same = [
        PASSING.sub(b"", page.content).replace(word, b"")
        for page, word in ((theirs, MARK.encode()), (nothing, b"QQQQQMARK"))
    ]
    assert same[0] == same[1]


def test_a_refused_address_is_behind_a_door_in_the_list() -> None:
    assert all(door_of(pattern.callback)[0] for _, pattern in AGENCY_ROUTES)
