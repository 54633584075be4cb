"""Mailing one message: who it is for, one line, where to sign in. Never anything of the case."""

from django.conf import settings
from django.urls import reverse

from inbox.kinds import KINDS
from inbox.models import Message
from jurisdictions import mail


def post(message: Message) -> bool:
    """Mail the message to its addressee; somebody who left gets none. Raises when the server refuses it."""
    person = message.to.user
    if message.to.left_at is not None or not person.is_active:
        return False
    kind = KINDS[message.kind]
    mail.send(
        to=person.email,
        subject=kind.subject_for(message.number),
        template="mail/message.txt",
        context={
            "name": person.display_name,
            "line": kind.line_for(message.number, message.count),
            "asks": kind.mail_asks,
            "link": settings.BASE_URL + (reverse(kind.mail_leads_to) if kind.mail_leads_to else message.path),
            "agency": message.to.jurisdiction.name,
            "why": kind.why,
        },
        key=f"message.{message.jurisdiction_id}.{message.pk}",
    )
    return True
