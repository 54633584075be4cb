"""Tell a worker that work is owed. The row is the work; a bell that is not heard costs half a minute."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

type Bell = tuple[str, int | None]  # the task's name, and the agency it is for (None: the partnership)

_owed: ContextVar[set[Bell] | None] = ContextVar("owed", default=None)


def ring(task: str, jurisdiction_id: int | None) -> None:
    """Publish one message; a broker that is away is logged, never raised: late, never lost."""
    try:
        current_app.send_task(task, args=[] if jurisdiction_id is None else [jurisdiction_id], retry=False)
    except (RedisError, KombuError, OSError) as error:
        log.warning("The broker did not take a message; the sweeper will.", extra={"task": task})
        log.debug("broker: %s", type(error).__name__)


def remember(task: str, jurisdiction_id: int | None) -> None:
    """Note that work is owed; whoever opened the transaction rings when it has committed."""
    bells = _owed.get()
    if bells is not None:
        bells.add((task, jurisdiction_id))


@contextmanager
def ringing_on_commit() -> Iterator[None]:
    """Ring once for each kind of work owed inside, after the commit. Opened by entry points only."""
    bells: set[Bell] = set()
    token = _owed.set(bells)
    try:
        yield
        for task, jurisdiction_id in sorted(bells, key=str):
            transaction.on_commit(partial(ring, task, jurisdiction_id), robust=True)
    finally:
        _owed.reset(token)
