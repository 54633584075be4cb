"""The walls: what the scope shows, what PostgreSQL refuses, and that absence refuses."""

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from jurisdictions import audit
from jurisdictions.models import AgencyPolicy, AuditEvent, Jurisdiction, User
from jurisdictions.tenancy import ScopeError, jurisdiction_scope, open_jurisdiction
from tests.cast import member

pytestmark = pytest.mark.django_db


def test_without_a_scope_postgres_refuses_instead_of_showing_nothing(cedar: Jurisdiction) -> None:
    with pytest.raises(ProgrammingError, match="no jurisdiction is open"), transaction.atomic():
        AgencyPolicy.objects.exists()


def test_an_empty_setting_refuses_too(cedar: Jurisdiction) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('npcs.jurisdiction', '', true)")
    with pytest.raises(ProgrammingError, match="no jurisdiction is open"), transaction.atomic():
        AgencyPolicy.objects.exists()


def test_a_scope_shows_its_own_rows_only(cedar: Jurisdiction, birch: Jurisdiction) -> None:
    for agency in (cedar, birch):
        with jurisdiction_scope(agency.pk):
            AgencyPolicy.objects.create(jurisdiction=agency)
    with jurisdiction_scope(cedar.pk):
        assert [policy.jurisdiction_id for policy in AgencyPolicy.objects.all()] == [cedar.pk]
        assert AgencyPolicy.objects.filter(jurisdiction=birch).update(review_due_days=1) == 0


def test_a_scope_writes_no_row_of_another_agency(cedar: Jurisdiction, birch: Jurisdiction) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), jurisdiction_scope(cedar.pk):
        AgencyPolicy.objects.create(jurisdiction=birch)


def test_scopes_do_not_nest(cedar: Jurisdiction, birch: Jurisdiction) -> None:
    with pytest.raises(ScopeError), jurisdiction_scope(cedar.pk), jurisdiction_scope(birch.pk):
        pass
    assert open_jurisdiction() is None


def test_the_scope_is_gone_after_an_exception(cedar: Jurisdiction) -> None:
    with pytest.raises(RuntimeError, match="oops"), jurisdiction_scope(cedar.pk):
        raise RuntimeError("oops")
    with pytest.raises(DatabaseError), transaction.atomic():
        AgencyPolicy.objects.exists()


def test_audit_events_cannot_be_changed_or_deleted(
    cedar: Jurisdiction, administrator: User, in_cedar: Jurisdiction
) -> None:
    event = audit.record("tested", about="test:1", by=member(administrator, cedar))
    for statement in (
        "UPDATE jurisdictions_auditevent SET kind = 'x'",
        "DELETE FROM jurisdictions_auditevent",
    ):
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert AuditEvent.objects.get(pk=event.pk).kind == "tested"


def test_the_same_email_in_another_case_is_the_same_person(db: None) -> None:
    User.objects.create_user("A.Person@example.org", display_name="A")
    with pytest.raises(IntegrityError):
        User.objects.create_user("a.person@EXAMPLE.org", display_name="B")
