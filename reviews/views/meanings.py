"""What the codes of a file mean and how its days are written: the second page of its mapping, which then tries it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dictionary.asked import asked_now
from dictionary.schema import Choice, Edition, Item
from jurisdictions.http import TenantRequest, requires
from jurisdictions.roles import Permission
from jurisdictions.rules import Problem
from reviews.actions.bring_in import words_of
from reviews.imports import columns as mapped
from reviews.imports import days
from reviews.imports.columns import Document, Spec, Target
from reviews.imports.surveying import ColumnFacts
from reviews.models import Shape, Upload
from reviews.past.words import told_in_words
from reviews.views.columns_page import REASON
from reviews.views.figure_meanings import figure_values
from reviews.views.mapping import page_of
from reviews.views.uploads import crumbs, keep_and_try, mine

OPEN = ""  # a code that nobody has given a meaning


@dataclass(frozen=True)
class Meanings:
    """One coded column: each of its values, in how many rows, and what it means."""

    target: Target
    column: str
    sheet: str  # of our own workbook
    values: list[tuple[int, str, str, int, str]]  # place, value, what it says in words, rows, meaning
    choices: list[Choice]
    blank: int
    when_blank: str
    reasons: tuple[Choice, ...]
    separator: str
    too_many: bool
    unlisted: int  # words of our own workbook beyond those that are listed
    boxes: bool  # each code has a column of its own, so nothing parts them

    @property
    def open_rows(self) -> int:
        return sum(rows for *_, rows, meaning in self.values if not meaning)


@dataclass(frozen=True)
class Days:
    """One column of days: the forms in which they are read, what else would fit, and what is no day in any."""

    target: Target
    column: str
    form: str
    forms: list[tuple[str, str]]
    samples: tuple[str, ...]
    is_ambiguous: bool
    undated: int


@require_http_methods(["GET", "POST"])
@requires(Permission.INCIDENT_IMPORT)
def values(request: TenantRequest, upload: int) -> HttpResponse:
    """Say what the codes of each coded column mean and how its days are written; then try it."""
    found = mine(request, upload)
    slug = request.membership.jurisdiction.slug
    document = _document(found)
    if not document or found.taken_away_at:
        return redirect("imports:mapping", slug, found.pk)
    if found.shape == Shape.FIGURES:
        return figure_values(request, found)
    told = _told(found, asked_now().questions)
    facts = {column["name"]: ColumnFacts.from_json(column) for column in found.columns}
    problems: list[Problem] = []
    if request.method == "POST":
        document = _with_meanings(document, facts, told, request.POST)
        found, asked, problems = keep_and_try(request, found, mapped.written(document))
        if asked is not None:
            return redirect("imports:run", slug, found.pk, asked.pk)
        if not found.mapping:
            return redirect("imports:mapping", slug, found.pk)
        document = _document(found)
    coded, dated = _coded_and_days(document, facts, told)
    context = {
        "upload": found,
        "version": found.version,
        "coded": coded,
        "days": dated,
        "problems": [(problem.message, "") for problem in problems],
        "columns_url": reverse("imports:mapping", args=[slug, found.pk]),
        "crumbs": crumbs(
            slug,
            (found.file_name, reverse("imports:upload", args=[slug, found.pk])),
            ("Codes and days" if found.needs_mapping else "Own words", ""),
        ),
    }
    return render(request, "reviews/import_values.html", context, status=409 if problems else 200)


def _document(found: Upload) -> Document:
    """What stands of the file, or is proposed of the agency's own words in our workbook."""
    return mapped.parse(found.mapping) if found.needs_mapping else words_of(found)


def _told(found: Upload, asked: Edition) -> Edition:
    """What the columns of the file may be answers to."""
    return page_of(found, asked).told if found.needs_mapping else told_in_words(asked)


def _coded_and_days(
    document: Document, facts: dict[str, ColumnFacts], told: Edition
) -> tuple[list[Meanings], list[Days]]:
    coded: list[Meanings] = []
    dated: list[Days] = []
    for name, spec in mapped.specs_of(document):
        target, column = mapped.target_named(name, told), facts.get(str(spec.get("column", "")))
        if target is None or column is None:
            continue
        if target.is_coded:
            coded.append(_meanings(target, column, spec))
        elif target.is_day and column.filled:
            dated.append(_days(target, column, spec))
    return coded, dated


def _meanings(target: Target, column: ColumnFacts, spec: Spec) -> Meanings:
    codes, words = spec.get("codes") or {}, dict(column.words)
    item = target.item
    return Meanings(
        target,
        column.name,
        column.form,
        [
            (at, value, words.get(value, ""), rows, _meaning_said(codes.get(value, OPEN)))
            for at, (value, rows) in enumerate(_split(column, str(spec.get("separator") or "")))
        ],
        [
            *(Choice(one.code, _answer(item, one)) for one in item.choices),
            *(
                Choice(f"{REASON}{reason.code}", f"No answer: {reason.label}")
                for reason in item.missing_choices
            ),
        ],
        column.blank,
        _meaning_said(spec.get("when_blank", OPEN)),
        item.missing_choices,
        str(spec.get("separator") or ""),
        bool(column.filled and not column.values),
        column.different - len(column.values),
        column.boxes,
    )


def _answer(item: Item, choice: Choice) -> str:
    return f"{choice.code}: {choice.label}" if item.type == "rating" else choice.label


def _split(column: ColumnFacts, separator: str) -> list[tuple[str, int]]:
    """The values of a column; parted, where one cell holds several."""
    if not separator:
        return list(column.values)
    counts: dict[str, int] = {}
    for value, rows in column.values:
        for part in filter(None, map(str.strip, value.split(separator))):
            counts[part] = counts.get(part, 0) + rows
    return sorted(counts.items(), key=lambda one: -one[1])


def _meaning_said(meaning: Any) -> str:
    if isinstance(meaning, dict):
        return f"{REASON}{meaning.get('missing', '')}"
    return str(meaning or OPEN)


def _days(target: Target, column: ColumnFacts, spec: Spec) -> Days:
    standing = spec.get("format") or list(column.days)
    standing = standing if isinstance(standing, list) else [standing]
    listed = [
        standing,
        list(column.days),
        *([form] for form in column.day_or_month_first),
        *([form] for form in days.FORMS),
    ]
    forms = {"|".join(forms): days.in_words(forms) for forms in listed if forms}
    return Days(
        target,
        column.name,
        "|".join(standing),
        list(forms.items()),
        column.samples,
        bool(column.day_or_month_first),
        column.undated,
    )


def _with_meanings(
    document: Document, facts: dict[str, ColumnFacts], told: Edition, posted: QueryDict
) -> Document:
    """The document with what a person said of codes and days."""
    coded, dated = _coded_and_days(document, facts, told)
    said: dict[str, Spec] = {}
    for one in coded:
        name = one.target.name
        separator = one.separator if one.boxes else posted.get(f"{name}-separator", "")[:3]
        codes = {
            value: meant
            for at, value, *_ in one.values
            if (meant := _meant(one, posted.get(f"{name}-{at}", ""))) is not None
        }
        blank = _meant(one, posted.get(f"{name}-blank", ""))
        said[name] = {
            "column": one.column,
            "codes": codes,
            **({"separator": separator} if separator.strip() else {}),
            **({"when_blank": blank} if blank is not None else {}),
        }
    for day in dated:
        form = posted.get(f"{day.target.name}-form", day.form)
        forms = form.split("|") if form in dict(day.forms) else day.form.split("|")
        said[day.target.name] = {"column": day.column, "format": forms}
    return mapped.with_specs(document, said)


def _meant(one: Meanings, said: str) -> Any:
    """A code, or the reason that stands for none; None where it is left open or nothing of the list."""
    if said.startswith(REASON):
        reason = said.removeprefix(REASON)
        return {"missing": reason} if reason in one.target.item.missing else None
    return said if said in {choice.code for choice in one.target.item.choices} else None
