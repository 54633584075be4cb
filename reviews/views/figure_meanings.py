"""Which rows are ours, which figure a name is, and how shares and gaps are written: the second page of a file of
yearly figures, which then tries it (`reviews.views.meanings`)."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from jurisdictions.http import TenantRequest
from jurisdictions.rules import Problem
from reviews.figures.columns import Group, groups
from reviews.figures.known import KNOWN, SHARE, UNITS, label_of
from reviews.figures.mapping import NAME_CHARACTERS, WRITTEN, Document
from reviews.figures.proposing import OWN
from reviews.imports import columns as mapped
from reviews.imports.columns import LEFT_OUT
from reviews.imports.surveying import ColumnFacts
from reviews.models import Upload
from reviews.views.uploads import crumbs, keep_and_try


@dataclass(frozen=True)
class Held:
    """One column that holds a figure: its name, unit and, of a share, how it is written."""

    at: int
    column: ColumnFacts
    label: str
    is_own: bool
    name: str
    unit: str
    is_share: bool
    written: str


@dataclass(frozen=True)
class Named:
    """One name of a figure in the file, in how many rows, and which figure it is."""

    at: int
    said: str
    rows: int
    chosen: str
    unit: str


def figure_values(request: TenantRequest, found: Upload) -> HttpResponse:
    """Say what remains to be said of the file; then try it."""
    slug = request.membership.jurisdiction.slug
    document = mapped.parse(found.mapping)
    facts = {column["name"]: ColumnFacts.from_json(column) for column in found.columns}
    problems: list[Problem] = []
    if request.method == "POST":
        document = _with_what_was_said(document, facts, request.POST)
        found, asked, problems = keep_and_try(request, found, mapped.written(document))
        if asked is not None:
            return redirect("imports:run", slug, found.pk, asked.pk)
        if not found.mapping:
            return redirect("imports:mapping", slug, found.pk)
        document = mapped.parse(found.mapping)
    mine, long = document.get("mine") or {}, document.get("long") or {}
    context = {
        "upload": found,
        "version": found.version,
        "mine": facts.get(str(mine.get("column") or "")),
        "ours": mine.get("values") or [],
        "held": _held(document, facts),
        "named": _named(document, facts),
        "named_column": str(long.get("names") or ""),
        "long_written": _long_written(long),
        "gaps": _gaps(document, facts),
        "units": list(UNITS.items()),
        "written": list(WRITTEN.items()),
        "groups": [Group(group.title, group.choices) for group in groups()[1:]],
        "problems": [(problem.message, "") for problem in problems],
        "columns_url": reverse("imports:mapping", args=[slug, found.pk]),
        "crumbs": crumbs(
            slug, (found.file_name, reverse("imports:upload", args=[slug, found.pk])), ("Figures", "")
        ),
    }
    return render(request, "reviews/figure_values.html", context, status=409 if problems else 200)


def _held(document: Document, facts: dict[str, ColumnFacts]) -> list[Held]:
    return [
        Held(
            at,
            facts[column],
            label_of(str(spec.get("figure") or "")),
            spec.get("figure") not in KNOWN,
            str(spec.get("figure") or ""),
            str(spec.get("unit") or ""),
            spec.get("unit") == SHARE,
            str(spec.get("written") or ""),
        )
        for at, (column, spec) in enumerate((document.get("wide") or {}).items())
        if column in facts
    ]


def _named(document: Document, facts: dict[str, ColumnFacts]) -> list[Named]:
    long = document.get("long") or {}
    column = facts.get(str(long.get("names") or ""))
    if column is None:
        return []
    figures = long.get("figures") or {}
    return [
        Named(at, said, rows, _choice(figures, said), str((figures.get(said) or {}).get("unit") or ""))
        for at, (said, rows) in enumerate(column.values)
    ]


def _choice(figures: dict[str, Any], said: str) -> str:
    if said not in figures:
        return ""
    spec = figures[said]
    if spec is None:
        return LEFT_OUT
    name = str(spec.get("figure") or "")
    return f"figure:{name}" if name in KNOWN else OWN


def _long_written(long: Document) -> str:
    """How the shares of a long file are written: the same in the whole column."""
    specs = [spec for spec in (long.get("figures") or {}).values() if spec]
    return next((str(spec["written"]) for spec in specs if spec.get("written")), "")


def _gaps(document: Document, facts: dict[str, ColumnFacts]) -> list[tuple[int, str, int, bool]]:
    """What stands in place of a number: place, text, cells, whether it is a gap."""
    columns = [*(document.get("wide") or {}), str((document.get("long") or {}).get("value") or "")]
    counts: dict[str, int] = {}
    for name in columns:
        for said, cells in facts[name].no_numbers if name in facts else ():
            counts[said] = counts.get(said, 0) + cells
    blanks = {str(blank) for blank in document.get("blank") or []}
    return [(at, said, cells, said in blanks) for at, (said, cells) in enumerate(sorted(counts.items()))]


def _with_what_was_said(document: Document, facts: dict[str, ColumnFacts], posted: QueryDict) -> Document:
    wide = dict(document.get("wide") or {})
    for one in _held(document, facts):
        wide[one.column.name] = _spec_said(one, posted)
    said = document | {"wide": wide}
    if mine := document.get("mine"):
        column, ours = facts.get(str(mine.get("column"))), posted.getlist("ours")
        listed = [value for value, _ in column.values] if column is not None else []
        said["mine"] = {"column": mine.get("column"), "values": [one for one in listed if one in ours]}
    if long := document.get("long"):
        said["long"] = long | {"figures": _names_said(_named(document, facts), posted)}
    said["blank"] = [text for at, text, _, _ in _gaps(document, facts) if posted.get(f"gap-{at}") == "gap"]
    return said


def _spec_said(one: Held, posted: QueryDict) -> dict[str, str]:
    name, unit = one.name, one.unit
    if one.is_own:
        name = " ".join(posted.get(f"name-{one.at}", "").split())[:NAME_CHARACTERS]
        unit = posted.get(f"unit-{one.at}", "")
    spec = {"figure": name, "unit": unit}
    return spec | ({"written": posted.get(f"written-{one.at}", "")} if unit == SHARE else {})


def _names_said(named: list[Named], posted: QueryDict) -> dict[str, dict[str, str] | None]:
    found: dict[str, dict[str, str] | None] = {}
    for one in named:
        chosen = posted.get(f"named-{one.at}", "")
        known = KNOWN.get(chosen.removeprefix("figure:"))
        if chosen == LEFT_OUT:
            found[one.said] = None
        elif known is not None or chosen == OWN:
            unit = known.unit if known else posted.get(f"named-{one.at}-unit", "")
            spec = {"figure": known.key if known else one.said, "unit": unit}
            found[one.said] = spec | ({"written": posted.get("long-written", "")} if unit == SHARE else {})
    return found
