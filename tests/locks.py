"""Several connections at once, without guessing how long one takes: the database says who waits."""

import threading
from collections.abc import Callable

from django.db import connection

from jurisdictions.models import Jurisdiction
from jurisdictions.tenancy import jurisdiction_scope


def in_another_connection(
    agency: Jurisdiction, act: Callable[[], object]
) -> tuple[threading.Thread, list[str]]:
    """A thread that acts in the agency's scope, and how it ended: `done`, or what was raised."""
    ended: list[str] = []

    def go() -> None:
        try:
            with jurisdiction_scope(agency.pk):
                act()
            ended.append("done")
        except Exception as error:  # whatever it is, the test asks for it by name
            ended.append(type(error).__name__)
        finally:
            connection.close()

    return threading.Thread(target=go), ended


def come_to_wait(*others: threading.Thread) -> bool:
    """Whether all of these come to wait for a lock; False as soon as one of them has ended."""
    with connection.cursor() as cursor:
        while all(other.is_alive() for other in others):
            cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() == (len(others),):
                return True
            others[0].join(0.02)
    return False
