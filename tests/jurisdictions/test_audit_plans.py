"""The audit's page reads no more of 200,000 events than it shows and counts, however it is narrowed."""

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.test import Client, TransactionTestCase

from bench.statements import Plan, explain, seen_behind_the_door
from jurisdictions.models import AuditEvent, Jurisdiction
from jurisdictions.paging import COUNTED_TO
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import make_person

pytestmark = pytest.mark.slow
EVENTS = 200_000
FILL = """
INSERT INTO jurisdictions_auditevent (jurisdiction_id, at, by_user, kind, about, outcome, request_id, ids)
SELECT %(agency)s, now() - n * interval '1 minute', %(first)s + n %% 40,
       (ARRAY['review.read', 'review.answered', 'incident.listed', 'door.not_visible'])[1 + n %% 4],
       'review:' || n %% 500, 'done', '', '{}'
FROM generate_series(1, %(events)s) n
"""
# Only one in a thousand is of this kind: it must not be looked for among all.
RARE = "UPDATE jurisdictions_auditevent SET kind = 'policy.set' WHERE id %% 1000 = 0"


@pytest.fixture(scope="module")
def plans(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, list[Plan]]]:
    with django_db_blocker.unblock():
        try:
            yield _measure()
        finally:
            TransactionTestCase._fixture_teardown(TransactionTestCase())  # type: ignore[attr-defined]


def _measure() -> dict[str, list[Plan]]:
    agency = Jurisdiction.objects.create(slug="cedar", name="Cedar County", kind="county")
    reader = make_person("reader", agency, Role.ADMINISTRATOR)
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as owner:
        owner.execute(FILL, {"agency": agency.pk, "first": reader.pk, "events": EVENTS})
        owner.execute(RARE.replace("%%", "%"))
        owner.execute("VACUUM ANALYZE jurisdictions_auditevent")
    with jurisdiction_scope(agency.pk):
        deep = AuditEvent.objects.order_by("-at", "-pk")[150_000]
    day = dict.fromkeys(("since", "until"), deep.at.date().isoformat())
    asked = {
        "newest": {},
        "far down": {"after": f"{deep.at.isoformat()}_{deep.pk}"},
        "a person": {"person": str(reader.pk)},
        "a rare kind": {"kind": "policy.set"},
        "a day": day,
        "a person's day": {"person": str(reader.pk), **day},
        "somebody": {"about": "Reader"},
        "somebody since a day": {"about": "Reader", "since": deep.at.date().isoformat()},
        "a kind on a day": {"kind": "review.read", **day},
    }
    client = Client()
    client.force_login(reader)
    return {name: _plans(agency, client, query) for name, query in asked.items()}


def _plans(agency: Jurisdiction, client: Client, query: dict[str, str]) -> list[Plan]:
    with seen_behind_the_door() as behind:
        assert client.get("/j/cedar/people/audit/", query).status_code == 200
    with jurisdiction_scope(agency.pk):
        read = [explain(statement) for statement in behind if not statement.sql.startswith("INSERT")]
    return [plan for plan in read if "jurisdictions_auditevent" in plan.tables]


def test_each_way_of_asking_is_answered_off_an_index(plans: dict[str, list[Plan]]) -> None:
    for name, found in plans.items():
        assert len(found) == 2, name  # the page, and the count
        for plan in found:
            # Under the limit of a count such a scan may begin, and ends early.
            read = plan.scanned.get("jurisdictions_auditevent", 0)
            assert read <= 2 * COUNTED_TO, (name, read, plan.statement.sql)
            # A day of one agency is sorted at most; never a year, and never all.
            assert plan.rows_sorted <= 2 * COUNTED_TO, (name, plan.statement.sql)
            assert plan.buffers <= 2 * COUNTED_TO, (name, plan.buffers, plan.statement.sql)
