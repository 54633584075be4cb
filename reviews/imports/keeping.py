"""What every import shares: a trial does the same as the import and takes it back; a receipt's key is known first."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

STATEMENT_SECONDS = 600  # as long as the work's own lease is longer than usual
MANY = 5_000  # rows written, from which on asking their keys by the wrong index takes longer than `weigh`


class _TakenBack(Exception):
    """Ends a dry run: what it did is rolled back."""


@contextmanager
def kept_unless(dry_run: bool) -> Iterator[None]:
    """One transaction. A dry run is asked at its end what a commit would have asked, and then rolled back."""
    try:
        with transaction.atomic():
            take_time()
            yield
            if dry_run:
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                raise _TakenBack
    except _TakenBack:
        pass


def take_time() -> None:
    """Let the statements of this transaction run longer than those of a page: each goes over a whole file."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")


def weigh(rows: int) -> None:
    """Let PostgreSQL count the records anew once many rows are written, before it asks their keys.

    Where it swept the tables after a trial, it believes them almost empty. Every index that begins with the agency
    then looks as good as the one that a key is asked by, and asking the keys of 15,000 incidents was seen to take
    minutes instead of seconds.
    """
    if rows >= MANY:
        with connection.cursor() as cursor:
            cursor.execute("SELECT npcs.weigh_records()")


def next_receipt_key() -> int:
    """The key that the receipt will have: the rows that it accounts for carry it before it is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('reviews_incidentimport', 'id'))")
        return int(cursor.fetchone()[0])
