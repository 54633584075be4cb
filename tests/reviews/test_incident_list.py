"""The list of incidents: filters, order and place in the address; what each may see; a bounded number of queries."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jurisdictions.models import AuditEvent, Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.models import Incident
from tests.reviews.incident_situations import DAY, imported, notified

pytestmark = pytest.mark.django_db

HOME = "/j/cedar/incidents/"


def numbers(client: Client, query: str = "") -> list[str]:
    """The numbers in the table, in order."""
    answer = client.get(f"{HOME}{query}")
    assert answer.status_code == 200
    return [row.cells[0] for row in answer.context["rows"]]


@pytest.fixture
def past(cedar: Jurisdiction) -> list[Incident]:
    """Sixty past incidents, one a day; every tenth without a date."""
    first = imported(cedar, "2018-001", occurred_on=dt.date(2018, 1, 1))
    with jurisdiction_scope(cedar.pk):
        more = [
            Incident(
                jurisdiction=cedar,
                number=f"2018-{at:03d}",
                incident_type="near_fatality" if at % 2 else "fatality",
                occurred_on=None if at % 10 == 0 else dt.date(2018, 1, 1) + dt.timedelta(at % 7),
                county="Alder" if at % 3 else "Rowan",
                imported_by=first.imported_by,
                source_key=str(at),
            )
            for at in range(2, 61)
        ]
        Incident.objects.bulk_create(more)
        return [first, *more]


@pytest.mark.parametrize("sort", ["newest", "oldest", "number"])
def test_paging_on_and_back_shows_every_incident_once(
    client: Client, coordinator: User, past: list[Incident], sort: str
) -> None:
    client.force_login(coordinator)
    seen: list[list[str]] = []
    url = f"?sort={sort}"
    while url:
        answer = client.get(f"{HOME}{url}")
        seen.append([row.cells[0] for row in answer.context["rows"]])
        url, back = answer.context["next_url"], answer.context["previous_url"]
    assert [len(page) for page in seen] == [25, 25, 10]
    assert sorted(number for page in seen for number in page) == sorted(incident.number for incident in past)
    assert numbers(client, back) == seen[1]
    answer = client.get(f"{HOME}{back}")
    assert numbers(client, answer.context["previous_url"]) == seen[0]


def test_an_address_that_names_no_place_begins_at_the_top(
    client: Client, coordinator: User, past: list[Incident]
) -> None:
    client.force_login(coordinator)
    first = numbers(client)
    for place in ("after=nonsense", "after=2018-99-99_4", "before=_", "after=%00", "after=2018-01-01_x"):
        assert numbers(client, f"?{place}") == first


def test_filters_narrow_and_each_has_a_chip(client: Client, coordinator: User, past: list[Incident]) -> None:
    client.force_login(coordinator)
    answer = client.get(f"{HOME}?type=fatality&county=row&year=2018&state=no_review")
    with_all = [row.cells for row in answer.context["rows"]]
    assert with_all
    assert all(cells[1] == "Fatality" and cells[3] == "Rowan" for cells in with_all)
    assert [words for words, _ in answer.context["chips"]] == [
        "Fatality",
        "Past, no decision opened",
        "2018",
        "County row",
    ]
    assert "type" not in answer.context["chips"][0][1]
    assert client.get(f"{HOME}?type=none&year=20x8&state=gone&sort=no").context["chips"] == []


def test_search_finds_number_case_number_county_and_type(
    client: Client, cedar: Jurisdiction, coordinator: User
) -> None:
    one = notified(cedar, coordinator, case_number="XK-9", county="Hazel")
    other = notified(cedar, coordinator, case_number="PP-1", county="Rowan", incident_type="serious_injury")
    client.force_login(coordinator)
    for words, found in [("xk", one), ("haz", one), (one.number, one), ("injury", other), ("rowan", other)]:
        assert numbers(client, f"?q={words}") == [found.number], words
    answer = client.get(f"{HOME}?q=nothing-like-it")
    assert "No incident fits this" in answer.content.decode()
    with jurisdiction_scope(cedar.pk):  # what was searched for may itself be a secret
        assert "nothing-like-it" not in str(list(AuditEvent.objects.values_list("ids", flat=True)))


def test_a_reviewer_sees_what_they_notified(
    client: Client, cedar: Jurisdiction, reviewer: User, coordinator: User
) -> None:
    mine, other = notified(cedar, reviewer), notified(cedar, coordinator)
    client.force_login(reviewer)
    assert numbers(client) == [mine.number]
    client.force_login(coordinator)
    assert set(numbers(client)) == {mine.number, other.number}


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("outsider", 404), ("administrator", 403), ("observer", 200)]
)
def test_who_reaches_the_list(
    client: Client, cedar: Jurisdiction, sign_in: Any, who: str, status: int
) -> None:
    sign_in(who)
    assert client.get(HOME).status_code == status


def test_the_empty_list_says_what_will_be_here(client: Client, coordinator: User, observer: User) -> None:
    client.force_login(coordinator)
    assert "No incident yet" in client.get(HOME).content.decode()
    client.force_login(observer)
    assert "A coordinator can name you" in client.get(HOME).content.decode()


def test_htmx_gets_the_table_alone(client: Client, coordinator: User, past: list[Incident]) -> None:
    client.force_login(coordinator)
    answer = client.get(f"{HOME}?type=fatality", headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert '<div id="incidents-table">' in page
    assert "Filters (1 on): Fatality" in page  # swapped beside it
    assert "<h1" not in page
    assert "<html" not in page
    assert "HX-Request" in answer.headers["Vary"]


def test_reading_the_list_is_noted_with_what_was_shown(
    client: Client, cedar: Jurisdiction, coordinator: User
) -> None:
    incident = notified(cedar, coordinator)
    client.force_login(coordinator)
    client.get(f"{HOME}?county=Al")
    with jurisdiction_scope(cedar.pk):
        event = AuditEvent.objects.get(kind="incident.listed")
        assert event.ids == {"incidents": [incident.pk], "filters": ["county"]}


def test_a_full_page_costs_no_more_queries_than_one_row(
    client: Client, cedar: Jurisdiction, coordinator: User, past: list[Incident]
) -> None:
    client.force_login(coordinator)
    with CaptureQueriesContext(connection) as few:
        client.get(f"{HOME}?q=2018-001")
    with CaptureQueriesContext(connection) as many:
        client.get(HOME)
    assert len(many) <= len(few)
    assert len(many) <= 22


def test_a_deep_page_reads_the_index_and_not_what_lies_before(
    cedar: Jurisdiction, past: list[Incident]
) -> None:
    with jurisdiction_scope(cedar.pk), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(
            "SET LOCAL enable_incremental_sort = off"
        )  # costs little for a few rows, whichever index
        deep = Incident.objects.standing().after(DAY, 5).order_by("-occurred_on", "-pk")[:26]
        plan = deep.explain()
    assert "incident_newest_first" in plan
    assert "occurred_on <=" in plan.partition("Filter:")[0]
