"""PostgreSQL knows how many records there are when it asks the keys of a large file."""

import json
import os
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from dictionary.models import Edition
from jurisdictions.models import Jurisdiction
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions import import_incidents, import_past
from reviews.imports import keeping
from reviews.imports.mapping import read_mapping
from reviews.imports.unpacking import unpack
from reviews.models import Answer, Entry, Incident
from tests.cast import make_person, member
from tests.locks import come_to_wait, in_another_connection
from tests.reviews.incident_situations import imported
from tests.reviews.past_workbooks import WHOLE, filled_in

pytestmark = pytest.mark.django_db(transaction=True)

SOME = 2_000
EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"


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


def test_both_imports_have_it_counted_by_what_they_wrote(
    cedar: Jurisdiction, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weighed: list[int] = []
    for action in (import_incidents, import_past):
        monkeypatch.setattr(action, "weigh", weighed.append)
    edition = Edition.objects.in_force().parsed
    mapping = read_mapping((EXAMPLES / "messy-incidents.mapping.yaml").read_bytes(), edition)
    incidents = unpack(EXAMPLES / "messy-incidents.csv", tmp_path)
    workbook = tmp_path / "filled.xlsx"
    workbook.write_bytes(filled_in(WHOLE, tmp_path))
    by = member(make_person("coordinator", cedar, Role.COORDINATOR), cedar)
    with jurisdiction_scope(cedar.pk):
        import_incidents.import_incidents(incidents, mapping, jurisdiction=cedar)
        import_past.import_past_reviews(unpack(workbook, tmp_path), jurisdiction=cedar, by=by)
        entries_and_answers = (
            Entry.objects.filter(record__review__isnull=False).count()
            + Answer.objects.filter(record__review__isnull=False).count()
        )
    assert weighed == [24, entries_and_answers]
