"""Putting editions on paper."""

import time

from celery import shared_task
from django.conf import settings

from dictionary import printed
from dictionary.models import Edition


@shared_task(
    soft_time_limit=settings.CELERY_TASK_SOFT_TIME_LIMIT + printed.EXTRA_SECONDS,
    time_limit=settings.CELERY_TASK_TIME_LIMIT + printed.EXTRA_SECONDS,
)
def print_editions() -> None:
    """Make each paper of a released edition that is not there, the newest edition first; safe to run twice. Half way
    to the task's time limit it stops and rings for the rest."""
    began = time.monotonic()
    for edition in Edition.objects.released().without_document():
        for kind in printed.KINDS.values():
            if time.monotonic() - began > settings.CELERY_TASK_SOFT_TIME_LIMIT / 2:
                printed.ask_for(edition, kind)
                return
            printed.print_one(edition, kind)
