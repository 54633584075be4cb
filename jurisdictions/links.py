"""The link in an invitation: signed, so that it cannot be made up; nothing secret is stored for it."""

import base64
import uuid

from django.conf import settings
from django.core import signing
from django.urls import reverse

from jurisdictions.models import Invitation

_signer = signing.Signer(salt="jurisdictions.invitation")


class BrokenLink(Exception):
    """The address is not one that we sent, or not the whole of it."""


def token_for(invitation: Invitation) -> str:
    """The invitation's key and its nonce, signed; sending it again changes the nonce and so ends old links."""
    packed = base64.urlsafe_b64encode(invitation.pk.bytes + invitation.nonce.bytes).decode().rstrip("=")
    return _signer.sign(packed)


def link_to(invitation: Invitation) -> str:
    return settings.BASE_URL + reverse("invitation:open", args=[token_for(invitation)])


def read_token(token: str) -> tuple[uuid.UUID, uuid.UUID]:
    """The key and the nonce in a token. Raises BrokenLink."""
    try:
        raw = base64.urlsafe_b64decode(_signer.unsign(token) + "=")
        return uuid.UUID(bytes=raw[:16]), uuid.UUID(bytes=raw[16:])
    except (signing.BadSignature, ValueError) as error:
        raise BrokenLink from error
