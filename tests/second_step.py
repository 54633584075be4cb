"""The one place where tests sign in with both steps, and with a password alone.

Importing it makes `Client.force_login` leave a session that has shown a second factor, as a real sign-in does: a test
that wants less says so with `with_password_alone`.
"""

import re
import time
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY as WHOSE,
)
from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY as SHOWN,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from jurisdictions.factors import PERIOD, seal
from jurisdictions.models import User

_with_password_alone = Client.force_login


def with_password_alone(client: Client, user: User) -> Client:
    """A session whose sign-in has shown no second factor."""
    _with_password_alone(client, user)
    return client


def with_both(client: Client, user: User, backend: str | None = None) -> None:
    """A session as a whole sign-in leaves it."""
    _with_password_alone(client, user, backend)
    session = client.session
    session[SHOWN] = [{"method": "password", "at": time.time()}, {"method": "mfa", "at": time.time()}]
    session[WHOSE] = str(user.pk)
    session.save()


Client.force_login = with_both  # type: ignore[method-assign]


def give_app(user: User) -> str:
    """An authenticator app of this person's; its secret."""
    secret: str = generate_totp_secret()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": seal(secret)})
    return secret


def code(secret: str, *, later: int = 0) -> str:
    """What an app with this secret shows now, or so many codes later."""
    shown: Any = format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + later))
    return str(shown)


def set_up_app(client: Client) -> str:
    """What somebody does on the page that a password alone leads to; the secret of their new app."""
    page = client.get("/account/set-up/").content.decode()
    secret = "".join(re.findall(r'id="secret">([A-Z2-7 ]+)<', page)[0].split())
    answer = client.post("/account/set-up/", {"code": code(secret)})
    assert answer.headers["Location"] == "/account/recovery-codes/"
    return secret
