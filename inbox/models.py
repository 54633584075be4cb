from typing import ClassVar

from django.db import models
from django.db.models import Q

from inbox.querysets import MessageQuerySet
from jurisdictions.fields import Within
from jurisdictions.models import Jurisdiction, Membership, OwedWork


class Message(OwedWork):
    """Something one person is told: shown in their inbox, and mailed without case content.

    Owed with the change it tells of, in the same transaction; `occasion` makes owing it twice one message.
    """

    task: ClassVar[str] = "inbox.tasks.deliver_messages"
    given_up_page: ClassVar[str] = "inbox:undelivered"

    class Privacy:
        open = {
            "id",
            "jurisdiction",
            "to",
            "kind",
            "number",
            "count",
            "path",
            "occasion",
            "read_at",
        } | OwedWork.WORK_FIELDS

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    to = Within(Membership, related_name="messages")
    kind = models.CharField(max_length=40)  # a key of inbox.kinds.KINDS
    number = models.CharField(max_length=20, blank=True)  # the incident's number, all that a mail may say
    count = models.PositiveSmallIntegerField(null=True)  # of the remarks that came with it, where it is known
    path = models.CharField(max_length=200)  # where in the application it leads
    occasion = models.CharField(max_length=80)  # "move:12": what it tells of
    read_at = models.DateTimeField(null=True)

    objects: ClassVar[MessageQuerySet] = MessageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint("jurisdiction", "to", "kind", "occasion", name="message_owed_once"),
        ]
        indexes = [
            models.Index(
                fields=["jurisdiction", "due_at"],
                name="message_owed",
                condition=Q(done_at=None, dead_at=None),
            ),
            models.Index(fields=["jurisdiction", "to", "-owed_at"], name="message_in_an_inbox"),
            # The count in every page's frame: it must not grow with what was read years ago.
            models.Index(fields=["jurisdiction", "to"], name="message_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
