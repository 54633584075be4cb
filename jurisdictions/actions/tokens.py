"""Letting other software act as oneself in one agency, and ending that."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from jurisdictions import audit
from jurisdictions.models import ApiToken, Membership, User
from jurisdictions.rules import Refused, problems_before_making_token
from jurisdictions.tenancy import jurisdiction_scope, open_jurisdiction

# Says what it is wherever it is found by mistake, also to software that looks for lost secrets.
MARK = "npcs"


class CannotMakeToken(Refused):
    pass


def digest(secret: str) -> str:
    """What is kept of a secret. A fast hash is right here: 256 random bits cannot be guessed, so there is nothing that
    a slow one would slow down but every request."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_token(
    membership: Membership,
    *,
    name: str,
    scopes: Iterable[str],
    days: int,
    now: dt.datetime | None = None,
) -> tuple[ApiToken, str]:
    """A token, and the text that opens the API with it: nobody can read that text again. Raises CannotMakeToken.

    Opens the agency's scope for its audit; none may be open.
    """
    membership = _held(membership)
    if problems := problems_before_making_token(membership):
        raise CannotMakeToken(problems)
    now = now or timezone.now()
    prefix, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    wanted = set(scopes)
    token = ApiToken.objects.create(
        membership=membership,
        name=name,
        prefix=prefix,
        secret_sha256=digest(secret),
        scopes=[str(scope) for scope in ApiToken.Scope if scope in wanted],
        made_at=now,
        expires_at=now + dt.timedelta(days=days),
    )
    with jurisdiction_scope(membership.jurisdiction_id):
        audit.record("token.made", about=token, by=membership, scopes=token.scopes, days=days)
    return token, f"{MARK}_{prefix}_{secret}"


def _held(membership: Membership) -> Membership:
    """The membership and its person as they are now: nobody starts that sign-in over or ends the membership meanwhile,
    which would leave this token behind, and no second one is made that could be one too many."""
    user = User.objects.select_for_update(no_key=True).get(pk=membership.user_id)
    held: Membership = (
        Membership.objects.select_for_update(of=("self",), no_key=True)
        .select_related("jurisdiction")
        .get(pk=membership.pk)
    )
    held.user = user
    return held


@transaction.atomic
def end_token(token: ApiToken, *, by: Membership) -> ApiToken:
    """From the next request on it opens nothing. One that has ended is left as it is.

    By its own person, where no scope is open, or by an administrator inside their agency's.
    """
    token = ApiToken.objects.select_for_update(of=("self",)).select_related("membership").get(pk=token.pk)
    if token.ended_at is not None:
        return token
    token.ended_at, token.ended_by = timezone.now(), by.user
    token.save(update_fields=["ended_at", "ended_by"])
    if open_jurisdiction() is not None:
        audit.record("token.ended", about=token, by=by, of=token.membership_id)
    else:
        with jurisdiction_scope(token.membership.jurisdiction_id):
            audit.record("token.ended", about=token, by=by, of=token.membership_id)
    return token


def end_tokens(memberships: Iterable[int], *, by: User | None) -> int:
    """End all tokens of these memberships; how many there were. The event that made it needful is the caller's."""
    standing = ApiToken.objects.filter(membership__in=list(memberships), ended_at=None)
    return standing.update(ended_at=timezone.now(), ended_by=by)
