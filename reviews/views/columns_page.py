"""The page on which somebody says what the columns of a file mean: what it shows, and what was said on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from dictionary.schema import Edition
from jurisdictions.paging import read_key
from jurisdictions.rules import Problem
from reviews.imports import columns as mapped
from reviews.imports.columns import LEFT_OUT, Chosen, Document, Spec, Target
from reviews.imports.proposing import children_in, propose_key, propose_targets
from reviews.imports.surveying import ColumnFacts
from reviews.models import SavedMapping, Upload
from reviews.views.uploads import closest_mapping, crumbs

MOST_CHILDREN = 6
FIXED = 4  # free lines for what is in no column
MOST_FIXED = 40  # lines of a posted page that are looked at
REASON = "!"  # what begins with it is a reason for no answer

type Groups = tuple[tuple[str, tuple[Target, ...]], ...]  # what may be chosen, under headings


@dataclass(frozen=True)
class Line:
    """One column on the page: what is in it, what it becomes, what it could, and why that is proposed. `number` says
    which entry of its kind; None where the page does not ask."""

    at: int
    facts: ColumnFacts
    target: str
    is_key: bool
    why: str
    error: str
    groups: Groups
    number: str | None = None

    @property
    def about(self) -> str:
        """How full it is, in words."""
        if not self.facts.filled:
            return "empty"
        rows = self.facts.filled + self.facts.blank
        return "in every row" if not self.facts.blank else f"in {self.facts.filled:,} of {rows:,} rows"

    @property
    def shown(self) -> list[str]:
        """Some of what is in it; of codes, the words where they are known."""
        words = dict(self.facts.words)
        return [f"{sample}: {words[sample]}" if sample in words else sample for sample in self.facts.samples]

    @property
    def options(self) -> SafeString:
        """What may be chosen, with what stands. Set once for all lines: a project has hundreds of variables."""
        mark = f'value="{escape(self.target)}"'
        return SafeString(_drawn(self.groups).replace(mark, f"{mark} selected", 1 if self.target else 0))


@lru_cache(maxsize=64)
def _drawn(groups: Groups) -> str:
    return "".join(
        format_html(
            '<optgroup label="{}">{}</optgroup>',
            title,
            format_html_join("", '<option value="{}">{}</option>', ((one.name, one.label) for one in group)),
        )
        for title, group in groups
    )


class ColumnsPage:
    """The page of columns: what stands in the upload's document, or what is proposed, or what a person just said."""

    template = "reviews/import_columns.html"

    def __init__(self, upload: Upload, asked: Edition) -> None:
        self.upload, self.told = upload, self.told_under(asked)
        self.facts = [ColumnFacts.from_json(column) for column in upload.columns]
        self.version = upload.version
        self.why: dict[str, str] = {}
        self.offered: set[str] = set()
        self.document: Document = mapped.parse(upload.mapping)
        self.saved: SavedMapping | None = None
        if not self.document:
            self.document = self._begun()
        self.children = max(children_in(self.facts), len(self.document.get("children") or []), 1)
        self.chosen = self._standing()

    @staticmethod
    def told_under(asked: Edition) -> Edition:
        """What a file of this shape may say."""
        return mapped.told_of_incidents(asked)

    def _begun(self) -> Document:
        """Begin with the agency's mapping that knows most of these columns; without one, with proposals."""
        sheet = self.upload.sheets[self.upload.sheet or 0]
        place = {"sheet": sheet["name"], "header_row": self.upload.header_row or 1}
        self.saved = closest_mapping(self.upload)
        if self.saved is not None:
            document = mapped.parse(self.saved.document) | place
            self.why = dict.fromkeys(mapped.chosen_in(document), f"as in “{self.saved.name}”")
            return document
        about = PurePath(self.upload.file_name).stem[:100]
        return mapped.build(self.proposed(about), place, self.facts, self.told)

    def proposed(self, about: str) -> Chosen:
        """What the columns most likely mean; why is noted."""
        proposals = propose_targets(self.facts, self.told)
        self.why = {name: proposal.why for name, proposal in proposals.items()}
        key = propose_key(self.facts, proposals)
        columns = {name: proposal.target for name, proposal in proposals.items()}
        return Chosen(about, [key] if key else [], columns, {})

    def _standing(self) -> Chosen:
        return Chosen(
            str(self.document.get("about") or ""),
            mapped.keys_of(self.document),
            mapped.chosen_in(self.document),
            mapped.fixed_in(self.document),
            instruments=self.instruments_standing(),
        )

    def instruments_standing(self) -> dict[str, str]:
        """The section of each repeating instrument, by its name: a file of incidents has none."""
        return {}

    def build(self) -> str:
        """The document of what was chosen, as it is kept."""
        return mapped.written(mapped.build(self.chosen, self.document, self.facts, self.told))

    def read(self, posted: QueryDict) -> None:
        """What the person said, whatever is wrong with it."""
        self.version = read_key(posted.get("version", "")) or 0
        self.read_kinds(posted)
        keys = {read_key(at) for at in posted.getlist("key")}
        columns = {
            column.name: name
            for at, column in enumerate(self.facts)
            if column.name and (name := self.said_of(at, column, posted)) is not None
        }
        lines = list(self._fixed(posted))
        fixed = {
            target.name: _spec_said(target, said) for target, said in lines if target is not None and said
        }
        half = [(target.name if target else "", said) for target, said in lines if not (target and said)]
        about = " ".join(posted.get("about", "").split())[:120]
        named = [column.name for at, column in enumerate(self.facts) if at in keys]
        self.chosen = Chosen(about, named, columns, fixed, half, self.chosen.instruments)

    def read_kinds(self, posted: QueryDict) -> None:
        """How many children a row can hold."""
        children = read_key(posted.get("children", "")) or 1
        self.children = min(max(children, 1), MOST_CHILDREN)
        self.offered = {"", LEFT_OUT} | {target.name for _, group in self.groups for target in group}

    def said_of(self, at: int, column: ColumnFacts, posted: QueryDict) -> str | None:
        """The name of the target that was chosen for a column; None for what the page does not offer."""
        said = posted.get(f"column-{at}", "")
        return said if said in self.offered else None

    def show_more(self) -> None:
        """Offer what belongs to the kinds that were said now."""

    @property
    def groups(self) -> Groups:
        return mapped.targets(self.told, self.children)

    @property
    def fixed_groups(self) -> Groups:
        """What may be the same in every row."""
        return self.groups

    def _fixed(self, posted: QueryDict) -> Iterator[tuple[Target | None, str]]:
        """What is the same in every row: each line names a target and says its value or the reason for none. A line
        that does only one of the two is wrong, and stays on the page."""
        for at in range(MOST_FIXED):
            target = mapped.target_named(posted.get(f"fixed-{at}", ""), self.told)
            said = posted.get(f"fixed-{at}-value", "").strip()
            if target is not None or said:
                yield target, said

    def context(self, slug: str, problems: list[Problem] | None = None) -> dict[str, Any]:
        problems = problems or []
        beside = {problem.item: problem.message for problem in problems}
        groups = self.groups
        lines = [
            self.line(at, column, beside.get(f"column:{column.name}", ""), groups, is_new=not problems)
            for at, column in enumerate(self.facts)
            if column.name
        ]
        return {
            "upload": self.upload,
            "version": self.version,
            "about": self.chosen.about,
            "lines": lines,
            "unnamed": [column.letter for column in self.facts if not column.name and column.filled],
            "fixed_groups": self.fixed_groups,
            "children": self.children,
            "children_choices": range(1, MOST_CHILDREN + 1),
            "fixed": _fixed_lines(self.chosen),
            "saved": self.saved,
            "errors": [(problem.message, control(problem, lines)) for problem in problems],
            "key_error": beside.get("key", ""),
            "fixed_error": beside.get("fixed", ""),
            "back_url": reverse("imports:upload", args=[slug, self.upload.pk]),
            "crumbs": crumbs(
                slug,
                (self.upload.file_name, reverse("imports:upload", args=[slug, self.upload.pk])),
                ("Columns", ""),
            ),
        }

    def line(self, at: int, column: ColumnFacts, error: str, groups: Groups, *, is_new: bool) -> Line:
        """One column; why it is proposed only while nothing is wrong."""
        return Line(
            at,
            column,
            self.chosen.columns.get(column.name, ""),
            column.name in self.chosen.keys,
            self.why.get(column.name, "") if is_new else "",
            error,
            groups,
        )


def control(problem: Problem, lines: list[Line]) -> str:
    """The control that a problem is about."""
    if problem.item == "key" and lines:
        return f"id_key-{lines[0].at}"
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
