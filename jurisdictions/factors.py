"""Second factors: what a sign-in has shown, which code fits, and the key under which their secrets lie."""

import base64
import hashlib
import time
from typing import Any

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
    record_authentication,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import validate_totp_code
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest

from jurisdictions.models import Session, User

# What one signs in with. Recovery codes stand in for one of these and never alone.
MAIN = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# What a session remembers of the page that its person was on the way to when the door stood before it.
WANTED = "wanted"
# Seconds between one code of an app and the next (RFC 6238).
PERIOD = 30


# -- Secrets at rest ------------------------------------------------------------------------------


def seal(text: str) -> str:
    """Encrypt under the first key of MFA_KEY."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises cryptography.fernet.InvalidToken when none of the keys has sealed it."""
    return _keys().decrypt(sealed.encode()).decode()


def reseal(sealed: str) -> str:
    """The same secret under the first key, so that the others can be thrown away."""
    return _keys().rotate(sealed.encode()).decode()


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in settings.MFA_KEYS])


def _derived(key: str) -> bytes:
    """A key of Fernet's size out of a long random text, good for this use only."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"npcs second factors\n" + key.encode()).digest())


# -- Who has what, and what was shown -------------------------------------------------------------


def main_factors(user: User) -> QuerySet[Authenticator]:
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=user, type__in=MAIN).order_by("pk")
    return found


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    """What the person of this session has shown in it, one after the other."""
    user: Any = request.user
    return get_authentication_records(request, user)


def were_both_shown(request: HttpRequest) -> bool:
    """Whether this session's sign-in has shown a second factor besides the password."""
    return _both(_records(request))


def were_both_shown_in(session: Session) -> bool:
    """The same of a session that is not the one at hand."""
    return _both(session.get_decoded().get(AUTHENTICATION_METHODS_SESSION_KEY, []))


def _both(records: list[dict[str, Any]]) -> bool:
    return any(record.get("method") == "mfa" for record in records)


def note_shown(request: HttpRequest, factor: Authenticator) -> None:
    """From here on this session counts as signed in with both; its number changes, as one knew it before."""
    record_authentication(request, factor.user, "mfa", id=factor.pk, type=str(factor.type))
    request.session.cycle_key()


def shown_lately(request: HttpRequest) -> bool:
    """Whether the person has given their password or a factor within the last minutes."""
    records = _records(request)
    latest = max((record["at"] for record in records), default=0)
    return bool(time.time() - latest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


# -- Codes ----------------------------------------------------------------------------------------


def factor_for_code(user: User, code: str) -> Authenticator | None:
    """The app or the recovery codes that this code is one of; each code fits once."""
    factor: Authenticator
    for factor in Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN):
        if factor.type == Authenticator.Type.TOTP:
            fits = fits_app(user, unseal(factor.data["secret"]), code)
        else:
            fits = RecoveryCodes(factor).validate_code(code)
        if fits:
            return factor
    return None


def fits_app(user: User, secret: str, code: str) -> bool:
    """Whether an app with this secret shows the code now, and nobody has used it yet."""
    return bool(validate_totp_code(secret, code)) and _first_use(user, code)


def _first_use(user: User, code: str) -> bool:
    """Kept where all processes look, for as long as the code could fit. Raises when that place is away."""
    digits = "".join(filter(str.isdigit, code))
    fits_for = PERIOD * (2 * settings.MFA_TOTP_TOLERANCE + 1)
    return bool(cache.add(f"second-factor-used:{user.pk}:{digits}", True, timeout=fits_for))
