"""Withdrawing a notification that was a mistake. The row stays, with who, when and why."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from dictionary.values import keepable
from jurisdictions import audit
from jurisdictions.models import Membership
from jurisdictions.rules import Refused
from reviews.actions.moves import make_move
from reviews.models import Incident
from reviews.rules.incidents import problems_before_withdrawing


class CannotWithdraw(Refused):
    """The notification stands."""


@transaction.atomic
def withdraw_incident(
    incident: Incident, *, by: Membership, reason: str, now: dt.datetime | None = None
) -> Incident:
    """Take a mistaken notification off the lists; a withdrawn one is left as it is. It keeps its number."""
    now, reason = now or timezone.now(), keepable(reason).strip()
    incident, review = Incident.objects.locked(incident.pk)
    if incident.withdrawn_at is not None:
        return incident
    if problems := problems_before_withdrawing(incident, review, reason=reason):
        raise CannotWithdraw(problems)
    if review is not None:
        make_move(review, "withdraw", by=by, note=reason, now=now)
    incident.withdrawn_at, incident.withdrawn_by, incident.withdrawn_reason = now, by, reason
    incident.version += 1
    incident.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason", "version"])
    audit.record("incident.withdrawn", about=incident, by=by)
    return incident
