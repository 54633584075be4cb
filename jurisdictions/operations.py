"""Migration operations that put a table behind the wall."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState

# Raises instead of returning nothing: a page that forgot its scope fails loudly, it does not show an empty list.
CREATE_CURRENT_JURISDICTION = """
CREATE SCHEMA IF NOT EXISTS npcs;
CREATE OR REPLACE FUNCTION npcs.current_jurisdiction() RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    open text := current_setting('npcs.jurisdiction', true);
BEGIN
    IF open IS NULL OR open = '' THEN
        RAISE EXCEPTION 'no jurisdiction is open' USING ERRCODE = '42501';
    END IF;
    RETURN open::bigint;
END $$;
"""
DROP_CURRENT_JURISDICTION = "DROP FUNCTION npcs.current_jurisdiction();"

MINE = "jurisdiction_id = (SELECT npcs.current_jurisdiction())"


class _TableOperation(Operation):
    reversible = True
    category = OperationCategory.SQL

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing: row security is not part of Django's picture of the models."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for statement in self.forwards(app_label, to_state.apps):
            schema_editor.execute(statement)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for statement in self.backwards(app_label, from_state.apps):
            schema_editor.execute(statement)

    def forwards(self, app_label: str, apps: Any) -> list[str]:
        raise AssertionError("said by each operation")

    def backwards(self, app_label: str, apps: Any) -> list[str]:
        raise AssertionError("said by each operation")


class IsolateByJurisdiction(_TableOperation):
    """Rows of this model exist only inside their own agency's scope.

    ENABLE, never FORCE: under FORCE an owner's foreign-key check sees no rows and passes. Also writes the
    (jurisdiction, key) unique constraint that composite foreign keys point at.
    """

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def forwards(self, app_label: str, apps: Any) -> list[str]:
        model = apps.get_model(app_label, self.model_name)
        table, key = model._meta.db_table, model._meta.pk.column
        return [
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
            f'CREATE POLICY jurisdiction ON "{table}" TO npcs_app USING ({MINE}) WITH CHECK ({MINE})',
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_in_jurisdiction" UNIQUE (jurisdiction_id, "{key}")',
        ]

    def backwards(self, app_label: str, apps: Any) -> list[str]:
        table = apps.get_model(app_label, self.model_name)._meta.db_table
        return [
            f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_in_jurisdiction"',
            f'DROP POLICY jurisdiction ON "{table}"',
            f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
        ]

    def describe(self) -> str:
        return f"Isolate {self.model_name} by jurisdiction"


class SameJurisdiction(_TableOperation):
    """What `field` of `model_name` points at lies in the row's own agency (the constraint of `Within`)."""

    def __init__(self, model_name: str, field: str) -> None:
        self.model_name, self.field = model_name, field

    def _name(self, table: str) -> str:
        return f"{table}_{self.field}_same_jurisdiction"[:63]

    def forwards(self, app_label: str, apps: Any) -> list[str]:
        model = apps.get_model(app_label, self.model_name)
        field = model._meta.get_field(self.field)
        table, target = model._meta.db_table, field.related_model._meta
        return [
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{self._name(table)}" '
            f'FOREIGN KEY (jurisdiction_id, "{field.column}") '
            f'REFERENCES "{target.db_table}" (jurisdiction_id, "{target.pk.column}") '
            "DEFERRABLE INITIALLY DEFERRED"
        ]

    def backwards(self, app_label: str, apps: Any) -> list[str]:
        table = apps.get_model(app_label, self.model_name)._meta.db_table
        return [f'ALTER TABLE "{table}" DROP CONSTRAINT "{self._name(table)}"']

    def describe(self) -> str:
        return f"Keep {self.model_name}.{self.field} inside one jurisdiction"
