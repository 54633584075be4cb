"""Which token a request shows, and whose it is."""

import datetime as dt

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from jurisdictions.actions.tokens import MARK, digest
from jurisdictions.api.limits import count_refusal
from jurisdictions.api.problems import ApiProblem, Kind
from jurisdictions.models import ApiToken

# Somebody who wonders about a token wants to know the day; writing each use would cost every request.
NOTED_EVERY = dt.timedelta(minutes=1)
ENDED = "This token has ended or run out. Make a new one under Sign-in and security."
_LONGEST = 200


def token_of(request: HttpRequest) -> ApiToken:
    """The token that the request shows, with its membership, person and agency; one query.

    Raises ApiProblem: for none, for one that we do not know, and for one that opens nothing any more.
    """
    now = timezone.now()
    found = _find(request.headers.get("Authorization", ""))
    if found is None or not found.is_standing(now):
        count_refusal(get_client_ip(request) or "")
        raise ApiProblem(
            Kind.NO_TOKEN,
            "" if found is None else ENDED,
            headers={"WWW-Authenticate": 'Bearer realm="NPCS"'},
        )
    if found.last_used_at is None or now - found.last_used_at >= NOTED_EVERY:
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
    return found


def _find(header: str) -> ApiToken | None:
    word, _, text = header[:_LONGEST].partition(" ")
    mark, _, rest = text.strip().partition("_")
    prefix, _, secret = rest.partition("_")
    if word.lower() != "bearer" or mark != MARK or not (prefix.isascii() and prefix.isalnum() and secret):
        return None
    whose = ApiToken.objects.select_related("membership__jurisdiction", "membership__user")
    found = whose.filter(prefix=prefix).first()
    if found is None or not constant_time_compare(found.secret_sha256, digest(secret)):
        return None
    return found
