"""How django-allauth behaves here: nobody signs up; accounts come from invitations; it speaks as our pages do."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignUp(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "This e-mail address and password do not fit together. Check both.",
        "enter_current_password": "This is not your password. Type the one you sign in with now.",
        "incorrect_password": "This is not your password.",
        # Two hours: ACCOUNT_RATE_LIMITS["login_failed"].
        "too_many_login_attempts": "Too many tries that did not fit. Wait two hours, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
