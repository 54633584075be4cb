"""The form by which a person makes a token for other software."""

from collections.abc import Sequence
from typing import Any

from django import forms

from jurisdictions.forms import Explained, PlainForm
from jurisdictions.models import ApiToken, Membership


class TokenForm(PlainForm):
    """What a token is for, where, how far it reaches and how long."""

    MEANINGS = {
        ApiToken.Scope.READ: "Lists and records that you see yourself, review reports, the dictionary.",
        ApiToken.Scope.WRITE: "Notifies incidents, writes in reviews and moves them, as your roles allow.",
        ApiToken.Scope.IMPORT: "Brings in past incidents, past reviews and yearly figures; can take an import back.",
    }

    name = forms.CharField(
        label="What will use it?",
        max_length=80,
        help_text="The name of the software, for example “Nightly copy into our register”. No names of people.",
        error_messages={"required": "What will use it? Name the software, so that you know the token again."},
    )
    agency = forms.ChoiceField(
        label="Agency",
        error_messages={"required": "Choose an agency.", "invalid_choice": "Agency: choose from the list."},
    )
    scopes = forms.MultipleChoiceField(
        label="What may it do?",
        help_text="Never more than your own roles allow. Tick as little as it needs.",
        choices=ApiToken.Scope.choices,
        widget=Explained,
        error_messages={
            "required": "What may it do? Tick at least one.",
            "invalid_choice": "What may it do? Choose from the list.",
        },
    )
    days = forms.TypedChoiceField(
        label="How long?",
        choices=[("30", "30 days"), ("90", "90 days"), ("180", "180 days"), ("365", "One year")],
        initial="90",
        coerce=int,
        help_text="Then it ends by itself, and you make a new one.",
        error_messages={"required": "Choose how long.", "invalid_choice": "How long? Choose from the list."},
    )

    def __init__(self, *args: Any, memberships: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._memberships = {one.jurisdiction.slug: one for one in memberships}
        boxes: Any = self.fields["scopes"].widget
        boxes.meanings = self.MEANINGS
        choices = [(slug, one.jurisdiction.name) for slug, one in self._memberships.items()]
        agency = self.fields["agency"]
        assert isinstance(agency, forms.ChoiceField)  # noqa: S101
        agency.choices = choices if len(choices) == 1 else [("", "Choose one"), *choices]

    @property
    def membership(self) -> Membership:
        return self._memberships[self.cleaned_data["agency"]]

    @property
    def wanted(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "scopes", "days")}
