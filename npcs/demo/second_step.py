"""The second steps of the demo's people: everybody has an app, and what it shows can be looked up."""

import datetime as dt
import time
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings
from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from jurisdictions import factors
from jurisdictions.models import User

# Before the code that the page shows, then after it: that one stays for whoever types it.
UNUSED_FIRST = (-1, 1, 0)


class CannotBecome(Exception):
    """The person's password or second step does not fit just now; the message says what to do."""


@dataclass(frozen=True)
class Code:
    """What somebody's app shows, and until when it does."""

    digits: str
    until: dt.datetime


@transaction.atomic
def give_apps(people: list[User]) -> None:
    """An app and recovery codes for everybody who has none, and whose sign-in nobody has started over."""
    having = set(Authenticator.objects.filter(user__in=people).values_list("user", flat=True))
    for user in people:
        if user.pk not in having and user.has_usable_password():
            TOTP.activate(user, generate_totp_secret())
            RecoveryCodes.activate(user)


def secrets_of(people: list[User]) -> dict[int, str]:
    """By the person's key, what their app works with; nothing for whoever has no app any more."""
    apps = Authenticator.objects.filter(user__in=people, type=Authenticator.Type.TOTP)
    return {app.user_id: factors.unseal(app.data["secret"]) for app in apps}


def code_of(secret: str, *, later: int = 0) -> Code:
    """What an app with this secret shows now, or so many codes later."""
    counter = int(time.time()) // factors.PERIOD + later
    digits = format_hotp_value(hotp_value(secret, counter))
    until = dt.datetime.fromtimestamp((counter + 1) * factors.PERIOD, dt.UTC)
    return Code(digits, timezone.localtime(until))


def sign_in(request: HttpRequest, user: User, password: str) -> None:
    """What the person would do on two pages: give their password, then a code of their app that nobody has used.

    Raises CannotBecome when one of them does not fit.
    """
    logout(request)
    if get_adapter(request).authenticate(request, email=user.email, password=password) != user:
        raise CannotBecome(
            f"{user.display_name} has another password by now. Sign in as they would, or start the demo "
            "with --reset."
        )
    secret = secrets_of([user]).get(user.pk)
    if secret is None:
        raise CannotBecome(
            f"{user.display_name} has no authenticator app any more. Sign in as they would, or start the demo "
            "with --reset."
        )
    codes = (code_of(secret, later=later).digits for later in UNUSED_FIRST)
    factor = next((found for code in codes if (found := factors.factor_for_code(user, code))), None)
    if factor is None:
        raise CannotBecome(
            f"Every code that {user.display_name}’s app shows now has been used, and each works once. "
            "Try again in half a minute."
        )
    record_authentication(request, user, "password")
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    factor.user = user
    factors.note_shown(request, factor)
