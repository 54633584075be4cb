"""Writing rows with the times and keys that the demo gives them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from django.db import connection, models

BLOCK = 400


def insert(rows: Iterable[models.Model]) -> None:
    """Write rows as Django's own reader of fixtures does: a time that a row would set by itself stays as told."""
    for row in rows:
        row.save_base(raw=True, force_insert=True)


def insert_dated(rows: Sequence[models.Model], column: str) -> None:
    """The same for many rows whose keys are known, in two statements; not for tables that are only added to."""
    if not rows:
        return
    model = type(rows[0])
    told = [(row.pk, getattr(row, column)) for row in rows]
    model._default_manager.bulk_create(rows)
    words = (model._meta.db_table, model._meta.pk.column or "", column)
    table, key, name = map(connection.ops.quote_name, words)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {name} = told.at "  # noqa: S608 (names of our own tables)
            f"FROM unnest(%s::bigint[], %s::timestamptz[]) told (key, at) WHERE {table}.{key} = told.key",
            [[key for key, _ in told], [at for _, at in told]],
        )


def keys_of(model: type[models.Model]) -> Iterator[int]:
    """Primary keys for rows still to be written, so that they can name each other first."""
    table, column = model._meta.db_table, model._meta.pk.column

    def block() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [table, column, BLOCK],
            )
            return [int(row[0]) for row in cursor.fetchall()]

    return chain.from_iterable(iter(block, []))
