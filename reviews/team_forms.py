"""The small forms around a review: selection, team, statement, hold, approver from outside, handing over."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from dictionary.schema import Edition
from dictionary.values import keepable
from jurisdictions.models import Jurisdiction, Membership
from jurisdictions.roles import Permission, Role
from reviews.models import Review
from reviews.rules.editing import writes_every_part
from reviews.rules.who import live_seats

_TEXT = {"class": "usa-textarea", "rows": 3}
_DATE = {"class": "usa-input", "type": "date"}
_SELECT = {"class": "usa-select"}


def _people(agency: Jurisdiction, permission: Permission | None = None) -> list[Membership]:
    """The agency's people who could do this, by name."""
    found = Membership.objects.current().filter(jurisdiction=agency).with_people()
    return [person for person in found if permission is None or person.allows(permission)]


class _NoteField(forms.CharField):
    """A note of several lines, measured as it is kept and as the browser counts: a line end is one character."""

    def to_python(self, value: Any) -> Any:
        return keepable(super().to_python(value) or "")


# What is wrong and how to mend it, by the kind of field and Django's own code.
_WORDS: dict[type[forms.Field], dict[str, str]] = {
    forms.ChoiceField: {
        "required": "Choose one.",
        "invalid_choice": "Choose from the list: what you chose is not on it any more.",
    },
    forms.MultipleChoiceField: {
        "required": "Tick at least one.",
        "invalid_choice": "Tick from the list: something that you ticked is not on it any more.",
    },
    forms.DateField: {
        "required": "Give a day.",
        "invalid": "Give a day that exists, written as 2026-03-14.",
    },
    _NoteField: {
        "max_length": "Keep it within %(limit_value)d characters: it has %(show_value)d.",
    },
}


class _PlainForm(forms.Form):
    """A form that says in plain words what to mend."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages |= _WORDS.get(type(field), {})


class _ChecksPeople(_PlainForm):
    """A form that offers people: the choices are the agency's own, so a posted stranger is refused."""

    people: dict[str, Membership]

    def offer(self, name: str, people: list[Membership], *, empty: str = "") -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        choices = [(str(person.pk), f"{person} ({', '.join(person.role_labels)})") for person in people]
        field.choices = ([("", empty)] if empty else []) + choices
        self.people = {str(person.pk): person for person in people}


class _NamesTeam(_ChecksPeople):
    """A form that names a lead and others: a lead writes in every part, others may record debriefs only."""

    def offer_team(self, agency: Jurisdiction) -> None:
        people = _people(agency, Permission.REVIEW_EDIT)
        self.offer("lead", [person for person in people if writes_every_part(person)], empty="Choose one")
        self.offer("team", people)

    @property
    def named(self) -> tuple[Membership, list[Membership]]:
        return (
            self.people[self.cleaned_data["lead"]],
            [self.people[key] for key in self.cleaned_data["team"]],
        )


class SelectionForm(_NamesTeam):
    """The decision, its reasons, and who would review."""

    decision = forms.ChoiceField(
        label="Will this incident be reviewed?",
        choices=[("select", "Yes, select it for a review"), ("do_not_select", "No, do not select it")],
        widget=forms.RadioSelect,
    )
    reasons = forms.MultipleChoiceField(label="Reasons", widget=forms.CheckboxSelectMultiple)
    note = _NoteField(label="Note", required=False, max_length=2000, widget=forms.Textarea(_TEXT))
    lead = forms.ChoiceField(
        label="Lead reviewer",
        required=False,
        help_text="Somebody who had no part in serving this family.",
        widget=forms.Select(_SELECT),
    )
    team = forms.MultipleChoiceField(
        label="Others on the team", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, edition: Edition, agency: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("reasons", "note"):
            item = edition.item(f"selection_{name}")
            self.fields[name].label, self.fields[name].help_text = item.label, item.help
        reasons = self.fields["reasons"]
        assert isinstance(reasons, forms.MultipleChoiceField)  # noqa: S101
        reasons.choices = [
            (choice.code, choice.label) for choice in edition.item("selection_reasons").choices
        ]
        self.offer_team(agency)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        asked = cleaned.get("decision") == "select" and "lead" not in self.errors
        if asked and not cleaned.get("lead"):
            self.add_error("lead", "Name the person who leads the review.")
        return cleaned


class TeamForm(_NamesTeam):
    """Who leads and who else is on the team."""

    lead = forms.ChoiceField(label="Lead reviewer", widget=forms.Select(_SELECT))
    team = forms.MultipleChoiceField(
        label="Others on the team", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, agency: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_team(agency)


class StatementForm(_PlainForm):
    """One person's conflict-of-interest statement."""

    statement = forms.ChoiceField(
        label="Which is true for you?",
        choices=[
            ("no_conflict", "I had no part in serving this family and know of no conflict"),
            ("conflict", "I had a part in serving this family, or have another conflict"),
        ],
        widget=forms.RadioSelect,
    )
    note = _NoteField(
        label="What the coordinator needs to know",
        required=False,
        max_length=500,
        help_text="A sentence on the conflict. Leave it empty if there is none.",
        widget=forms.Textarea(_TEXT),
    )

    @property
    def has_conflict(self) -> bool:
        return bool(self.cleaned_data["statement"] == "conflict")


class HoldForm(_PlainForm):
    """Who asked to wait, until when."""

    reason = forms.ChoiceField(
        label="Who asked the agency to wait?", choices=Review.Hold.choices, widget=forms.RadioSelect
    )
    until = forms.DateField(
        label="Wait until",
        help_text="The day to look at it again. You can move it later.",
        widget=forms.DateInput(_DATE),
    )
    note = _NoteField(
        label="Note",
        required=False,
        max_length=500,
        widget=forms.Textarea(_TEXT),
        help_text="Who was spoken to, by position, and when.",
    )

    def clean_until(self) -> dt.date:
        until: dt.date = self.cleaned_data["until"]
        if until <= timezone.localdate():
            raise forms.ValidationError("Give a day after today.")
        return until


class ApproverForm(_ChecksPeople):
    """A guest who approves one review or reads it, until a day."""

    person = forms.ChoiceField(
        label="Person from outside",
        help_text="A person with the role Guest. The agency administrator invites guests under People.",
        widget=forms.Select(_SELECT),
    )
    until = forms.DateField(label="Until", widget=forms.DateInput(_DATE))
    reads_only = forms.BooleanField(
        label="To read only",
        required=False,
        help_text="Without the tick this person may also approve the review.",
        widget=forms.CheckboxInput({"class": "usa-checkbox__input"}),
    )

    def __init__(self, *args: Any, agency: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guests = [person for person in _people(agency) if person.is_a(Role.GUEST)]
        self.offer("person", guests, empty="Choose one")

    def clean_until(self) -> dt.date:
        until: dt.date = self.cleaned_data["until"]
        if until < timezone.localdate():
            raise forms.ValidationError("Give today or a later day.")
        return until

    @property
    def named(self) -> Membership:
        return self.people[self.cleaned_data["person"]]


class HandOverForm(_ChecksPeople):
    """Everything one person holds, to another."""

    from_ = forms.ChoiceField(label="From", widget=forms.Select(_SELECT))
    to = forms.ChoiceField(label="To", widget=forms.Select(_SELECT))

    def __init__(self, *args: Any, agency: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("from_", _people(agency), empty="Choose one")
        self.everybody = self.people
        holding = set(live_seats().values_list("membership", flat=True))
        self.holders = [(key, str(person)) for key, person in self.everybody.items() if person.pk in holding]
        self.offer("to", _people(agency, Permission.REVIEW_EDIT), empty="Choose one")

    @property
    def named(self) -> tuple[Membership, Membership]:
        return self.everybody[self.cleaned_data["from_"]], self.people[self.cleaned_data["to"]]
