"""What the columns of a file mean, and then their codes and days. Both pages write the one document of the upload."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dictionary.models import Edition
from dictionary.schema import Choice
from dictionary.schema import Edition as Schema
from jurisdictions import audit
from jurisdictions.http import TenantRequest, requires
from jurisdictions.paging import read_key
from jurisdictions.roles import Permission
from jurisdictions.rules import Problem, Refused
from reviews.actions import bring_in
from reviews.imports import columns as mapped
from reviews.imports import days
from reviews.imports.columns import LEFT_OUT, Chosen, Document, Spec, Target
from reviews.imports.proposing import children_in, propose_key, propose_targets
from reviews.imports.surveying import ColumnFacts
from reviews.models import SavedMapping, Upload
from reviews.views.uploads import crumbs, mine

MOST_CHILDREN = 6
FIXED = 4  # free lines for what is in no column
OPEN, REASON = "", "!"  # in a list of meanings: left open; what begins with ! is a reason for none


@dataclass(frozen=True)
class Line:
    """One column on the page: what is in it, what it becomes, and why that is proposed."""

    at: int
    facts: ColumnFacts
    target: str
    is_key: bool
    why: str
    error: str

    @property
    def about(self) -> str:
        """How full it is, in words."""
        if not self.facts.filled:
            return "empty"
        rows = self.facts.filled + self.facts.blank
        return "in every row" if not self.facts.blank else f"in {self.facts.filled:,} of {rows:,} rows"


@require_http_methods(["GET", "POST"])
@requires(Permission.INCIDENT_IMPORT)
def columns(request: TenantRequest, upload: int) -> HttpResponse:
    """Say what each column becomes. What is proposed is there already; what is wrong is said beside it."""
    found = mine(request, upload)
    slug = request.membership.jurisdiction.slug
    if found.work_state != "done" or found.refused or found.taken_away_at:
        return redirect("imports:upload", slug, found.pk)
    edition = Edition.objects.in_force().parsed
    page = _ColumnsPage(found, edition)
    if request.method == "GET":
        audit.record("import.read", about=found, by=request.membership)
        return render(request, "reviews/import_columns.html", page.context(slug))
    page.read(request.POST)
    if "more" in request.POST:
        return render(request, "reviews/import_columns.html", page.context(slug))
    problems = list(mapped.problems(page.chosen, edition))
    if not problems:
        document = mapped.build(page.chosen, page.document, page.facts, edition)
        try:
            bring_in.keep_mapping(
                found, mapped.written(document), version=page.version, by=request.membership
            )
        except Refused as refused:
            problems = refused.problems
        else:
            return redirect("imports:values", slug, found.pk)
    return render(request, "reviews/import_columns.html", page.context(slug, problems), status=422)


class _ColumnsPage:
    """The page of columns: what stands in the upload's document, or what is proposed, or what a person just said."""

    def __init__(self, upload: Upload, edition: Schema) -> None:
        self.upload, self.edition = upload, edition
        self.facts = [ColumnFacts.from_json(column) for column in upload.columns]
        self.version = upload.version
        self.why: dict[str, str] = {}
        self.document: Document = mapped.parse(upload.mapping)
        self.saved: SavedMapping | None = None
        if not self.document:
            self.document = self._begun()
        self.children = max(children_in(self.facts), len(self.document.get("children") or []), 1)
        self.chosen = self._standing()

    def _begun(self) -> Document:
        """Begin with the agency's mapping that knows most of these columns; without one, with proposals."""
        sheet = self.upload.sheets[self.upload.sheet or 0]
        place = {"sheet": sheet["name"], "header_row": self.upload.header_row or 1}
        self.saved = _closest([column.name for column in self.facts])
        if self.saved is not None:
            document = mapped.parse(self.saved.document) | place
            self.why = dict.fromkeys(mapped.chosen_in(document), f"as in “{self.saved.name}”")
            return document
        proposals = propose_targets(self.facts, self.edition)
        self.why = {name: proposal.why for name, proposal in proposals.items()}
        columns = {name: proposal.target for name, proposal in proposals.items()}
        key = propose_key(self.facts, proposals)
        about = PurePath(self.upload.file_name).stem[:100]
        chosen = Chosen(about, [key] if key else [], columns, {})
        return mapped.build(chosen, place, self.facts, self.edition)

    def _standing(self) -> Chosen:
        return Chosen(
            str(self.document.get("about") or ""),
            mapped.keys_of(self.document),
            mapped.chosen_in(self.document),
            mapped.fixed_in(self.document),
        )

    def read(self, posted: QueryDict) -> None:
        """What the person said, whatever is wrong with it."""
        self.version = read_key(posted.get("version", "")) or 0
        children = read_key(posted.get("children", "")) or 1
        self.children = min(max(children, 1), MOST_CHILDREN)
        keys = {read_key(at) for at in posted.getlist("key")}
        columns = {
            column.name: name
            for at, column in enumerate(self.facts)
            if column.name and (name := posted.get(f"column-{at}", "")) in self._names()
        }
        fixed = dict(self._fixed(posted))
        about = " ".join(posted.get("about", "").split())[:120]
        self.chosen = Chosen(
            about, [column.name for at, column in enumerate(self.facts) if at in keys], columns, fixed
        )

    def _names(self) -> set[str]:
        listed = mapped.targets(self.edition, self.children)
        return {"", LEFT_OUT} | {target.name for _, group in listed for target in group}

    def _fixed(self, posted: QueryDict) -> Iterator[tuple[str, Spec]]:
        """What is the same in every row: each line names a target and says its value or the reason for none."""
        for at in range(FIXED + len(self.chosen.fixed)):
            target = mapped.target_named(posted.get(f"fixed-{at}", ""), self.edition)
            said = posted.get(f"fixed-{at}-value", "").strip()
            if target is not None and said:
                yield target.name, _spec_said(target, said)

    def context(self, slug: str, problems: list[Problem] | None = None) -> dict[str, Any]:
        problems = problems or []
        beside = {problem.item: problem.message for problem in problems}
        lines = [
            Line(
                at,
                column,
                self.chosen.columns.get(column.name, ""),
                column.name in self.chosen.keys,
                self.why.get(column.name, "") if not problems else "",
                beside.get(f"column:{column.name}", ""),
            )
            for at, column in enumerate(self.facts)
            if column.name
        ]
        return {
            "upload": self.upload,
            "version": self.version,
            "about": self.chosen.about,
            "lines": lines,
            "unnamed": [column.letter for column in self.facts if not column.name and column.filled],
            "groups": mapped.targets(self.edition, self.children),
            "children": self.children,
            "children_choices": range(1, MOST_CHILDREN + 1),
            "fixed": _fixed_lines(self.chosen.fixed, self.edition),
            "saved": self.saved,
            "errors": [(problem.message, _control(problem, lines)) for problem in problems],
            "key_error": beside.get("key", ""),
            "fixed_error": beside.get("fixed", ""),
            "back_url": reverse("imports:upload", args=[slug, self.upload.pk]),
            "crumbs": crumbs(
                slug,
                (self.upload.file_name, reverse("imports:upload", args=[slug, self.upload.pk])),
                ("Columns", ""),
            ),
        }


def _control(problem: Problem, lines: list[Line]) -> str:
    named = problem.item.removeprefix("column:")
    return next(
        (f"id_column-{line.at}" for line in lines if line.facts.name == named), f"id_{problem.item}-0"
    )


def _closest(names: list[str]) -> SavedMapping | None:
    """The agency's own mapping that was made for the most of these columns, if for at least two thirds of its own."""
    here = set(names)
    fitting = [
        (len(here & set(saved.columns)), saved)
        for saved in SavedMapping.objects.order_by("saved_at")
        if len(here & set(saved.columns)) * 3 >= len(saved.columns) * 2
    ]
    return max(fitting, key=lambda one: (one[0], one[1].saved_at))[1] if fitting else None


def _fixed_lines(fixed: Any, edition: Schema) -> list[tuple[int, str, str]]:
    said = [(name, _said(spec)) for name, spec in fixed.items()]
    return [(at, *line) for at, line in enumerate([*said, *[("", "")] * FIXED])]


def _said(spec: Spec) -> str:
    return f"{REASON}{spec['missing']}" if "missing" in spec else str(spec.get("constant", ""))


def _spec_said(target: Target, said: str) -> Spec:
    """A value or a reason that a person gave in words or as a code. What fits neither stays as it was typed, and the
    trial says so."""
    reasons = {choice.code: choice.code for choice in target.item.missing_choices}
    reasons |= {choice.label.lower(): choice.code for choice in target.item.missing_choices}
    if reason := reasons.get(said.removeprefix(REASON).lower()):
        return {"missing": reason}
    codes = {choice.label.lower(): choice.code for choice in target.item.choices}
    return {"constant": codes.get(said.lower(), said)}


# -- Codes and days ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Meanings:
    """One coded column: each of its values, in how many rows, and what it means."""

    target: Target
    column: str
    values: list[tuple[int, str, int, str]]  # place, value, rows, meaning
    choices: list[Choice]
    blank: int
    when_blank: str
    reasons: tuple[Choice, ...]
    separator: str
    too_many: bool

    @property
    def open_rows(self) -> int:
        return sum(rows for _, _, rows, meaning in self.values if not meaning)


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
    document = mapped.parse(found.mapping)
    if not document or found.taken_away_at:
        return redirect("imports:mapping", slug, found.pk)
    edition = Edition.objects.in_force().parsed
    facts = {column["name"]: ColumnFacts.from_json(column) for column in found.columns}
    problems: list[Problem] = []
    if request.method == "POST":
        document = _with_meanings(document, facts, edition, request.POST)
        version = read_key(request.POST.get("version", "")) or 0
        try:
            found = bring_in.keep_mapping(
                found, mapped.written(document), version=version, by=request.membership
            )
            asked = bring_in.ask_for_run(found, keeps=False, by=request.membership)
        except Refused as refused:
            problems = refused.problems
        else:
            return redirect("imports:run", slug, found.pk, asked.pk)
    coded, dated = _coded_and_days(document, facts, edition)
    context = {
        "upload": found,
        "version": found.version,
        "coded": coded,
        "days": dated,
        "problems": [(problem.message, "") for problem in problems],
        "columns_url": reverse("imports:mapping", args=[slug, found.pk]),
        "crumbs": crumbs(
            slug, (found.file_name, reverse("imports:upload", args=[slug, found.pk])), ("Codes and days", "")
        ),
    }
    return render(request, "reviews/import_values.html", context, status=409 if problems else 200)


def _coded_and_days(
    document: Document, facts: dict[str, ColumnFacts], edition: Schema
) -> tuple[list[Meanings], list[Days]]:
    coded: list[Meanings] = []
    dated: list[Days] = []
    for name, spec in mapped.specs_of(document):
        target, column = mapped.target_named(name, edition), facts.get(str(spec.get("column", "")))
        if target is None or column is None:
            continue
        if target.is_coded:
            coded.append(_meanings(target, column, spec))
        elif target.is_day and column.filled:
            dated.append(_days(target, column, spec))
    return coded, dated


def _meanings(target: Target, column: ColumnFacts, spec: Spec) -> Meanings:
    codes = spec.get("codes") or {}
    item = target.item
    return Meanings(
        target,
        column.name,
        [
            (at, value, rows, _meaning_said(codes.get(value, OPEN)))
            for at, (value, rows) in enumerate(_split(column, str(spec.get("separator") or "")))
        ],
        [
            *item.choices,
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
    )


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
    document: Document, facts: dict[str, ColumnFacts], edition: Schema, posted: QueryDict
) -> Document:
    """The document with what a person said of codes and days."""
    coded, dated = _coded_and_days(document, facts, edition)
    said: dict[str, Spec] = {}
    for one in coded:
        name = one.target.name
        separator = posted.get(f"{name}-separator", "")[:3]
        codes = {
            value: meant
            for at, value, _, _ in one.values
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
    return _replaced(document, said)


def _meant(one: Meanings, said: str) -> Any:
    """A code, or the reason that stands for none; None where it is left open or nothing of the list."""
    if said.startswith(REASON):
        reason = said.removeprefix(REASON)
        return {"missing": reason} if reason in one.target.item.missing else None
    return said if said in {choice.code for choice in one.target.item.choices} else None


def _replaced(document: Document, said: dict[str, Spec]) -> Document:
    items = {key: said.get(key, spec) for key, spec in (document.get("items") or {}).items()}
    children = [
        {key: said.get(f"{at}.{key}", spec) for key, spec in (child or {}).items()}
        for at, child in enumerate(document.get("children") or [], 1)
    ]
    return document | {"items": items} | ({"children": children} if children else {})
