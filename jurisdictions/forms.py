"""Forms of people, settings, agencies and invitations. They explain sooner what the database holds to."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from jurisdictions.models import AgencyPolicy, Jurisdiction, User
from jurisdictions.roles import RIGHTS, ROLE_LABELS, ROLE_MEANINGS, ROLES, Permission, Role

DATE_FORMATS = ["%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%m/%d/%Y"]
DATE_HINT = "For example 2026-03-31 or 31 March 2026."


class PlainForm(forms.Form):
    """A form that lets people press its button and then says, in words of the label, what is missing."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["class"] = "usa-textarea npcs-grows"
            elif isinstance(field.widget, forms.Select) and not isinstance(field.widget, forms.RadioSelect):
                field.widget.attrs["class"] = "usa-select"
            elif isinstance(field.widget, forms.TextInput):
                field.widget.attrs["class"] = "usa-input"

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Every error with the id of its control, for the summary at the top of the page."""
        found = [(str(error), "") for error in self.non_field_errors()]
        for bound in self:
            grouped = isinstance(bound.field.widget, forms.CheckboxSelectMultiple | forms.RadioSelect)
            control = f"{bound.auto_id}_0" if grouped else bound.id_for_label
            found += [(str(error), control) for error in bound.errors]
        return found


class Explained(forms.CheckboxSelectMultiple):
    """Boxes of components/form_checkboxes.html, each with what it means (by its value) where that is said."""

    meanings: Mapping[str, str] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().create_option(name, value, *args, **kwargs) | {
            "meaning": self.meanings.get(str(value), "")
        }


def _date(label: str, *, required: bool = False, missing: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=DATE_HINT,
        input_formats=DATE_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"autocomplete": "off"}),
        error_messages={
            "required": missing,
            "invalid": f"{label}: write the day as in 2026-03-31 or 31 March 2026.",
        },
    )


def _email() -> forms.EmailField:
    return forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={
            "required": "Enter the e-mail address of the person.",
            "invalid": "E-mail address: write it as in name@agency.gov.",
        },
    )


def _roles() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="Roles",
        help_text="One person may hold several.",
        choices=[(str(role), ROLE_LABELS[role]) for role in Role],
        widget=Explained,
        error_messages={
            "required": "Roles: tick at least one.",
            "invalid_choice": "Roles: choose from the list.",
        },
    )


class _WithRoles(PlainForm):
    """Roles to tick in an agency with this ceiling. What lies over it is named, and offered only where it is held:
    so that it can be taken away."""

    OVER = "Over the ceiling that the partnership has set: it gives no rights now. Take the tick away."

    def __init__(self, *args: Any, ceiling: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ceiling = ceiling
        ticked = self["roles"].value() or []
        boxes: Any = self.fields["roles"].widget
        boxes.choices = [(str(role), ROLE_LABELS[role]) for role in Role if role in ceiling or role in ticked]
        boxes.meanings = {str(role): ROLE_MEANINGS[role] if role in ceiling else self.OVER for role in Role}

    @property
    def closed(self) -> list[str]:
        """The roles that the partnership has not opened to the agency, in words."""
        return [ROLE_LABELS[role] for role in Role if role not in self.ceiling]


class InviteForm(_WithRoles):
    email = _email()
    roles = _roles()


class RolesForm(_WithRoles):
    roles = _roles()


class ListForm(PlainForm):
    """People to invite: pasted, or as a file."""

    FILE_BYTES = 1_000_000

    pasted = forms.CharField(
        label="The list",
        required=False,
        strip=False,
        help_text="One person a line: name, e-mail address, roles. Between them a comma, a semicolon or a tab, "
        "as it comes from a spreadsheet.",
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label="Or a file (CSV)",
        required=False,
        allow_empty_file=True,
        help_text="The same as text, as a spreadsheet saves it. Up to 1 MB.",
        widget=forms.FileInput(attrs={"class": "npcs-file", "accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        file = values.get("file")
        if file is not None and file.size > self.FILE_BYTES:
            self.add_error("file", "Or a file (CSV): choose one of 1 MB at most.")
        elif file is None and not values.get("pasted", "").strip():
            self.add_error("pasted", "The list: paste it, or choose a file.")
        return values


class CeilingForm(PlainForm):
    """Which roles the partnership opens to an agency, and what stood there when the page was read."""

    roles = forms.MultipleChoiceField(
        label="Roles that its people may hold",
        help_text="Agency administrator is always open: without one an agency could invite nobody.",
        choices=[(str(role), ROLE_LABELS[role]) for role in Role if role is not Role.ADMINISTRATOR],
        required=False,
        widget=Explained,
        error_messages={"invalid_choice": "Roles that its people may hold: choose from the list."},
    )
    stood = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: Any = self.fields["roles"].widget
        boxes.meanings = {str(role): f"{ROLE_MEANINGS[role]} Rights: {_rights(role)}." for role in Role}


def _rights(role: Role) -> str:
    return "; ".join(RIGHTS[right] for right in Permission if right in ROLES[role])


class FirstAdministratorForm(PlainForm):
    email = _email()


class AgreementForm(PlainForm):
    agreement_on = _date(
        "Agreement signed on", required=True, missing="Enter the day on which the agreement was signed."
    )


class _AgencyForm(PlainForm):
    """What the partnership's directory says of an agency."""

    name = forms.CharField(
        label="Name of the agency",
        max_length=200,
        error_messages={"required": "Enter the name of the agency."},
    )
    kind = forms.ChoiceField(
        label="Kind of agency",
        choices=[("", "Choose one"), *Jurisdiction.Kind.choices],
        error_messages={"required": "Choose the kind of agency."},
    )
    parent = forms.ModelChoiceField(
        Jurisdiction.objects.all(),
        label="Part of",
        required=False,
        empty_label="No other agency",
        to_field_name="slug",
        help_text="A county inside a member state, for example. An incident that both hold is then counted once.",
        error_messages={"invalid_choice": "Part of: choose an agency from the list."},
    )


class ChangeAgencyForm(_AgencyForm):
    """What the directory may say differently one day, and what stood there when the page was read."""

    stood = forms.CharField(widget=forms.HiddenInput, required=False)


class AgencyForm(_AgencyForm):
    """A new agency: also its short name, which stays, and the day of its agreement, which has a form of its own."""

    slug = forms.SlugField(
        label="Short name in addresses",
        required=False,
        max_length=60,
        help_text="Small letters, digits and hyphens. Left empty, it is made from the name. It cannot change later.",
        error_messages={"invalid": "Short name in addresses: use small letters, digits and hyphens only."},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    agreement_on = _date("Agreement signed on")

    field_order = ["name", "slug", "kind", "parent", "agreement_on"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if name := values.get("name"):
            values["slug"] = values.get("slug", "").lower() or slugify(name)[:60].strip("-")
            if not values["slug"] and "slug" not in self.errors:
                self.add_error("slug", "Short name in addresses: the name gives none, so write one.")
            elif Jurisdiction.objects.filter(slug=values["slug"]).exists():
                self.add_error(
                    "slug",
                    f"Short name in addresses: {values['slug']} belongs to another agency. Write another one.",
                )
        return values


class PolicyForm(PlainForm):
    """The agency's clocks and texts, as they were read at `version` (0: none set yet)."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    review_due_days = forms.IntegerField(
        label="Days to finish a review",
        help_text="Calendar days from the day the agency learned of the incident. A change moves no date already set.",
        min_value=1,
        max_value=730,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": "Enter the days to finish a review.",
            "invalid": "Days to finish a review: write a whole number.",
            "min_value": "Days to finish a review: give between 1 and 730.",
            "max_value": "Days to finish a review: give between 1 and 730.",
        },
    )
    due_soon_days = forms.IntegerField(
        label="Days before that to remind",
        help_text="From then on a review shows as due soon.",
        min_value=0,
        max_value=365,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": "Enter the days before that to remind; 0 means on the day itself.",
            "invalid": "Days before that to remind: write a whole number.",
            "min_value": "Days before that to remind: give 0 or more.",
            "max_value": "Days before that to remind: give 365 or fewer.",
        },
    )
    paper = forms.ChoiceField(
        label="Paper of the review report", choices=AgencyPolicy.Paper.choices, widget=forms.RadioSelect
    )
    confidentiality_statement = forms.CharField(
        label="Confidentiality statement",
        required=False,
        max_length=2000,
        help_text="Printed on every review report. It is your agency’s own text: NPCS promises no legal privilege. "
        "Up to 2,000 characters.",
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"max_length": "Confidentiality statement: use 2,000 characters at most."},
    )
    statement_by = forms.CharField(
        label="Who approved the statement",
        required=False,
        max_length=120,
        help_text="Counsel’s position, for example “General Counsel for child welfare”. Needed with a statement.",
    )
    statement_on = _date("Approved on")
    support_line = forms.CharField(
        label="Support for staff and families",
        required=False,
        max_length=300,
        help_text="Telephone lines and people to turn to. Shown where debriefs are recorded.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "Support for staff and families: use 300 characters at most."},
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        soon, whole = values.get("due_soon_days"), values.get("review_due_days")
        if soon is not None and whole is not None and soon >= whole:
            self.add_error(
                "due_soon_days", "Days before that to remind: give fewer than the days to finish a review."
            )
        if values.get("confidentiality_statement"):
            if not values.get("statement_by"):
                self.add_error("statement_by", "Say who approved the statement; reports name them.")
            if not values.get("statement_on") and "statement_on" not in self.errors:
                self.add_error("statement_on", "Say on which day the statement was approved.")
        return values


class NewAccountForm(PlainForm):
    """What a person without an account gives to accept an invitation."""

    display_name = forms.CharField(
        label="Your name",
        max_length=120,
        help_text="Shown to colleagues, for example “Dana R.”",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name as colleagues know it."},
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Choose a password."},
    )
    password_again = forms.CharField(
        label="The password again",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Type the password a second time."},
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        password = values.get("password")
        if password:
            person = User(email=self.email, display_name=values.get("display_name", ""))
            try:
                password_validation.validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)
            again = values.get("password_again")
            if again and again != password:
                self.add_error("password_again", "The password again: the two are not the same.")
        return values
