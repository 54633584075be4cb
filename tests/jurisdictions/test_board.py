"""The agency board: what the partnership knows of each agency, what comes next, and nothing of incidents."""

import datetime as dt
import re
from collections.abc import Callable
from html import unescape
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jurisdictions import tasks
from jurisdictions.board import QUIET_FOR, next_step, standings
from jurisdictions.models import (
    AgencyContact,
    Invitation,
    Jurisdiction,
    Membership,
    User,
)
from jurisdictions.roles import Role, every_role
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import make_person, member
from tests.reviews.situations import make_review
from tests.second_step import give_app

BOARD = "/partnership/agencies/"


def agency(slug: str, **columns: Any) -> Jurisdiction:
    columns = {"agreement_on": dt.date(2025, 1, 7), "name": slug.capitalize(), "kind": "county"} | columns
    return Jurisdiction.objects.create(slug=slug, **columns)


def invited(of: Jurisdiction, by: User, *, days: int = 5, **columns: Any) -> Invitation:
    return Invitation.objects.create(
        jurisdiction=of,
        email=f"first@{of.slug}.gov",
        roles=["agency_administrator"],
        invited_by=by,
        expires_at=timezone.now() + dt.timedelta(days=days),
        **columns,
    )


def named(of: Jurisdiction, part: str) -> None:
    user = make_person(f"{part}.{of.slug}", of, Role.REVIEWER)
    AgencyContact.objects.create(jurisdiction=of, part=part, membership=member(user, of), phone="1")


def every_stage(partner: User) -> None:
    """Ten agencies, named by what comes next in each; in the order of the alphabet another one than the board's."""
    agency("zz-agreement", agreement_on=None)
    agency("yy-invite")
    invited(agency("xx-undelivered"), partner, dead_at=timezone.now())
    invited(agency("ww-expired"), partner, days=-1)
    invited(agency("uu-waits"), partner)
    today = timezone.localdate()
    quiet = agency("vv-quiet", active_on=today - QUIET_FOR - dt.timedelta(days=1))
    over = agency("tt-over", role_ceiling=[role for role in every_role() if role != Role.DIRECTOR])
    liaison, deputy, done = agency("ss-liaison"), agency("rr-deputy"), agency("aa-done", active_on=today)
    for one in (quiet, over, liaison, deputy, done):
        make_person(f"admin.{one.slug}", one, Role.ADMINISTRATOR)
    make_person("director.over", over, Role.DIRECTOR)
    named(deputy, "liaison")
    for part in ("liaison", "deputy"):
        named(done, part)


def test_what_needs_doing_comes_first_and_leads_there(
    sign_in: Callable[[str], Client], partner: User
) -> None:
    every_stage(partner)
    page = unescape(sign_in("partner").get(BOARD).content.decode())
    rows = re.findall(
        r'<tr><th scope="row"><a href="/partnership/agencies/([\w-]+)/">.*?</th><td>(.*?)</td>', page
    )
    assert [slug for slug, _ in rows] == [
        "zz-agreement",
        "yy-invite",
        "xx-undelivered",
        "ww-expired",
        "vv-quiet",
        "uu-waits",
        "tt-over",
        "rr-deputy",
        "ss-liaison",
        "aa-done",
    ]
    steps = dict(rows)
    assert 'href="/partnership/agencies/zz-agreement/agreement/"' in steps["zz-agreement"]
    assert 'href="/partnership/agencies/tt-over/roles/"' in steps["tt-over"]
    assert "1 person holds a role over the ceiling" in steps["tt-over"]
    assert "Nobody has worked here for 46 days" in steps["vv-quiet"]
    assert "yours turn" not in page
    assert steps["uu-waits"].endswith("the agency’s turn</span>")
    assert steps["aa-done"] == "Nothing is waiting"
    assert "In 5 agencies the next step is yours." in page


def told(slug: str) -> Any:
    return next(standing for standing, _ in standings() if standing.agency.slug == slug)


def test_it_counts_people_second_steps_and_invitations(
    cedar: Jurisdiction, reviewer: User, administrator: User, partner: User
) -> None:
    give_app(reviewer)
    gone = make_person("gone", cedar, Role.DIRECTOR)
    give_app(gone)
    Membership.objects.filter(user=gone).update(left_at=timezone.now())
    invited(cedar, partner)
    invited(cedar, partner, cancelled_at=timezone.now())
    standing = told("cedar")
    assert (standing.people, standing.administrators, standing.with_second_step) == (2, 1, 1)
    assert (standing.over_ceiling, len(standing.invitations)) == (0, 1)
    assert standing.first_invitation is None, "it has an administrator"


def test_the_last_day_of_work_is_written_by_the_agency_s_own_task(
    cedar: Jurisdiction, reviewer: User
) -> None:
    now = timezone.now()
    with jurisdiction_scope(cedar.pk):
        for days, columns in (
            (3, {"by_user": reviewer.pk}),
            (2, {"by_user": None}),
            (1, {"by_user": reviewer.pk, "outcome": "denied"}),
        ):
            _tell(cedar, now - dt.timedelta(days=days), **columns)
    tasks.note_activity(cedar.pk)
    cedar.refresh_from_db()
    assert cedar.active_on == timezone.localdate(now - dt.timedelta(days=3))


def _tell(of: Jurisdiction, at: dt.datetime, *, by_user: int | None, outcome: str = "done") -> None:
    """An event of that moment; the model itself writes the present one only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO jurisdictions_auditevent (jurisdiction_id, by_user, kind, about, outcome, request_id, ids, at)"
            " VALUES (%s, %s, 'review.read', 'review:1', %s, '', '{}', %s)",
            [of.pk, by_user, outcome, at],
        )


def test_an_agency_without_any_work_has_no_day(cedar: Jurisdiction) -> None:
    tasks.note_activity(cedar.pk)
    cedar.refresh_from_db()
    assert cedar.active_on is None
    assert next_step(told("cedar"), timezone.localdate()).words == "Invite the first administrator"


def test_more_incidents_and_reviews_change_no_byte_of_it(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, coordinator: User
) -> None:
    client = sign_in("partner")

    def read() -> str:
        return re.sub(
            r'csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"', "", client.get(BOARD).content.decode()
        )

    before = read()
    with jurisdiction_scope(cedar.pk):
        for number in ("2026-001", "2026-002"):
            make_review(cedar, member(coordinator, cedar), number=number)
    assert read() == before


def test_more_agencies_cost_no_more_queries(
    sign_in: Callable[[str], Client], partner: User, cedar: Jurisdiction
) -> None:
    client, counts = sign_in("partner"), []
    client.get(BOARD)
    for prepare in (lambda: None, lambda: every_stage(partner)):
        prepare()
        with CaptureQueriesContext(connection) as asked:
            client.get(BOARD)
        counts.append(len(asked))
    assert counts[0] == counts[1] < 16
