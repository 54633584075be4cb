"""Working off what agencies and the partnership owe to people who are not members yet."""

from celery import shared_task
from django.db import transaction

from jurisdictions import delivery, work
from jurisdictions.models import Invitation


@shared_task
def send_invitations() -> int:
    """Mail every invitation that is owed; safe to run twice, or twice at once."""
    return work.drain(
        lambda: Invitation.objects.select_related("jurisdiction", "invited_by"),
        scope=transaction.atomic,
        do=delivery.post_invitation,
        settle=lambda invitation, sent: None,
    )
