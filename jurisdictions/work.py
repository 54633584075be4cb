"""Working off owed rows: claim with a lease, do it outside any transaction, settle in a short scope.

Delivery is at least once and its effect is made single by the row: a lease that ran out may be taken by
another worker, and only the holder of the latest claim settles.
"""

import logging
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from jurisdictions import doorbell
from jurisdictions.models import OwedWork

log = logging.getLogger(__name__)

type Scope = Callable[[], Any]  # opens the transaction in which the rows may be seen


def owe[Row: OwedWork](row: Row) -> Row:
    """Save a new row of owed work; whoever opened the transaction rings for it."""
    row.save(force_insert=True)
    remind(row)
    return row


def remind(row: OwedWork) -> None:
    """Have the bell rung for a row that is owed again."""
    jurisdiction_id: int | None = row.jurisdiction_id if row.isolated_work else None  # type: ignore[attr-defined]
    doorbell.remember(row.task, jurisdiction_id)


def owe_again(row: OwedWork) -> None:
    """Start over with a row that was given up, or whose work is wanted once more; the caller holds its lock.

    A worker that still holds it can no longer settle it: its claim is gone.
    """
    row.due_at, row.claim, row.claimed_until = timezone.now(), None, None
    row.tries, row.trouble, row.done_at, row.dead_at = 0, "", None, None
    row.save(update_fields=["due_at", "claim", "claimed_until", "tries", "trouble", "done_at", "dead_at"])
    remind(row)


def given_up() -> dict[str, int]:
    """How many rows of the open agency were given up, by the route of the page that shows them."""
    counts: dict[str, int] = {}
    for model in apps.get_models():
        if issubclass(model, OwedWork) and model.given_up_page and model.isolated_work:
            dead = model._default_manager.filter(dead_at__isnull=False).count()
            counts[model.given_up_page] = counts.get(model.given_up_page, 0) + dead
    return {page: count for page, count in counts.items() if count}


def owed(rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    """Due, neither done nor dead, and held by nobody who may still be at it."""
    return rows.filter(done_at=None, dead_at=None, due_at__lte=now).filter(
        Q(claimed_until=None) | Q(claimed_until__lt=now)
    )


def drain[Row: OwedWork, Result](
    rows: Callable[[], QuerySet[Row]],
    *,
    scope: Scope,
    do: Callable[[Row], Result],
    settle: Callable[[Row, Result], object],
) -> int:
    """Work off everything owed in `rows`, one at a time; return how many were settled.

    `do` runs with no transaction open and may be repeated after a crash; `settle` runs once per finished
    row, in the transaction that also marks it done. Half way to the task's time limit it stops and rings
    for the rest, so that a long queue ends no row in the middle.
    """
    settled, began = 0, time.monotonic()
    while (row := _claim(rows, scope)) is not None:
        try:
            result = do(row)
        except Exception as error:  # whatever it was, the row must live on and a person must learn of it
            _put_back(rows, scope, row, error)
        else:
            settled += _settle(rows, scope, row, result, settle)
        if time.monotonic() - began > settings.CELERY_TASK_SOFT_TIME_LIMIT / 2:
            doorbell.ring(row.task, row.jurisdiction_id if row.isolated_work else None)  # type: ignore[attr-defined]
            break
    return settled


def _claim[Row: OwedWork](rows: Callable[[], QuerySet[Row]], scope: Scope) -> Row | None:
    now = timezone.now()
    with scope():
        # Whoever held these did not live to say what went wrong: after as many tries they are given up too.
        owed(rows(), now).filter(tries__gte=settings.WORK_TRIES).update(dead_at=now, trouble="WorkerKilled")
        waiting = owed(rows(), now).order_by("due_at", "pk")
        row: Row | None = waiting.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        row.claim = uuid.uuid4()
        row.claimed_until = now + timedelta(seconds=settings.WORK_LEASE_SECONDS + row.extra_seconds)
        row.tries += 1
        row.save(update_fields=["claim", "claimed_until", "tries"])
    return row


def _settle[Row: OwedWork, Result](
    rows: Callable[[], QuerySet[Row]],
    scope: Scope,
    row: Row,
    result: Result,
    settle: Callable[[Row, Result], object],
) -> int:
    with scope():
        mine = rows().filter(pk=row.pk, claim=row.claim, done_at=None)
        if not mine.update(done_at=timezone.now(), claimed_until=None, trouble=""):
            return 0  # the lease ran out and another worker has it
        settle(row, result)
    return 1


def _put_back[Row: OwedWork](
    rows: Callable[[], QuerySet[Row]], scope: Scope, row: Row, error: Exception
) -> None:
    now, last = timezone.now(), row.tries >= settings.WORK_TRIES
    log.warning(
        "Owed work failed.",
        exc_info=error,
        extra={"task": type(row).task, "row": str(row.pk), "tries": row.tries, "dead": last},
    )
    wait = min(settings.WORK_BACKOFF_SECONDS * 2**row.tries, 3600)
    with scope():
        rows().filter(pk=row.pk, claim=row.claim, done_at=None).update(
            claimed_until=None,
            due_at=now + timedelta(seconds=wait),
            dead_at=now if last else None,
            trouble=type(error).__name__[:80],
        )
