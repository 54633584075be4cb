"""What PostgreSQL does for a page must not grow with the agency: buffers and plans at 2,000 and at 20,000 rows.

Buffer counts are exact where times are not: the same page must touch as many at either size and at any depth.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client, TransactionTestCase

from bench import data
from bench.statements import Plan, Statement, explain, seen_behind_the_door
from jurisdictions.models import Jurisdiction, Membership
from jurisdictions.paging import COUNTED_TO
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews.models import Answer, Incident, Review
from tests.cast import make_person, member

pytestmark = pytest.mark.slow

SIZES = SMALL, LARGE = 2_000, 20_000
PAGES = {
    "reviews": "reviews/",
    "reviews, all": "reviews/?show=all",
    "reviews, late": "reviews/?show=late",
    "reviews, approved": "reviews/?show=approved",
    "reviews, held": "reviews/?show=held",
    "incidents": "incidents/",
}
# An index that is one level deeper costs one buffer more for each row that is looked up in it: 26 rows of a page or
# the 40 reviews of the measured person, in five tables at most. A walk over every row costs thousands.
LEVEL = 40 * 5


@dataclass(frozen=True)
class Measured:
    """The plans of a page's reading statements, by who reads, which page, and how many rows the agency has."""

    pages: dict[tuple[str, str, int], list[Plan]]
    save: list[Plan]
    counter_examples: tuple[Plan, Plan]


@pytest.fixture(scope="module")
def measured(django_db_setup: None, django_db_blocker: Any) -> Iterator[Measured]:
    """Fill one agency twice over, read its pages at both sizes, and leave nothing behind."""
    with django_db_blocker.unblock():
        try:
            yield _measure()
        finally:
            TransactionTestCase._fixture_teardown(TransactionTestCase())  # type: ignore[attr-defined]


def _measure() -> Measured:
    cedar = Jurisdiction.objects.create(slug="cedar", name="Cedar County", kind="county")
    birch = Jurisdiction.objects.create(slug="birch", name="Birch State", kind="state")
    people = {who: _agency(agency) for who, agency in (("ours", cedar), ("theirs", birch))}
    pages: dict[tuple[str, str, int], list[Plan]] = {}
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as owner:
        data.fill(owner, people["theirs"], first=1, last=SMALL)
        for begin, size in ((1, SMALL), (SMALL + 1, LARGE)):
            data.fill(owner, people["ours"], first=begin, last=size)
            data.settle(owner)
            for who, pk in (
                ("coordinator", people["ours"].coordinator),
                ("reviewer", people["ours"].staff[0]),
            ):
                client = Client()
                client.force_login(Membership.objects.select_related("user").get(pk=pk).user)
                deep = _deep(cedar, 200 if size == LARGE else 20) if who == "coordinator" else {}
                for name, page in (PAGES | deep).items():
                    pages[who, name, size] = _plans(cedar, client, f"/j/cedar/{page}")
    return Measured(pages, _plans_of_a_save(cedar, people["ours"].staff[0]), _counter_examples(cedar))


def _agency(agency: Jurisdiction) -> data.Agency:
    def person(who: str, role: Role) -> int:
        user = make_person(f"{who}.{agency.slug}", agency, role)
        return member(user, agency).pk

    return data.Agency(
        agency.pk,
        person("coordinator", Role.COORDINATOR),
        person("director", Role.DIRECTOR),
        tuple(person(f"reviewer{number}", Role.REVIEWER) for number in range(data.STAFF)),
    )


def _deep(agency: Jurisdiction, page: int) -> dict[str, str]:
    """The addresses of a page far down in both lists, as the lists' own links say them."""
    at = page * 25 - 25
    with jurisdiction_scope(agency.pk):
        incidents = Incident.objects.order_by("-occurred_on", "-pk").values_list("occurred_on", "pk")
        reviews = Review.objects.selected().under_way().order_by("due_on", "pk").values_list("due_on", "pk")
        day, incident = incidents[at]
        due_on, review = reviews[at]
    return {
        "incidents, far down": f"incidents/?after={day}_{incident}",
        "reviews, far down": f"reviews/?after={due_on}&id={review}",
    }


def _plans(agency: Jurisdiction, client: Client, path: str) -> list[Plan]:
    with seen_behind_the_door() as behind:
        assert client.get(path).status_code == 200
    with jurisdiction_scope(agency.pk):
        return [explain(statement) for statement in behind if not statement.sql.startswith("INSERT")]


def _plans_of_a_save(agency: Jurisdiction, reviewer: int) -> list[Plan]:
    """Of everything that saving one answer asks, written rows included; each is taken back."""
    client = Client()
    client.force_login(Membership.objects.select_related("user").get(pk=reviewer).user)
    with jurisdiction_scope(agency.pk):
        seats = Review.objects.filter(seats__membership=reviewer, state="in_review")
        answer = Answer.objects.filter(record__review__in=seats, item="prior_contact").first()
        assert answer is not None
        number = answer.record.number
    sent = {"item": answer.item, "version": answer.version, "value": "none"}
    with seen_behind_the_door() as behind:
        response = client.post(f"/j/cedar/reviews/{number}/answers/", sent, content_type="application/json")
    assert response.status_code == 200, response.content
    with jurisdiction_scope(agency.pk):
        return [explain(statement) for statement in behind]


def _counter_examples(agency: Jurisdiction) -> tuple[Plan, Plan]:
    """What the lists must never do: walk to page 200, or sort everything to show 25."""
    by_offset = Incident.objects.for_list()[199 * 25 : 200 * 25]
    sorted_anew = Review.objects.selected().order_by("state_since", "version", "-due_on")[:25]
    with jurisdiction_scope(agency.pk):
        walked, ordered = (
            explain(Statement(*rows.query.sql_with_params())) for rows in (by_offset, sorted_anew)
        )
    return walked, ordered


def isolated_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity")
        return {name for (name,) in cursor.fetchall()}


def buffers(plans: list[Plan]) -> int:
    return sum(plan.buffers for plan in plans)


@pytest.mark.parametrize("tab", PAGES)
@pytest.mark.parametrize("who", ["coordinator", "reviewer"])
def test_ten_times_the_rows_touch_the_same_buffers(measured: Measured, who: str, tab: str) -> None:
    for small, large in zip(*(measured.pages[who, tab, size] for size in SIZES), strict=True):
        assert large.buffers <= small.buffers + LEVEL, large.statement.sql


@pytest.mark.parametrize("tab", ["reviews", "incidents"])
def test_page_200_touches_the_same_buffers_as_page_1(measured: Measured, tab: str) -> None:
    first, deep = (buffers(measured.pages["coordinator", name, LARGE]) for name in (tab, f"{tab}, far down"))
    assert deep <= first + LEVEL


@pytest.mark.parametrize("size", SIZES)
def test_no_list_sorts_more_than_a_person_s_own_rows(measured: Measured, size: int) -> None:
    for (who, page, rows), plans in measured.pages.items():
        if rows == size:
            assert max(plan.rows_sorted for plan in plans) <= 100, (who, page)


def test_lists_read_no_table_row_by_row_beyond_what_a_capped_count_needs(
    measured: Measured, db: None
) -> None:
    isolated = isolated_tables()
    for place, plans in measured.pages.items():
        for plan in plans:
            read = {table: rows for table, rows in plan.scanned.items() if table in isolated}
            # One review in five is under way: counting to a thousand reads some five thousand, of however many.
            assert max(read.values(), default=0) <= COUNTED_TO * 6, (place, read, plan.statement.sql)


def test_saving_an_answer_finds_every_row_by_an_index(measured: Measured, db: None) -> None:
    for plan in measured.save:
        assert not set(plan.scanned) & isolated_tables(), plan.statement.sql


def test_the_count_in_the_frame_touches_the_unread_only(measured: Measured) -> None:
    for plans in measured.pages.values():
        (inbox,) = (plan for plan in plans if "inbox_message" in plan.tables)
        assert not inbox.scanned
        assert "message_unread" in {node.get("Index Name") for node in inbox.nodes}


def test_the_policy_asks_once_a_statement_and_table_never_a_row(measured: Measured, db: None) -> None:
    isolated = isolated_tables()
    for plan in [plan for plans in measured.pages.values() for plan in plans] + measured.save:
        assert bool(plan.policy_calls) == bool(plan.tables & isolated), plan.statement.sql
        assert set(plan.policy_calls) <= {0, 1}, plan.statement.sql


def test_a_page_by_offset_and_a_sort_without_an_index_would_be_seen(measured: Measured) -> None:
    by_offset, sorted_anew = measured.counter_examples
    assert sum(by_offset.scanned.values()) > COUNTED_TO * 4
    assert sorted_anew.rows_sorted > 1000
