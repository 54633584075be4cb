"""Sign-in, sign-out, passwords and second steps: of django-allauth's pages only those that we offer."""

from allauth.account import views
from django.urls import path, register_converter
from django.urls.converters import StringConverter

from jurisdictions.http import one_factor, public, signed_in
from jurisdictions.views import second_step, security, tokens


class Base36(StringConverter):
    """A person's key in a reset link: it ends at the first hyphen, and the token after it holds more of them."""

    regex = "[0-9A-Za-z]+"


register_converter(Base36, "base36")

_reset = public(
    "somebody who forgot their password is not signed in; the answer never tells whether an account exists"
)

urlpatterns = [
    path("sign-in/", public("one must be able to sign in")(views.login), name="account_login"),
    path(
        "second-step/",
        public("between the password and the second step nobody is signed in yet")(second_step.second_step),
        name="mfa_authenticate",
    ),
    path(
        "sign-out/",
        one_factor("whoever cannot go on can leave")(public("signing out twice is harmless")(views.logout)),
        name="account_logout",
    ),
    path("set-up/", second_step.enrol, name="account_enrol"),
    path("set-up/passkey/", second_step.enrol_passkey, name="account_enrol_passkey"),
    path("recovery-codes/", second_step.recovery_codes, name="account_recovery_codes"),
    path("recovery-codes/file/", second_step.recovery_codes_file, name="account_recovery_codes_file"),
    path("recovery-codes/new/", second_step.new_recovery_codes, name="account_new_recovery_codes"),
    path("security/", security.security, name="account_security"),
    path("security/steps/<int:factor>/remove/", security.remove, name="account_remove_factor"),
    path("security/sessions/end/", security.end_others, name="account_end_other_sessions"),
    path("security/sessions/<slug:mark>/end/", security.end_one, name="account_end_session"),
    path("tokens/", tokens.tokens, name="account_tokens"),
    path("tokens/new/", tokens.new, name="account_new_token"),
    path("tokens/<int:api_token>/end/", tokens.end, name="account_end_token"),
    path("closed/", public("says that accounts come by invitation")(views.signup), name="account_signup"),
    path(
        "password/",
        signed_in("everybody may change their own password")(security.password_change),
        name="account_change_password",
    ),
    path(
        "reauthenticate/",
        signed_in("asked of everybody before a sensitive change")(views.reauthenticate),
        name="account_reauthenticate",
    ),
    path("reset/", _reset(views.password_reset), name="account_reset_password"),
    path("reset/sent/", _reset(views.password_reset_done), name="account_reset_password_done"),
    path(
        "reset/<base36:uidb36>-<key>/",
        _reset(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "reset/done/", _reset(views.password_reset_from_key_done), name="account_reset_password_from_key_done"
    ),
    path(
        "inactive/",
        public("says that the account is closed")(views.account_inactive),
        name="account_inactive",
    ),
]
