"""The Celery application. A message is a doorbell: the row in the database is the work."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init, worker_process_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "npcs.settings")

app = Celery("npcs")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Celery installs its own handlers unless somebody answers this."""
    from logging.config import dictConfig

    from django.conf import settings

    dictConfig(settings.LOGGING)


@worker_init.connect
@beat_init.connect
def refuse_a_role_that_owns(**_: Any) -> None:
    from jurisdictions.checks import refuse_privileged_role

    refuse_privileged_role()


@worker_init.connect
def load_the_renderer(**_: Any) -> None:
    """A worker for reports alone imports the renderer once, before it forks."""
    if _renders():
        from dictionary import paper

        paper.load()


@worker_process_init.connect
def limit_the_renderer(**_: Any) -> None:
    if _renders():
        from dictionary import paper

        paper.limit_memory()


def _renders() -> bool:
    return set(app.amqp.queues.consume_from) == {"pdf"}


@worker_process_init.connect
def forget_inherited_connections(**_: Any) -> None:
    """A forked child must not share its parent's database socket."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.connection = None
        if hasattr(connection, "close_pool"):
            connection.close_pool()


@worker_ready.connect
def say_that_a_worker_lives(**_: Any) -> None:
    """Do not let `/readyz` wait for the beat's first tick."""
    from npcs.tasks import heartbeat

    heartbeat()
