"""The form of one own question, for people who write no rules and no code."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any

from django import forms

from dictionary.codebook import PRIVACY_WORDS, TYPE_WORDS, in_words
from dictionary.own.code_lines import MOST_LABEL, read_codes, written
from dictionary.own.composing import PART, TITLE, TYPES, Question, compose, takes_own
from dictionary.own.drafting import MOST_CODES, find, key_for, place_title, print_of, put
from dictionary.rules import Json, Rule, items_in
from dictionary.schema import MISSING, PRIVACY, Edition, EditionError, Item
from dictionary.values import keepable
from jurisdictions.forms import Explained, PlainForm

KEEP = "keep"
_LISTED = ("choice", "choices")
_ANSWERABLE = (*_LISTED, "rating", "integer")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_TYPED = {"min": "Smallest number", "max": "Largest number"}
# What the form does not show and a file may have brought stays as it is, and so do codes and their help (`read_codes`).
_KEPT = ("max_length", "warnings")


class QuestionForm(PlainForm):
    """One own question. `edition` is all that is asked, with the draft's other questions in it."""

    stood = forms.CharField(widget=forms.HiddenInput, required=False)
    label = forms.CharField(
        label="Question",
        max_length=300,
        help_text="As people read it, for example “Which program served the family?”",
        error_messages={
            "required": "Question: write its words.",
            "max_length": "Question: use 300 characters at most.",
        },
    )
    help = forms.CharField(
        label="Help",
        required=False,
        max_length=1000,
        help_text="A sentence below the question. Ask for roles, never for names.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "Help: use 1,000 characters at most."},
    )
    section = forms.ChoiceField(
        label="Where it is asked",
        help_text=f"At the end of that place, under the heading “{TITLE}”.",
        error_messages={
            "required": "Where it is asked: choose a place.",
            "invalid_choice": "Where it is asked: choose from the list.",
        },
    )
    type = forms.ChoiceField(
        label="Answer",
        choices=[(kind, TYPE_WORDS[kind]) for kind in TYPES],
        widget=forms.RadioSelect,
        error_messages={"required": "Answer: choose its kind.", "invalid_choice": "Answer: choose its kind."},
    )
    codes = forms.CharField(
        label="Answers to choose from",
        required=False,
        max_length=MOST_CODES * (MOST_LABEL + 50),
        help_text="For an answer from a list: one a line. Or with a code of yours and a comma before it: "
        "“night, Night shift”. The code is what is kept; change the words later as you like.",
        widget=forms.Textarea(attrs={"rows": 6, "autocapitalize": "none", "spellcheck": "false"}),
    )
    min = forms.CharField(
        label=_TYPED["min"], required=False, max_length=10, help_text="For a whole number only."
    )
    max = forms.CharField(
        label=_TYPED["max"], required=False, max_length=10, help_text="For a whole number only."
    )
    missing = forms.MultipleChoiceField(
        label="Reasons for no answer",
        required=False,
        choices=list(MISSING.items()),
        help_text="What people may say instead of an answer.",
        widget=Explained,
        error_messages={"invalid_choice": "Reasons for no answer: choose from the list."},
    )
    privacy = forms.ChoiceField(
        label="How closely the answers are kept",
        choices=[(key, PRIVACY_WORDS[key].partition(". ")[0].rstrip(".") + ".") for key in PRIVACY],
        help_text="Whatever you choose, own questions and their answers never leave your agency.",
        widget=forms.RadioSelect,
        error_messages={
            "required": "How closely the answers are kept: choose one.",
            "invalid_choice": "How closely the answers are kept: choose one.",
        },
    )
    when_item = forms.ChoiceField(
        label="Show it",
        required=False,
        help_text="Only a question of the same place, or one that is asked once in a review.",
        error_messages={"invalid_choice": "Show it: choose from the list."},
    )
    when_answer = forms.CharField(
        label="Only for this answer",
        required=False,
        max_length=1000,
        help_text="As it stands on the form; several with a semicolon between them. Empty: for any answer.",
    )

    def __init__(
        self,
        data: Any = None,
        *,
        edition: Edition,
        base: Mapping[str, Json],
        questions: Sequence[Question],
        question: Question | None = None,
    ) -> None:
        self.edition, self.base, self.questions, self.question = edition, base, questions, question
        self.built: dict[str, Any] = {}
        self.fallen: list[str] = []  # remarks of a file that do not fit any more: saving takes them away
        super().__init__(data, initial=_shown(question, edition))
        self._select("section").choices = _places(edition)
        self._select("when_item").choices = self._conditions()

    def _select(self, name: str) -> Any:
        field: Any = self.fields[name]
        return field

    @cached_property
    def _own_key(self) -> str:
        return str(self.question["key"]) if self.question else ""

    def _conditions(self) -> list[tuple[str, Any]]:
        listed: list[tuple[str, Any]] = [("", "Always")]
        when = self.question.get("when") if self.question else None
        if when is not None and _is_kept(when, self.edition):
            listed.append((KEEP, f"As it is now: when {in_words(when, self.edition)}"))
        for section in self.edition.sections:
            asked = [
                (item.key, f"Only if answered: {item.label}")
                for item in section.items
                if _is_listed(item) and item.key != self._own_key
            ]
            listed.append((place_title(self.edition, section.key), asked))
        return listed

    # -- What was typed, as a question -----------------------------------------------------------

    def clean_label(self) -> str:
        label = " ".join(keepable(self.cleaned_data["label"]).split())
        same = [item for item in self.edition if item.label.casefold() == label.casefold()]
        if any(item.key != self._own_key for item in same):
            raise forms.ValidationError(
                "Question: another one has these words already. Files and workbooks tell questions apart by them."
            )
        return label

    def clean_codes(self) -> list[dict[str, str]]:
        """The lines as codes and labels."""
        text, kind = self.cleaned_data["codes"], self.cleaned_data.get("type")
        lines = [" ".join(keepable(line).split()) for line in text.splitlines() if line.strip()]
        if kind not in _LISTED:
            if lines:
                words = f"“{TYPE_WORDS['choice']}” or “{TYPE_WORDS['choices']}”"
                raise forms.ValidationError(
                    f"Answers to choose from: choose {words} above, or empty this field."
                )
            return []
        return read_codes(lines, (self.question or {}).get("codes") or ())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        bounds = {name: self._bound(name) for name in _TYPED}
        if self.errors:
            return cleaned
        try:
            when = self._rule()
        except forms.ValidationError as error:
            self.add_error("when_answer", error)
            return cleaned
        self.built = {
            "key": self._own_key or key_for(cleaned["label"], [one["key"] for one in self.questions]),
            "section": cleaned["section"],
            "label": cleaned["label"],
            "type": cleaned["type"],
            "privacy": cleaned["privacy"],
        }
        told = {
            "help": " ".join(keepable(cleaned["help"]).split()),
            "codes": cleaned["codes"],
            "missing": cleaned["missing"],
            **bounds,
            "when": when,
            **{key: (self.question or {}).get(key) for key in _KEPT},
        }
        if cleaned["type"] not in ("text", "plain", "prose"):
            told.pop("max_length")
        self.built |= {key: value for key, value in told.items() if value not in (None, "", [])}
        self._fits()
        return cleaned

    def _bound(self, name: str) -> int | None:
        text = self.cleaned_data.get(name, "").strip()
        if not text:
            return None
        if self.cleaned_data.get("type") != "integer":
            self.add_error(name, f"{_TYPED[name]}: only a whole number has one. Empty this field.")
        elif not _WHOLE.fullmatch(text):
            self.add_error(name, f"{_TYPED[name]}: write a whole number.")
        else:
            low = self.cleaned_data.get("min", "").strip() if name == "max" else ""
            if _WHOLE.fullmatch(low) and int(low) > int(text):
                self.add_error(name, f"{_TYPED[name]}: it is below the smallest number.")
            return int(text)
        return None

    def _rule(self) -> Rule | None:
        """The condition as a rule. Raises ValidationError where the answer is none of the question's."""
        key, words = self.cleaned_data.get("when_item", ""), self.cleaned_data.get("when_answer", "").strip()
        if key == KEEP and self.question is not None:
            kept: Rule = self.question["when"]
            return kept
        if not key:
            if words:
                raise forms.ValidationError(
                    "Only for this answer: choose the question above that it is an answer to."
                )
            return None
        return _rule_over(self.edition.item(key), words)

    def _fits(self) -> None:
        """What the form cannot see alone: conditions across places, circles, questions that come later."""
        try:
            whole = compose(self.base, put(self.questions, self.built))
        except EditionError as mistake:
            self.add_error(None, [forms.ValidationError(problem) for problem in mistake.problems])
            return
        for mend in whole.mends:
            if mend.key == self.built["key"] and mend.of == "warnings":
                self.fallen.append(mend.message)
            elif mend.key == self.built["key"]:
                self.add_error("when_item", f"Show it: {mend.message} Choose another question, or “Always”.")
        if self.fallen:
            self.built = dict(find(whole.questions, self.built["key"]) or self.built)


def _is_listed(item: Item) -> bool:
    """Whether the form offers it as the question that another one is shown after."""
    return item.type != "links" and not item.rating_of


def _rule_over(item: Item, words: str) -> Rule:
    """The condition that the item is answered, or answered so. Raises ValidationError where it cannot be."""
    if not words:
        return {"answered": item.key}
    if item.type not in _ANSWERABLE:
        raise forms.ValidationError(
            f"“{item.label}” has no list of answers. Empty this field: the question is then shown for any."
        )
    wanted = list(_answers(item, words))
    return {"=": [item.key, wanted[0]]} if len(wanted) == 1 else {"in": [item.key, wanted]}


def _answers(item: Item, words: str) -> Iterator[Json]:
    for part in words.split(";"):
        said = " ".join(part.split())
        if not said:
            continue
        if item.type == "integer":
            if not _WHOLE.fullmatch(said):
                raise forms.ValidationError(f"“{said}” is no whole number.")
            yield int(said)
            continue
        names = [(one.code, (one.code, one.code.casefold(), one.label.casefold())) for one in item.choices]
        found = next((code for code, names in names if said in names or said.casefold() in names), None)
        if found is None:
            known = "; ".join(one.label for one in item.choices)
            raise forms.ValidationError(f"“{item.label}” has no answer “{said}”. Its answers: {known}.")
        yield found


def _places(edition: Edition) -> list[tuple[str, str]]:
    found = [(PART, f"{TITLE}, a part of its own at the end")]
    return found + [
        (section.key, place_title(edition, section.key))
        for section in edition.sections
        if takes_own(section) and section.key != PART
    ]


def _is_kept(when: Rule, edition: Edition) -> bool:
    """Whether the form has no fields for the condition, so that it may only stay as it is."""
    return all(key in edition for key in items_in(when)) and _as_typed(when, edition) is None


def _as_typed(when: Rule, edition: Edition) -> tuple[str, str] | None:
    """(question, words of its answers) from which the form writes this very condition."""
    operator, operand = next(iter(when.items()))
    key = operand if operator == "answered" else operand[0] if operator in ("=", "in") else None
    if not isinstance(key, str) or key not in edition or not _is_listed(item := edition.item(key)):
        return None
    wanted = [] if operator == "answered" else operand[1] if operator == "in" else [operand[1]]
    words = "; ".join(item.choice_label(str(one)) for one in wanted)
    with suppress(forms.ValidationError):
        if _rule_over(item, words) == when:
            return key, words
    return None


def _shown(question: Question | None, edition: Edition) -> dict[str, Any]:
    """The question as the form shows it."""
    if question is None:
        return {"section": PART, "type": "text", "missing": ["unknown"]}
    shown = {key: question.get(key) for key in ("label", "help", "section", "type", "min", "max", "privacy")}
    shown["missing"] = question.get("missing") or []
    shown["codes"] = written(question.get("codes") or ())
    shown["stood"] = print_of(question)
    when = question.get("when")
    if when is not None:
        kept = KEEP if _is_kept(when, edition) else ""
        shown["when_item"], shown["when_answer"] = _as_typed(when, edition) or (kept, "")
    if question["section"] not in dict(_places(edition)):
        shown["section"] = PART
    return shown
