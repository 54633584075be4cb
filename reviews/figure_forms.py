"""Typing a yearly figure: a new one, or another value for one that stands."""

from decimal import Decimal
from typing import Any

from django import forms

from reviews.actions.figures import Figure
from reviews.figures.amounts import PLACES, amount_of, plainly
from reviews.figures.known import DENOMINATOR, INDICATOR, KNOWN, SHARE, UNITS, listed_as
from reviews.figures.mapping import NAME_CHARACTERS, PERCENT, SOURCE_CHARACTERS, VINTAGE_CHARACTERS, Spec
from reviews.figures.reading import FIRST_YEAR, doubts
from reviews.models import YearlyFigure

NOTE_CHARACTERS = 300
_HOW = "A number like 1,234 or 2.5. A share in percent: 14 means 14 percent."


def _value(**more: Any) -> forms.CharField:
    return forms.CharField(label="Value", max_length=40, help_text=_HOW, **more)


def _vintage() -> forms.CharField:
    return forms.CharField(
        label="As of",
        max_length=VINTAGE_CHARACTERS,
        required=False,
        help_text="When the source said so, or in which edition: for example “published March 2024”.",
    )


def _choices() -> list[tuple[str, Any]]:
    groups: list[tuple[str, Any]] = [("", "Choose a figure")]
    for group in (INDICATOR, DENOMINATOR):
        groups.append((group, [(one.key, one.label) for one in KNOWN.values() if one.group == group]))
    return groups


def _read(text: str, spec: Spec) -> Decimal:
    """The value that was typed, a share as parts of one. Raises forms.ValidationError for what it cannot be."""
    found = amount_of(text)
    if found is None:
        raise forms.ValidationError(f"“{text}” is not a number. Write one like 1,234 or 2.5.")
    value = (found[0] / 100).quantize(PLACES) if spec.unit == SHARE else found[0]
    for message, _, returned in doubts(value, text, spec):
        if returned:
            raise forms.ValidationError(message)
    return value


class AddForm(forms.Form):
    """A figure that does not stand yet."""

    figure = forms.ChoiceField(label="Figure", choices=_choices, required=False)
    own_name = forms.CharField(
        label="Or a name of your own",
        max_length=NAME_CHARACTERS,
        required=False,
        help_text="For a figure that is not in the list above.",
    )
    unit = forms.ChoiceField(
        label="Unit of your own figure", choices=[("", "Choose a unit"), *UNITS.items()], required=False
    )
    year = forms.IntegerField(label="Year")
    value = _value()
    source = forms.CharField(
        label="Source",
        max_length=SOURCE_CHARACTERS,
        help_text="Where it comes from: for example “Agency’s yearly report”, “Census Bureau”.",
    )
    vintage = _vintage()

    def __init__(self, data: Any = None, *, this_year: int) -> None:
        super().__init__(data)
        self.this_year = this_year

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if not FIRST_YEAR <= year <= self.this_year + 1:
            raise forms.ValidationError(f"Give a year from {FIRST_YEAR} to {self.this_year + 1}.")
        return year

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        own = " ".join(said.get("own_name", "").split())
        known = KNOWN.get(said.get("figure", "")) or listed_as(own)
        if bool(said.get("figure")) == bool(own):
            self.add_error("figure", "Choose a figure from the list, or give a name of your own.")
        elif known is None and not said.get("unit"):
            self.add_error("unit", "Say in which unit it is.")
        elif "value" in said:
            spec = Spec(known.key, known.unit, PERCENT) if known else Spec(own, said["unit"], PERCENT)
            try:
                said["amount"] = _read(said["value"], spec)
            except forms.ValidationError as error:
                self.add_error("value", error)
            said["spec"] = spec
        return said

    @property
    def said(self) -> Figure:
        """What was typed; of a form that is valid."""
        said = self.cleaned_data
        source = " ".join(said["source"].split())
        spec: Spec = said["spec"]
        return Figure(spec.name, said["year"], source, spec.unit, said["amount"], said["vintage"])


class CorrectForm(forms.Form):
    """Another value for a figure that stands."""

    value = _value()
    vintage = _vintage()
    note = forms.CharField(
        label="Why it changes",
        max_length=NOTE_CHARACTERS,
        required=False,
        help_text="Stays in its history.",
    )

    def __init__(self, standing: YearlyFigure, data: Any = None) -> None:
        begun = {"value": plainly(standing.value, standing.unit), "vintage": standing.vintage}
        super().__init__(data, initial=begun)
        self.standing = standing

    def clean_value(self) -> str:
        text: str = self.cleaned_data["value"]
        self.amount = _read(text, Spec(self.standing.name, self.standing.unit, PERCENT))
        return text

    @property
    def said(self) -> Figure:
        """What was typed; of a form that is valid."""
        one, said = self.standing, self.cleaned_data
        return Figure(
            one.name,
            one.year,
            one.source,
            one.unit,
            self.amount,
            said["vintage"],
            " ".join(said["note"].split()),
        )
