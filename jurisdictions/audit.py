"""Write down what happened, in the transaction in which it happens: no audit row, no change and no content."""

from typing import Any

from django.db import models
from structlog.contextvars import get_contextvars

from jurisdictions.models import AuditEvent, Membership, PartnershipEvent, User
from jurisdictions.tenancy import ScopeError, jurisdiction_scope, open_jurisdiction


def name_of(thing: models.Model) -> str:
    """`review:12`: how an event names what it is about."""
    return f"{thing._meta.model_name}:{thing.pk}"


def _said(about: models.Model | str) -> str:
    return about if isinstance(about, str) else name_of(about)


def request_id() -> str:
    return str(get_contextvars().get("request_id", ""))


def by_token() -> dict[str, Any]:
    """The key of the token by which other software acts for the person; nothing for a person in a browser."""
    token = get_contextvars().get("token")
    return {} if token is None else {"token": token}


def record(kind: str, *, about: models.Model | str, by: Membership | None, **ids: Any) -> AuditEvent:
    """Record a change, a reading or an export in the open agency. `ids` holds ids and counts only."""
    here = open_jurisdiction()
    if here is None:
        raise ScopeError("An event of an agency is recorded inside its scope.")
    return AuditEvent.objects.create(
        jurisdiction_id=here,
        by_user=by.user_id if by else None,
        kind=kind,
        about=_said(about),
        request_id=request_id(),
        ids=ids | by_token(),
    )


def record_in_partnership(
    kind: str, *, about: models.Model | str, by: User | None, **ids: Any
) -> PartnershipEvent:
    """Record something done in the partnership's own pages."""
    return PartnershipEvent.objects.create(
        by_user=by.pk if by else None, kind=kind, about=_said(about), request_id=request_id(), ids=ids
    )


def record_denial(kind: str, *, jurisdiction_id: int | None, by: User, about: str) -> None:
    """Record a refusal, in a short scope of its own: the refused one has rolled back.

    Where no agency is meant (or none of that name exists), it lands among the partnership's events.
    """
    event: dict[str, Any] = {
        "by_user": by.pk,
        "kind": kind,
        "about": about[:120],
        "request_id": request_id(),
        "outcome": "denied",
        "ids": by_token(),
    }
    if jurisdiction_id is None:
        PartnershipEvent.objects.create(**event)
        return
    with jurisdiction_scope(jurisdiction_id):
        AuditEvent.objects.create(jurisdiction_id=jurisdiction_id, **event)
