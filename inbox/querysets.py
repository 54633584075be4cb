from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet

if TYPE_CHECKING:
    from jurisdictions.models import Membership


class MessageQuerySet(QuerySet["Message"]):
    def visible_to(self, membership: Membership) -> MessageQuerySet:
        """A message is its addressee's alone."""
        return self.filter(to=membership)

    def unread(self) -> MessageQuerySet:
        return self.filter(read_at=None)

    def for_inbox(self) -> MessageQuerySet:
        return self.order_by("-owed_at", "-pk")
