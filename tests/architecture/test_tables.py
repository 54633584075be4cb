"""Every table is isolated, or listed as global with a reason; the catalogue is asked, not the models."""

import pytest
from django.apps import apps
from django.db import connection, models

from jurisdictions.fields import Within, WithinOneToOne
from jurisdictions.operations import MINE
from npcs.grants import INSERT_ONLY, NO_GRANT, READ_ONLY, rights_on

OURS = ("jurisdictions", "inbox", "dictionary", "reviews")

# Tables that lie before the wall. Each says why it may, and none holds case content.
GLOBAL = {
    "jurisdictions.Jurisdiction": "the partnership's directory of agencies",
    "jurisdictions.User": "a person signs in before any agency is open",
    "jurisdictions.Membership": "read to decide which agency's scope to open",
    "jurisdictions.ApiToken": "found before it is known which agency it opens; a hash, no secret and no case content",
    "jurisdictions.PartnershipMembership": "roles in the partnership, which opens no agency",
    "jurisdictions.AgencyContact": "liaison and deputy in the directory, which every agency reads; no case content",
    "jurisdictions.Invitation": "its link is opened by somebody who is in no agency yet",
    "jurisdictions.PartnershipEvent": "what was done in the partnership's own pages",
    "dictionary.Edition": "questions, never answers",
    "account.EmailAddress": "django-allauth: addresses for signing in",
    "account.EmailConfirmation": "django-allauth: not used, as invitations prove the address",
    "auth.Permission": "Django's register of permission names",
    "auth.Group": "Django's; no grant, so the site cannot reach it",
    "auth.Group_permissions": "Django's; no grant, so the site cannot reach it",
    "contenttypes.ContentType": "Django's register of models",
    "jurisdictions.Session": "who is signed in; no case content",
    "sessions.Session": "Django's own, in place of which ours is used; no grant, so the site cannot reach it",
    "mfa.Authenticator": "django-allauth: what a person's second step is checked with, before any agency is open",
    "guardian.UserObjectPermission": "django-guardian's generic table; no grant, so the site cannot reach it",
    "guardian.GroupObjectPermission": "django-guardian's generic table; no grant, so the site cannot reach it",
}
MODELS = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
ISOLATED = [model for model in MODELS if model._meta.label not in GLOBAL]


def ask(statement: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


@pytest.mark.django_db
@pytest.mark.parametrize("model", ISOLATED, ids=lambda model: model._meta.label)
def test_every_table_is_isolated_or_listed_as_global(model: type[models.Model]) -> None:
    table = model._meta.db_table
    assert any(field.name == "jurisdiction" for field in model._meta.fields)
    ((enabled, forced),) = ask(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", table
    )
    assert (enabled, forced) == (True, False), "ENABLE, never FORCE: see jurisdictions.operations"
    policies = ask(
        "SELECT permissive, roles::text, cmd, qual, with_check FROM pg_policies WHERE tablename = %s", table
    )
    assert len(policies) == 1
    permissive, roles, command, sees, writes = policies[0]
    assert (permissive, roles, command) == ("PERMISSIVE", "{npcs_app}", "ALL")
    assert sees == writes
    assert "current_jurisdiction()" in sees
    assert "SELECT" in sees, "evaluated once for a statement, not for every row"
    assert MINE.startswith("jurisdiction_id =")


def test_the_list_of_global_tables_names_no_ghost() -> None:
    assert set(GLOBAL) <= {model._meta.label for model in MODELS}


@pytest.mark.django_db
def test_every_table_in_the_database_is_a_known_model() -> None:
    tables = {table for (table,) in ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert tables - {model._meta.db_table for model in MODELS} == {"django_migrations"}


@pytest.mark.django_db
def test_no_view_steps_around_a_policy() -> None:
    assert ask("SELECT matviewname FROM pg_matviews WHERE schemaname = 'public'") == []
    assert ask("SELECT viewname FROM pg_views WHERE schemaname = 'public'") == []


@pytest.mark.django_db
def test_two_functions_are_ours_and_the_one_that_runs_as_the_owner_tells_nothing() -> None:
    found = ask(
        "SELECT p.proname, p.prosecdef, p.pronargs, format_type(p.prorettype, NULL), p.proconfig "
        "FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE n.nspname IN ('public', 'npcs') ORDER BY p.proname"
    )
    its_own = ["search_path=public, pg_temp", "lock_timeout=3s"]  # a caller cannot slip in tables of its own
    assert found == [
        ("current_jurisdiction", False, 0, "bigint", ["search_path=pg_catalog"]),
        ("weigh_records", True, 0, "void", its_own),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("model", ISOLATED, ids=lambda model: model._meta.label)
def test_references_between_isolated_rows_stay_inside_one_agency(model: type[models.Model]) -> None:
    table = model._meta.db_table
    composite = {
        tuple(columns)
        for (columns,) in ask(
            """
            SELECT array(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY k(n, o)
                         JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.n ORDER BY o)
            FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass
            """,
            table,
        )
        if len(columns) > 1
    }
    for field in model._meta.fields:
        if not isinstance(field, models.ForeignKey) or field.name == "jurisdiction":
            continue
        target = field.related_model._meta.label
        if target in GLOBAL and target != "jurisdictions.Membership":
            continue
        assert any(columns[0] == "jurisdiction_id" and field.column in columns for columns in composite), (
            f"{model._meta.label}.{field.name} may point into another agency"
        )
        assert isinstance(field, Within | WithinOneToOne) or not field.db_constraint


@pytest.mark.django_db
@pytest.mark.parametrize("model", ISOLATED, ids=lambda model: model._meta.label)
def test_no_isolated_table_tells_of_another_agency_by_a_unique_value(model: type[models.Model]) -> None:
    for name, columns in ask(
        """
        SELECT i.relname, array(SELECT a.attname::text FROM unnest(x.indkey) WITH ORDINALITY k(n, o)
                                JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.n ORDER BY o)
        FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
        WHERE x.indisunique AND NOT x.indisprimary AND x.indrelid = %s::regclass
        """,
        model._meta.db_table,
    ):
        # A one-to-one key is a surrogate that tells nothing; every other unique leads with the agency.
        surrogate = len(columns) == 1 and columns[0].endswith("_id")
        assert surrogate or columns[0] == "jurisdiction_id", name


def test_no_automatic_many_to_many_on_isolated_tables() -> None:
    for model in ISOLATED:
        assert not model._meta.many_to_many, f"{model._meta.label}: its table would have no policy"


# -- grants ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_site_may_do_exactly_what_the_lists_say() -> None:
    granted: dict[str, set[str]] = {}
    for table, right in ask(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
        "WHERE grantee = 'npcs_app' AND table_schema = 'public'"
    ):
        granted.setdefault(table, set()).add(right)
    tables = {table for (table,) in ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    for table in tables:
        wanted = {right for right in rights_on(table).split(", ") if right}
        assert granted.get(table, set()) == wanted, table
    assert not any("TRUNCATE" in rights for rights in granted.values())
    assert tables >= INSERT_ONLY | READ_ONLY | NO_GRANT


@pytest.mark.django_db
def test_the_site_is_no_owner_no_superuser_and_bypasses_nothing() -> None:
    ((name, superuser, bypasses, creates_roles),) = ask(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    )
    assert (name, superuser, bypasses, creates_roles) == ("npcs_app", False, False, False)
    ((owned,),) = ask("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
    assert owned == 0
    assert (
        ask("SELECT rolname FROM pg_roles WHERE rolsuper AND pg_has_role(current_user, oid, 'MEMBER')") == []
    )
