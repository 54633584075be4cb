"""PostgreSQL knows how many records there are when it asks the keys of a large file."""

import json
import os

import psycopg
import pytest
from django.db import connection

from jurisdictions.models import Jurisdiction
from jurisdictions.tenancy import jurisdiction_scope
from reviews.imports import keeping
from reviews.models import Incident
from tests.locks import come_to_wait, in_another_connection
from tests.reviews.incident_situations import imported

pytestmark = pytest.mark.django_db(transaction=True)

SOME = 2_000


def _write(first: Incident) -> None:
    Incident.objects.bulk_create(
        Incident(
            jurisdiction=first.jurisdiction,
            number=f"2018-{nth:04}",
            incident_type="fatality",
            imported_by=first.imported_by,
            source_key=str(nth),
        )
        for nth in range(2, SOME + 1)
    )


def _believed(agency: Jurisdiction) -> int:
    """How many incidents of the agency PostgreSQL expects to meet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN (FORMAT JSON) SELECT FROM reviews_incident WHERE jurisdiction_id = %s", [agency.pk]
        )
        told = cursor.fetchone()[0]
    plan = json.loads(told) if isinstance(told, str) else told
    return int(plan[0]["Plan"]["Plan Rows"])


def _sweep() -> None:
    """What autovacuum does when it pleases: it counts the rows that are kept, which are none yet."""
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as owner:
        owner.execute("VACUUM reviews_incident")


@pytest.fixture
def first(cedar: Jurisdiction) -> Incident:
    return imported(cedar)


def test_a_sweep_in_the_midst_of_an_import_is_put_right(cedar: Jurisdiction, first: Incident) -> None:
    with jurisdiction_scope(cedar.pk), keeping.kept_unless(dry_run=True):
        _write(first)
        _sweep()
        assert _believed(cedar) < SOME / 10
        keeping.weigh(keeping.MANY)
        assert _believed(cedar) == pytest.approx(SOME, rel=0.1)


def test_of_a_small_file_nothing_is_counted(cedar: Jurisdiction, first: Incident) -> None:
    with jurisdiction_scope(cedar.pk), keeping.kept_unless(dry_run=True):
        _write(first)
        _sweep()
        keeping.weigh(keeping.MANY - 1)
        assert _believed(cedar) < SOME / 10


def test_an_import_beside_another_one_does_not_fail(cedar: Jurisdiction, birch: Jurisdiction) -> None:
    with jurisdiction_scope(cedar.pk), keeping.kept_unless(dry_run=True):
        keeping.weigh(keeping.MANY)  # holds the tables until it is kept
        other, ended = in_another_connection(birch, lambda: keeping.weigh(keeping.MANY))
        other.start()
        assert come_to_wait(other)
        other.join()
    assert ended == ["done"]
