"""How django-allauth behaves here: nobody signs up; accounts come from invitations; it speaks as our pages do."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.urls import reverse

from jurisdictions import factors
from jurisdictions.models import User

log = logging.getLogger(__name__)


class ClosedSignUp(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "This e-mail address and password do not fit together. Check both.",
        "enter_current_password": "This is not your password. Type the one you sign in with now.",
        "incorrect_password": "This is not your password.",
        # Two hours: ACCOUNT_RATE_LIMITS["login_failed"] and ["second_factor"].
        "too_many_login_attempts": "Too many tries that did not fit. Wait two hours, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The password: the session that asks has shown the second factor already."""
        if not user.is_authenticated:
            return []
        return [{"id": "reauthenticate", "url": reverse("account_reauthenticate")}]


class SecondFactors(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code does not fit. Codes change every 30 seconds and work once: "
        "wait for the next one, then type it at once.",
    }

    def encrypt(self, text: str) -> str:
        return factors.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return factors.unseal(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": "NPCS"}


def tell_by_mail(user: User, what: str) -> None:
    """Tell somebody that their sign-in was changed (templates/mfa/email); the change stands in any case."""
    try:
        get_adapter().send_notification_mail(f"mfa/email/{what}", user)
    except OSError:  # also what smtplib raises
        log.exception("A mail about a changed sign-in could not be handed over.")
