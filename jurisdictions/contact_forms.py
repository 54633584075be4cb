"""Who is an agency's liaison and deputy, and how their office is reached."""

from typing import Any

from django import forms

from jurisdictions.actions.contacts import Named, as_read, standing
from jurisdictions.forms import PlainForm
from jurisdictions.models import AgencyContact, Jurisdiction, Membership
from jurisdictions.roles import Role

_FIELDS = ("person", "office", "email", "phone")


class ContactsForm(PlainForm):
    """A person for each part, from the agency's own people, with the public contact they type; and what stood there
    when the page was read."""

    stood = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, agency: Jurisdiction) -> None:
        contacts = standing(agency)
        super().__init__(data, initial=_shown(contacts))
        here = Membership.objects.current().filter(jurisdiction=agency).with_people()
        # A guest is from outside, and so no contact of the agency.
        people = [(str(one.pk), str(one)) for one in here if one.roles_in_force != [Role.GUEST]]
        for part in AgencyContact.Part:
            self._add(part, people)

    def _add(self, part: AgencyContact.Part, people: list[tuple[str, str]]) -> None:
        label = part.label
        self.fields[f"{part}_person"] = forms.ChoiceField(
            label="Person",
            required=False,
            choices=[("", "Nobody yet"), *people],
            widget=forms.Select(attrs={"class": "usa-select"}),
            error_messages={"invalid_choice": f"{label}: choose from the list."},
        )
        self.fields[f"{part}_office"] = _text(label, "Office or position", 120)
        self.fields[f"{part}_email"] = forms.EmailField(
            label="Public e-mail address",
            required=False,
            max_length=254,
            widget=forms.EmailInput(
                attrs={"class": "usa-input", "autocomplete": "off", "spellcheck": "false"}
            ),
            error_messages={"invalid": f"{label}, e-mail address: write it as in office@agency.gov."},
        )
        self.fields[f"{part}_phone"] = _text(label, "Public telephone", 40)

    @property
    def named(self) -> list[Named]:
        """The contacts that were typed; the liaison first."""
        given = self.cleaned_data
        return [
            Named(str(part), int(given[f"{part}_person"]), *(given[f"{part}_{name}"] for name in _FIELDS[1:]))
            for part in AgencyContact.Part
            if given[f"{part}_person"]
        ]

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of each part, under its name."""
        return [(part.label, [self[f"{part}_{name}"] for name in _FIELDS]) for part in AgencyContact.Part]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for part in AgencyContact.Part:
            person, *contact = (given.get(f"{part}_{name}", "") for name in _FIELDS)
            if person and not any(contact[1:]) and f"{part}_email" not in self.errors:
                self.add_error(f"{part}_email", f"{part.label}: give a public e-mail address or telephone.")
            if not person and any(contact) and f"{part}_person" not in self.errors:
                self.add_error(
                    f"{part}_person", f"{part.label}: choose the person, or empty the fields below."
                )
        people = [given.get(f"{part}_person") for part in AgencyContact.Part]
        if people[0] and people[0] == people[1]:
            self.add_error("deputy_person", "Deputy liaison: choose somebody other than the liaison.")
        return given


def _text(part: str, label: str, length: int) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=length,
        widget=forms.TextInput(attrs={"class": "usa-input", "autocomplete": "off"}),
        error_messages={"max_length": f"{part}, {label.lower()}: use {length} characters at most."},
    )


def _shown(contacts: list[AgencyContact]) -> dict[str, str]:
    shown = {"stood": as_read(contacts)}
    for contact in contacts:
        told = (str(contact.membership_id), contact.office, contact.email, contact.phone)
        shown |= {f"{contact.part}_{name}": value for name, value in zip(_FIELDS, told, strict=True)}
    return shown
