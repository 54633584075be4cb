"""What the columns of a file of yearly figures mean: the first page of its mapping (`reviews.views.mapping`)."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from jurisdictions import audit
from jurisdictions.http import TenantRequest
from jurisdictions.models import Jurisdiction
from jurisdictions.paging import read_key
from jurisdictions.rules import Problem, Refused
from reviews.actions import bring_in
from reviews.figures import columns as figures
from reviews.figures.columns import Chosen
from reviews.figures.mapping import SOURCE_CHARACTERS, VINTAGE_CHARACTERS
from reviews.figures.proposing import propose_roles
from reviews.imports import columns as mapped
from reviews.imports.surveying import ColumnFacts
from reviews.models import SavedMapping, Upload
from reviews.views.uploads import closest_mapping, crumbs


@dataclass(frozen=True)
class Line:
    """One column on the page: what is in it, what it becomes, why that is proposed, and what is wrong with it."""

    at: int
    facts: ColumnFacts
    target: str
    why: str
    error: str


def figure_columns(request: TenantRequest, found: Upload) -> HttpResponse:
    """Say what each column becomes. What is proposed is there already; what is wrong is said beside it."""
    agency = request.membership.jurisdiction
    page = FigureColumns(found, agency)
    if request.method == "GET":
        audit.record("import.read", about=found, by=request.membership)
        return render(request, "reviews/figure_columns.html", page.context())
    page.read(request.POST)
    problems = list(figures.problems(page.chosen, page.facts))
    if not problems:
        document = mapped.written(page.built)
        try:
            bring_in.keep_mapping(found, document, version=page.version, by=request.membership)
        except bring_in.StaleMapping as stale:
            standing = FigureColumns(stale.standing, agency)
            return render(
                request, "reviews/figure_columns.html", standing.context(stale.problems), status=409
            )
        except Refused as refused:
            problems = refused.problems
        else:
            return redirect("imports:values", agency.slug, found.pk)
    return render(request, "reviews/figure_columns.html", page.context(problems), status=422)


class FigureColumns:
    """What stands in the upload's document, or what is proposed, or what a person just said."""

    def __init__(self, upload: Upload, agency: Jurisdiction) -> None:
        self.upload, self.agency = upload, agency
        self.names = [agency.name, agency.slug, agency.name.split()[0]]
        self.facts = [ColumnFacts.from_json(column) for column in upload.columns]
        self.version = upload.version
        self.why: dict[str, str] = {}
        self.saved: SavedMapping | None = None
        self.document = mapped.parse(upload.mapping)
        if self.document:
            self.chosen = figures.chosen_in(self.document)
        else:
            self._begin()

    def _begin(self) -> None:
        """With the agency's mapping that knows most of these columns; without one, with proposals."""
        sheet = self.upload.sheets[self.upload.sheet or 0]
        self.document = {"sheet": sheet["name"], "header_row": self.upload.header_row or 1}
        self.saved = closest_mapping(self.upload)
        if self.saved is not None:
            self.document = mapped.parse(self.saved.document) | self.document
            self.chosen = figures.chosen_in(self.document)
            self.why = dict.fromkeys(self.chosen.columns, f"as in “{self.saved.name}”")
            return
        proposals = propose_roles(self.facts)
        self.why = {name: proposal.why for name, proposal in proposals.items()}
        columns = {name: proposal.target for name, proposal in proposals.items()}
        self.chosen = Chosen(PurePath(self.upload.file_name).stem[:100], columns)

    @property
    def built(self) -> dict[str, Any]:
        """The document of what is chosen, with the rest proposed."""
        return figures.build(self.chosen, self.document, self.facts, self.names)

    def read(self, posted: QueryDict) -> None:
        """What the person said, whatever is wrong with it."""
        self.version = read_key(posted.get("version", "")) or 0
        known = figures.names()
        columns = {
            column.name: name
            for at, column in enumerate(self.facts)
            if column.name and (name := posted.get(f"column-{at}", "")) in known
        }
        about, source, vintage = (
            " ".join(posted.get(name, "").split())[:limit]
            for name, limit in (
                ("about", 120),
                ("source", SOURCE_CHARACTERS),
                ("vintage", VINTAGE_CHARACTERS),
            )
        )
        self.chosen = Chosen(about, columns, source, vintage)

    def context(self, problems: list[Problem] | None = None) -> dict[str, Any]:
        problems = problems or []
        beside = {problem.item: problem.message for problem in problems}
        lines = [
            Line(
                at,
                column,
                self.chosen.columns.get(column.name, ""),
                self.why.get(column.name, "") if not problems else "",
                beside.get(f"column:{column.name}", ""),
            )
            for at, column in enumerate(self.facts)
            if column.name
        ]
        upload_url = reverse("imports:upload", args=[self.agency.slug, self.upload.pk])
        return {
            "upload": self.upload,
            "version": self.version,
            "chosen": self.chosen,
            "lines": lines,
            "groups": figures.groups(),
            "saved": self.saved,
            "errors": [(problem.message, _control(problem, lines)) for problem in problems],
            "columns_error": beside.get("columns", ""),
            "source_error": beside.get("source", ""),
            "back_url": upload_url,
            "crumbs": crumbs(self.agency.slug, (self.upload.file_name, upload_url), ("Columns", "")),
        }


def _control(problem: Problem, lines: list[Line]) -> str:
    if problem.item == "source":
        return "id_source"
    named = problem.item.removeprefix("column:")
    at = next((line.at for line in lines if line.facts.name == named), lines[0].at if lines else 0)
    return f"id_column-{at}"
