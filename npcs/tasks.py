"""The beat's two tasks: ring again for work left lying, and say that a worker lives."""

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from inbox.models import Message
from jurisdictions import doorbell, work
from jurisdictions.models import AuditExport, Invitation, Jurisdiction, OwedWork
from jurisdictions.tenancy import jurisdiction_scope
from npcs.health import WORKER_HEARTBEAT
from reviews.models import DataPack, ImportRun, ImportUndoing, IncidentExport, ReviewReport, Upload

ISOLATED_WORK: list[type[OwedWork]] = [
    Message,
    ReviewReport,
    IncidentExport,
    DataPack,
    Upload,
    ImportRun,
    ImportUndoing,
    AuditExport,
]


@shared_task
def sweep() -> None:
    """Ring for every agency that has owed work nobody holds: a lost message costs half a minute."""
    now = timezone.now()
    if work.owed(Invitation.objects.all(), now).exists():
        doorbell.ring(Invitation.task, None)
    for jurisdiction_id in Jurisdiction.objects.values_list("pk", flat=True):
        with jurisdiction_scope(jurisdiction_id):
            kinds = [
                model.task for model in ISOLATED_WORK if work.owed(model._default_manager.all(), now).exists()
            ]
        for kind in kinds:
            doorbell.ring(kind, jurisdiction_id)


@shared_task
def remind() -> None:
    """Once an hour each agency's near and past days are looked at; the messages themselves are owed once. With it goes
    what else is done by the clock."""
    for jurisdiction_id in Jurisdiction.objects.values_list("pk", flat=True):
        doorbell.ring("reviews.tasks.remind_of_due_days", jurisdiction_id)
        doorbell.ring("reviews.tasks.take_old_files_away", jurisdiction_id)
        doorbell.ring("jurisdictions.tasks.note_activity", jurisdiction_id)
    doorbell.ring("jurisdictions.tasks.purge_sessions", None)


@shared_task
def heartbeat() -> None:
    cache.set(WORKER_HEARTBEAT, True, timeout=60)
