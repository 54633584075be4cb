"""Owing a message, and what its addressee and the administrators do with it."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from inbox.kinds import KINDS
from inbox.models import Message
from jurisdictions import audit, work
from jurisdictions.models import AuditEvent, Membership
from jurisdictions.roles import Permission


def queue_message(
    kind: str, *, to: Membership, number: str, path: str, occasion: str, count: int | None = None
) -> Message:
    """Owe one person one message, in the transaction of the change that it tells of.

    `occasion` names that change ("move:12"): owing the same kind for it again is the same message, also when
    two transactions do so at once. `path` is a page of this application; `number` and, of the kinds that count
    something, `count` are all it may say of it.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind} is not a kind of message; inbox.kinds lists them.")
    if not path.startswith(("/j/", "/account/")):
        raise ValueError(
            "A message leads to a page of its agency, below /j/, or of its person, below /account/."
        )
    message = Message(
        jurisdiction_id=to.jurisdiction_id,
        to=to,
        kind=kind,
        number=number,
        count=count,
        path=path,
        occasion=occasion,
    )
    # Not tried and caught: the reminders ask every hour, and each refusal would be an error in PostgreSQL's log.
    Message.objects.bulk_create([message], ignore_conflicts=True)
    owed = Message.objects.get(to=to, kind=kind, occasion=occasion)
    if owed.done_at is None and owed.dead_at is None:
        work.remind(owed)
    return owed


def tell_of_new_start(to: Membership, event: AuditEvent) -> Message:
    """Somebody's second step and password were taken away: they are told, whoever did it."""
    path = reverse("account_security")
    return queue_message("sign_in_started_over", to=to, number="", path=path, occasion=f"audit:{event.pk}")


def tell_of_ceiling(to: Membership, event: AuditEvent) -> Message:
    """The partnership has set which roles count in an agency: its administrators learn where to look, and whoever holds
    more, whom to ask."""
    manages = to.allows(Permission.AGENCY_MANAGE_PEOPLE)
    kind, page = ("ceiling_set", "people:list") if manages else ("role_closed", "inbox:list")
    path = reverse(page, args=[to.jurisdiction.slug])
    return queue_message(kind, to=to, number="", path=path, occasion=f"audit:{event.pk}")


def mark_read(message: Message) -> Message:
    """Note when its addressee opened the message first."""
    if message.read_at is None:
        message.read_at = timezone.now()
        message.save(update_fields=["read_at"])
    return message


def mark_all_read(membership: Membership) -> int:
    """Mark everything in somebody's inbox as read; how many were not."""
    return Message.objects.visible_to(membership).unread().update(read_at=timezone.now())


@transaction.atomic
def try_again(*, by: Membership) -> int:
    """Start over with every mail of the agency that was given up; how many."""
    given_up = list(Message.objects.filter(dead_at__isnull=False).select_for_update(of=("self",)))
    for message in given_up:
        work.owe_again(message)
    if given_up:
        audit.record("messages.tried_again", about=by.jurisdiction, by=by, messages=[m.pk for m in given_up])
    return len(given_up)
