"""Working off what agencies and the partnership owe to people who are not members yet; what is done by the clock."""

from functools import partial

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from jurisdictions import activity, audit_files, delivery, work
from jurisdictions.actions.audit_files import record_written
from jurisdictions.models import AuditExport, Invitation, Session
from jurisdictions.tenancy import jurisdiction_scope


@shared_task
def send_invitations() -> int:
    """Mail every invitation that is owed; safe to run twice, or twice at once."""
    return work.drain(
        lambda: Invitation.objects.select_related("jurisdiction", "invited_by"),
        scope=transaction.atomic,
        do=delivery.post_invitation,
        settle=lambda invitation, sent: None,
    )


@shared_task
def write_audit_exports(jurisdiction_id: int) -> int:
    """Write every file of the audit that the agency owes; safe to run twice, or twice at once."""
    return work.drain(
        lambda: AuditExport.objects.select_related("asked_by__jurisdiction", "asked_by__user"),
        scope=partial(jurisdiction_scope, jurisdiction_id),
        do=audit_files.make_file,
        settle=record_written,
    )


@shared_task
def note_activity(jurisdiction_id: int) -> None:
    """Write down when the agency was last active; asked hourly."""
    with jurisdiction_scope(jurisdiction_id):
        activity.note_activity(jurisdiction_id)


@shared_task
def purge_sessions() -> int:
    """Take away the rows of sessions that have run out; asked hourly."""
    gone, _ = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return gone
