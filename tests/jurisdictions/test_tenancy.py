"""The walls: what the scope shows, what PostgreSQL refuses, and that absence refuses."""

from contextlib import suppress

import pytest
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client

from jurisdictions import audit
from jurisdictions.models import AgencyPolicy, Jurisdiction, User
from jurisdictions.tenancy import ScopeError, jurisdiction_scope, open_jurisdiction
from npcs.grants import INSERT_ONLY
from tests.jurisdictions import forgetful

pytestmark = pytest.mark.django_db


@pytest.fixture
def furnished(cedar: Jurisdiction) -> None:
    """A row to refuse: PostgreSQL may find a table empty before it asks whose rows to show."""
    with jurisdiction_scope(cedar.pk):
        AgencyPolicy.objects.create(jurisdiction=cedar)


@pytest.mark.usefixtures("furnished")
def test_without_a_scope_postgres_refuses_instead_of_showing_nothing() -> None:
    with pytest.raises(ProgrammingError, match="no jurisdiction is open"), transaction.atomic():
        AgencyPolicy.objects.exists()


@pytest.mark.usefixtures("furnished")
def test_an_empty_setting_refuses_too() -> None:
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


@pytest.mark.usefixtures("furnished")
def test_the_scope_is_gone_after_an_exception(cedar: Jurisdiction) -> None:
    with pytest.raises(RuntimeError, match="oops"), jurisdiction_scope(cedar.pk):
        raise RuntimeError("oops")
    with pytest.raises(ProgrammingError, match="no jurisdiction is open"), transaction.atomic():
        AgencyPolicy.objects.exists()


def test_the_scope_is_gone_when_it_ends(cedar: Jurisdiction) -> None:
    with jurisdiction_scope(cedar.pk):
        AgencyPolicy.objects.create(jurisdiction=cedar)
    with pytest.raises(ProgrammingError, match="no jurisdiction is open"), transaction.atomic():
        AgencyPolicy.objects.exists()


def test_what_broke_inside_is_undone_with_the_scope(cedar: Jurisdiction) -> None:
    """Also where somebody kept the error to themselves; nothing is asked of a broken transaction any more."""
    with jurisdiction_scope(cedar.pk):
        AgencyPolicy.objects.create(jurisdiction=cedar)
        with suppress(RuntimeError), transaction.atomic(savepoint=False):
            raise RuntimeError
    with jurisdiction_scope(cedar.pk):
        assert not AgencyPolicy.objects.exists()


# -- a scope that was forgotten is an error, never an empty page -----------------------------------


@pytest.mark.urls("tests.jurisdictions.forgetful")
@pytest.mark.usefixtures("furnished")
def test_a_view_without_a_scope_fails_loudly(reviewer: User) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(reviewer)
    assert client.get("/reads/").status_code == 500
    assert client.get("/records/").status_code == 500


@pytest.mark.usefixtures("furnished")
def test_a_task_without_a_scope_fails_loudly() -> None:
    with transaction.atomic():
        result = forgetful.task.apply()
        transaction.set_rollback(True)
    assert result.failed()
    assert "no jurisdiction is open" in str(result.result)


@pytest.mark.usefixtures("furnished")
def test_a_command_without_a_scope_fails_loudly() -> None:
    with pytest.raises(ProgrammingError, match="no jurisdiction is open"), transaction.atomic():
        call_command(forgetful.Command())


def test_nothing_is_audited_without_a_scope() -> None:
    with pytest.raises(ScopeError):
        audit.record("tested", about="test:1", by=None)


# -- what is only ever added -------------------------------------------------------------------------


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", sorted(INSERT_ONLY))
def test_what_happened_cannot_be_rewritten(in_cedar: Jurisdiction, table: str, statement: str) -> None:
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_no_table_can_be_emptied_at_once(in_cedar: Jurisdiction) -> None:
    """TRUNCATE asks no policy, so nobody but the owner may."""
    for table in connection.introspection.table_names():
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'TRUNCATE "{table}"')


def test_the_same_email_in_another_case_is_the_same_person(db: None) -> None:
    User.objects.create_user("A.Person@example.org", display_name="A")
    with pytest.raises(IntegrityError):
        User.objects.create_user("a.person@EXAMPLE.org", display_name="B")
