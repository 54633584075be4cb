"""The forms of the second step: setting up an app or a passkey, and showing one when signing in."""

import json
import struct
from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context, ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.exceptions import InvalidSignature
from django import forms

from jurisdictions import factors
from jurisdictions.forms import PlainForm
from jurisdictions.models import User

# What the library raises at an answer that no browser gives: anybody may post what they like.
UNFIT = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    struct.error,
    InvalidSignature,
    forms.ValidationError,
)


class _CodeForm(PlainForm):
    code = forms.CharField(
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": "Type the code that your app shows now."},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["code"].label = self.label
        self.fields["code"].help_text = self.hint
        self.fields["code"].widget.attrs["class"] += " npcs-code"

    label = hint = ""


class AppForm(_CodeForm):
    """The code of an app that is being set up: proof that it has the secret."""

    label = "Six-digit code"
    hint = "The app shows it under “NPCS”. It changes every 30 seconds."

    def __init__(self, *args: Any, secret: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.secret = secret

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not factors.fits_app(self.user, self.secret, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_CodeForm):
    """The second step of signing in, in place of django-allauth's own form: it counts tries under a name of its own,
    so that somebody who signs in rightly does not clear the count of wrong passwords from their address.
    """

    label = "Code from your app, or a recovery code"

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not ratelimit.consume(context.request, action="second_factor", key=str(self.user.pk)):
            raise get_account_adapter().validation_error("too_many_login_attempts")
        factor = factors.factor_for_code(self.user, code)
        if factor is None:
            raise get_adapter().validation_error("incorrect_code")
        ratelimit.clear(context.request, action="second_factor", key=str(self.user.pk))
        factor.user = self.user
        self.factor = factor
        return code

    def save(self) -> None:
        post_authentication(context.request, self.factor)


class _BrowserAnswer(forms.Form):
    """What static/js/passkeys.js posts; `read` makes of it what the form is for, or raises one of UNFIT."""

    credential = forms.JSONField(label="Passkey", widget=forms.HiddenInput, max_length=20_000, required=False)
    refusal = ""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            cleaned["credential"] = self.read(cleaned.get("credential"))
        except UNFIT as error:
            raise forms.ValidationError(self.refusal) from error
        return cleaned

    def read(self, said: Any) -> Any:
        raise ValueError("a passkey is made or shown")


class PasskeyForm(_BrowserAnswer):
    """A passkey shown as the second step. Nothing can be guessed, so no tries are counted."""

    refusal = "This passkey did not fit. Try again, or use a code."

    def read(self, said: Any) -> Authenticator:
        webauthn.parse_authentication_response(said)
        factor: Authenticator = webauthn.complete_authentication(self.user, said)
        factor.user = self.user
        return factor

    def save(self) -> None:
        post_authentication(context.request, self.cleaned_data["credential"])


class NewPasskeyForm(_BrowserAnswer):
    """A passkey that the browser has just made."""

    name = forms.CharField(
        label="A name for it",
        max_length=60,
        required=False,
        help_text="So that you know it again, for example “Work laptop”.",
        widget=forms.TextInput(attrs={"class": "usa-input", "autocomplete": "off"}),
    )
    field_order = ("name", "credential")
    refusal = "The passkey could not be made. Try again, or use an authenticator app."

    def clean_name(self) -> str:
        return self.cleaned_data["name"].strip() or "Passkey"

    def read(self, said: Any) -> Any:
        webauthn.parse_registration_response(said)
        webauthn.complete_registration(said)
        return said


def asked_of_browser(options: Mapping[str, Any]) -> str:
    """What the page's script hands to the browser: `publicKey` as JSON, its bytes in base64url."""
    return json.dumps(dict(options["publicKey"]))
