"""The agency's yearly figures: all of them with their plots, one with its history, adding and correcting by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from jurisdictions import audit
from jurisdictions.http import TenantRequest, requires
from jurisdictions.roles import Permission
from jurisdictions.rules import Refused
from jurisdictions.tables import Row, headings
from reviews.actions.figures import Figure, add_figure, correct_figure
from reviews.charts import Chart, Year, over_years
from reviews.figure_forms import AddForm, CorrectForm
from reviews.figures.amounts import shown
from reviews.figures.known import DENOMINATOR, INDICATOR, KNOWN, OWN, UNITS, label_of
from reviews.models import YearlyFigure

HISTORY = headings("When", "Value", "As of", "Said by", "Why", numeric=("Value",))


@dataclass(frozen=True)
class Series:
    """One figure by one source: its plot, its sentence, and the rows of its table."""

    source: str
    vintage: str  # where it is the same in all years
    chart: Chart
    columns: list[dict[str, str | bool]]
    rows: list[Row]


@dataclass(frozen=True)
class Shown:
    """One figure on the page."""

    anchor: str
    label: str
    group: str
    meaning: str
    series: list[Series]


@require_GET
@requires(Permission.FIGURES_VIEW)
def listed(request: TenantRequest) -> HttpResponse:
    """Every figure that stands, by name and source."""
    by = request.membership
    standing = list(YearlyFigure.objects.standing().select_related("by__user", "imported_by"))
    audit.record("figures.listed", about="figures", by=by, figures=len(standing))
    context = {
        "figures": _shown(standing, by.jurisdiction.slug),
        "may_edit": by.allows(Permission.FIGURES_EDIT),
        "may_import": by.allows(Permission.INCIDENT_IMPORT),
        "crumbs": [("Yearly figures", "")],
    }
    return render(request, "reviews/figures.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.FIGURES_EDIT)
def add(request: TenantRequest) -> HttpResponse:
    """Type one figure."""
    by = request.membership
    form = AddForm(request.POST or None, this_year=timezone.localdate().year)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                figure = add_figure(form.said, by=by)
            except Refused as refused:
                for problem in refused.problems:
                    form.add_error(problem.item or None, problem.message)
            else:
                messages.success(request, f"{label_of(figure.name)} for {figure.year} is kept.")
                return redirect("figures:list", by.jurisdiction.slug)
    context = {"form": form, "crumbs": _crumbs(by.jurisdiction.slug, "Add a figure")}
    return render(request, "reviews/figure_add.html", context, status=status)


@require_GET
@requires(Permission.FIGURES_VIEW)
def figure(request: TenantRequest, figure: int) -> HttpResponse:
    """One figure of one year, and all that was ever said of it."""
    by, slug = request.membership, request.membership.jurisdiction.slug
    found = get_object_or_404(YearlyFigure, pk=figure)
    said = YearlyFigure.objects.filter(name=found.name, year=found.year, source=found.source)
    history = list(said.select_related("by__user", "imported_by", "undid").order_by("-version"))
    if history[0] != found:
        return redirect("figures:figure", slug, history[0].pk)
    audit.record("figure.read", about=found, by=by)
    context = {
        "figure": found,
        "title": f"{label_of(found.name)}, {found.year}",
        "facts": _facts(found),
        "history": [_history_row(one) for one in history],
        "history_columns": HISTORY,
        "correct_url": reverse("figures:correct", args=[slug, found.pk])
        if by.allows(Permission.FIGURES_EDIT)
        else "",
        "crumbs": _crumbs(slug, f"{label_of(found.name)}, {found.year}"),
    }
    return render(request, "reviews/figure.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.FIGURES_EDIT)
def correct(request: TenantRequest, figure: int) -> HttpResponse:
    """Say another value, or take the figure away; what stood before stays in its history."""
    by, slug = request.membership, request.membership.jurisdiction.slug
    standing = get_object_or_404(YearlyFigure, pk=figure)
    form = CorrectForm(standing, request.POST or None)
    status, stale = 200, ""
    if request.method == "POST":
        status = 422
        if (said := _said(request, form, standing)) is not None:
            try:
                kept = correct_figure(standing, said, by=by)
            except Refused as refused:
                status, stale = 409, refused.problems[0].message
            else:
                messages.success(request, "Taken away." if kept.value is None else "Kept.")
                return redirect("figures:figure", slug, kept.pk)
    title = f"Correct {label_of(standing.name)}, {standing.year}"
    url = reverse("figures:figure", args=[slug, standing.pk])
    context = {
        "form": form,
        "figure": standing,
        "title": title,
        "facts": _facts(standing),
        "stale": stale,
        "back_url": url,
        "crumbs": _crumbs(slug, (f"{label_of(standing.name)}, {standing.year}", url), "Correct"),
    }
    return render(request, "reviews/figure_correct.html", context, status=status)


def _said(request: TenantRequest, form: CorrectForm, standing: YearlyFigure) -> Figure | None:
    """What was posted; None where it needs mending."""
    if "take_away" in request.POST:
        gone = Figure(standing.name, standing.year, standing.source, standing.unit, None)
        return replace(gone, note=" ".join(request.POST.get("note", "").split())[:300])
    return form.said if form.is_valid() else None


def _crumbs(slug: str, *more: str | tuple[str, str]) -> list[tuple[str, str]]:
    tail = [one if isinstance(one, tuple) else (one, "") for one in more]
    return [("Yearly figures", reverse("figures:list", args=[slug])), *tail]


def _facts(found: YearlyFigure) -> list[tuple[str, str]]:
    known = KNOWN.get(found.name)
    return [
        ("What it means", known.meaning if known else "A figure under your agency’s own name."),
        *([("Where the meaning comes from", known.basis)] if known else []),
        ("Unit", UNITS[found.unit]),
        ("Source", found.source),
        ("Value", shown(found.value, found.unit) or "taken away"),
        *([("As of", found.vintage)] if found.vintage else []),
    ]


def _shown(standing: Sequence[YearlyFigure], slug: str) -> list[Shown]:
    """By group and label; each source apart."""
    series: dict[str, dict[tuple[str, str], list[YearlyFigure]]] = {}
    for one in standing:
        series.setdefault(one.name, {}).setdefault((one.source, one.unit), []).append(one)
    found = [_one(name, by_source, slug, at) for at, (name, by_source) in enumerate(series.items(), 1)]
    order = (INDICATOR, DENOMINATOR, OWN)
    return sorted(found, key=lambda one: (order.index(one.group), one.label.casefold()))


def _one(name: str, by_source: dict[tuple[str, str], list[YearlyFigure]], slug: str, at: int) -> Shown:
    known = KNOWN.get(name)
    return Shown(
        f"figure-{at}",
        label_of(name),
        known.group if known else OWN,
        known.meaning if known else "",
        [_series(name, source, unit, said, slug) for (source, unit), said in by_source.items()],
    )


def _series(name: str, source: str, unit: str, said: Sequence[YearlyFigure], slug: str) -> Series:
    years = [Year(one.year, one.value) for one in said if one.value is not None]
    rows = [
        Row(
            (str(one.year), shown(one.value, unit), one.vintage, came_by(one)),
            reverse("figures:figure", args=[slug, one.pk]),
        )
        for one in said
    ]
    vintages = {one.vintage for one in said}
    vintage = vintages.pop() if len(vintages) == 1 else ""
    value = f"Value ({UNITS[unit]})"
    columns = headings("Year", value, "As of", "Came by", numeric=(value,))
    return Series(
        source, vintage, over_years(label_of(name), years, partial(shown, unit=unit)), columns, rows
    )


def came_by(one: YearlyFigure) -> str:
    return str(one.by) if one.by else one.imported_by.file_name if one.imported_by else ""


def _history_row(one: YearlyFigure) -> Row:
    why = one.note or ("An import was taken back" if one.undid_id else "")
    when = f"{timezone.localtime(one.at):%-d %b %Y, %H:%M}"
    return Row((when, shown(one.value, one.unit) or "taken away", one.vintage, came_by(one), why))
