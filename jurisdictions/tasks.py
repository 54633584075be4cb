"""Working off what agencies and the partnership owe to people who are not members yet; what is done by the clock."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from jurisdictions import activity, delivery, work
from jurisdictions.models import Invitation, Session
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
def note_activity(jurisdiction_id: int) -> None:
    """Write down when the agency was last active; asked hourly."""
    with jurisdiction_scope(jurisdiction_id):
        activity.note_activity(jurisdiction_id)


@shared_task
def purge_sessions() -> int:
    """Take away the rows of sessions that have run out; asked hourly."""
    gone, _ = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return gone
