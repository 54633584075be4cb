"""One plain mail to one person."""

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string


def send(*, to: str, subject: str, template: str, context: dict[str, Any], key: str) -> None:
    """Hand one mail to the mail server; raises when the server does not take it.

    `key` makes the Message-ID: a mail that is sent again after a crash carries the same one, so that the
    receiving side can drop the second copy.
    """
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    EmailMessage(
        subject,
        render_to_string(template, context),
        to=[to],
        headers={"Message-ID": f"<{key}@{domain}>", "Auto-Submitted": "auto-generated"},
    ).send()
