"""The one place that tells PostgreSQL whose rows may be seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from jurisdictions import doorbell

_open: ContextVar[int | None] = ContextVar("open_jurisdiction", default=None)


class ScopeError(RuntimeError):
    """A scope was opened inside another: one request, task or command opens one agency."""


def open_jurisdiction() -> int | None:
    """The primary key of the agency whose scope is open here, or None."""
    return _open.get()


def _tell_postgres(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('npcs.jurisdiction', %s, true)", [value])


@contextmanager
def jurisdiction_scope(jurisdiction_id: int) -> Iterator[None]:
    """Open the one transaction in which this agency's rows can be seen.

    What was owed inside is rung for once the transaction has committed.
    Raises ScopeError when a scope is open already.
    """
    if _open.get() is not None:
        raise ScopeError(f"The scope of jurisdiction {_open.get()} is already open.")
    token = _open.set(jurisdiction_id)
    # COMMIT ends the setting; only a transaction around this one, such as a test's, would carry it on.
    is_inside_another = connection.in_atomic_block
    try:
        with transaction.atomic(), doorbell.ringing_on_commit():
            _tell_postgres(str(jurisdiction_id))
            yield
            if is_inside_another and not connection.needs_rollback:
                _tell_postgres("")
    finally:
        _open.reset(token)
