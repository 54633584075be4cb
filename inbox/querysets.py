from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

if TYPE_CHECKING:
    from inbox.models import Message  # noqa: F401 - the row of the base class
    from jurisdictions.models import Membership

type InboxKey = tuple[bool, dt.datetime, int]  # unread, owed at, primary key: a message's place in the list


class MessageQuerySet(QuerySet["Message"]):
    def visible_to(self, membership: Membership) -> MessageQuerySet:
        """A message is its addressee's alone."""
        return self.filter(to=membership)

    def unread(self) -> MessageQuerySet:
        return self.filter(read_at=None)

    def for_inbox(self) -> MessageQuerySet:
        """Unread first, then the newest."""
        unread = ExpressionWrapper(Q(read_at=None), output_field=BooleanField())
        return self.annotate(is_unread=unread).order_by("-is_unread", "-owed_at", "-pk")

    def after(self, key: InboxKey) -> MessageQuerySet:
        """What follows this place in the order of `for_inbox`."""
        unread, owed_at, pk = key
        same = Q(read_at__isnull=unread)
        older = Q(owed_at__lt=owed_at) | Q(owed_at=owed_at, pk__lt=pk)
        later = same & older
        return self.filter(later | Q(read_at__isnull=False) if unread else later)

    def given_up(self) -> MessageQuerySet:
        """Messages whose mail was tried to the end, with the people they are for, the latest first."""
        return self.filter(dead_at__isnull=False).select_related("to__user").order_by("-dead_at", "-pk")
