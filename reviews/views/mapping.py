"""What the columns of a file mean: the first page of its mapping. Codes and days are on the second (`meanings`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dictionary.asked import asked_now
from dictionary.schema import Edition as Schema
from jurisdictions import audit
from jurisdictions.http import TenantRequest, requires
from jurisdictions.paging import read_key
from jurisdictions.roles import Permission
from jurisdictions.rules import Problem, Refused
from reviews.actions import bring_in
from reviews.imports import columns as mapped
from reviews.imports.columns import LEFT_OUT, Chosen, Document, Spec, Target
from reviews.imports.proposing import children_in, propose_key, propose_targets
from reviews.imports.surveying import ColumnFacts
from reviews.models import SavedMapping, Shape, Upload
from reviews.views.figure_columns import figure_columns
from reviews.views.uploads import closest_mapping, crumbs, mine

MOST_CHILDREN = 6
FIXED = 4  # free lines for what is in no column
MOST_FIXED = 40  # lines of a posted page that are looked at
REASON = "!"  # what begins with it is a reason for no answer


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
    if found.shape == Shape.FIGURES:
        return figure_columns(request, found)
    edition = asked_now().questions
    page = ColumnsPage(found, edition)
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


class ColumnsPage:
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
        self.saved = closest_mapping(self.upload)
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
        lines = list(self._fixed(posted))
        fixed = {
            target.name: _spec_said(target, said) for target, said in lines if target is not None and said
        }
        half = [(target.name if target else "", said) for target, said in lines if not (target and said)]
        about = " ".join(posted.get("about", "").split())[:120]
        self.chosen = Chosen(
            about, [column.name for at, column in enumerate(self.facts) if at in keys], columns, fixed, half
        )

    def _names(self) -> set[str]:
        listed = mapped.targets(self.edition, self.children)
        return {"", LEFT_OUT} | {target.name for _, group in listed for target in group}

    def _fixed(self, posted: QueryDict) -> Iterator[tuple[Target | None, str]]:
        """What is the same in every row: each line names a target and says its value or the reason for none. A line
        that does only one of the two is wrong, and stays on the page."""
        for at in range(MOST_FIXED):
            target = mapped.target_named(posted.get(f"fixed-{at}", ""), self.edition)
            said = posted.get(f"fixed-{at}-value", "").strip()
            if target is not None or said:
                yield target, said

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
            "fixed": _fixed_lines(self.chosen),
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


def _fixed_lines(chosen: Chosen) -> list[tuple[int, str, str]]:
    said = [*((name, _said(spec)) for name, spec in chosen.fixed.items()), *chosen.half]
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
