"""Working off the mails that an agency owes."""

from functools import partial

from celery import shared_task

from inbox import delivery
from inbox.models import Message
from jurisdictions import work
from jurisdictions.tenancy import jurisdiction_scope


@shared_task
def deliver_messages(jurisdiction_id: int) -> int:
    """Mail every message that the agency owes; safe to run twice, or twice at once."""
    return work.drain(
        lambda: Message.objects.select_related("to__user", "to__jurisdiction"),
        scope=partial(jurisdiction_scope, jurisdiction_id),
        do=delivery.post,
        settle=lambda message, sent: None,
    )
