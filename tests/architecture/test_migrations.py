"""An upgrade keeps nobody waiting: what a migration does to a table that has rows, it does beside its writers."""

from collections.abc import Iterator

import pytest
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

OURS = {"jurisdictions", "inbox", "dictionary", "reviews"}
FIRST = ("0001", "0002")  # they make the tables, which are empty


def later() -> Iterator[tuple[migrations.Migration, set[str]]]:
    """Our migrations after the first, each with the models that it makes itself."""
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app in OURS and not name.startswith(FIRST):
            made = {
                one.name.lower() for one in migration.operations if isinstance(one, migrations.CreateModel)
            }
            yield migration, made


LATER = list(later())


def on_rows(migration: migrations.Migration, made: set[str]) -> list[Operation]:
    """What it does to tables that stood before."""
    return [one for one in migration.operations if getattr(one, "model_name", "").lower() not in made]


@pytest.mark.parametrize(("migration", "made"), LATER, ids=lambda value: str(value))
def test_an_index_is_built_and_a_rule_is_asked_beside_the_writers(
    migration: migrations.Migration, made: set[str]
) -> None:
    for one in on_rows(migration, made):
        if isinstance(one, migrations.AddIndex):
            assert isinstance(one, AddIndexConcurrently)
            assert not migration.atomic
        if isinstance(one, migrations.AddConstraint):
            assert isinstance(one, AddConstraintNotValid)


@pytest.mark.parametrize(("migration", "made"), LATER, ids=lambda value: str(value))
def test_earlier_rows_are_read_without_the_lock_that_a_new_rule_takes(
    migration: migrations.Migration, made: set[str]
) -> None:
    if any(isinstance(one, ValidateConstraint) for one in migration.operations):
        assert len(migration.operations) == 1


def test_every_new_rule_is_asked_of_earlier_rows_too() -> None:
    every = [one for migration, _ in LATER for one in migration.operations]
    added = {one.constraint.name for one in every if isinstance(one, AddConstraintNotValid)}
    assert added == {one.name for one in every if isinstance(one, ValidateConstraint)}
