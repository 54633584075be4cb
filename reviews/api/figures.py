"""Yearly figures for other software: what stands, saying one, correcting one, taking one away."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ParseError

from jurisdictions import audit
from jurisdictions.api import Api, ApiProblem, ApiRequest, Kind, Shape, door, take
from jurisdictions.api.described import Asked
from jurisdictions.api.door import Scope
from jurisdictions.api.shapes import filled
from jurisdictions.paging import PAGE, read_key
from jurisdictions.roles import Permission
from jurisdictions.rules import Refused
from reviews.actions.figures import Figure, add_figure, correct_figure
from reviews.api.shapes import Page
from reviews.figure_forms import AddForm, CorrectForm
from reviews.figures.amounts import plainly, shown
from reviews.figures.known import KNOWN, UNITS, label_of
from reviews.figures.mapping import NAME_CHARACTERS
from reviews.models import YearlyFigure
from reviews.views.figures import came_by

AFTER = Asked("after", "A place, as `next` names it.", {"type": "string", "pattern": "^[0-9]{1,18}$"})
NAME = Asked(
    "name",
    "Of this name: a key of the list, or the agency’s own words.",
    {"type": "string", "maxLength": NAME_CHARACTERS},
)
_VALUE = "As people type it: 1,234 or 2.5; a share in percent, 14 for 14 percent."


class FigureSaid(Shape):
    name = serializers.CharField(
        help_text=f"A key of the list ({', '.join(KNOWN)}), or a name of the agency’s own."
    )
    unit = serializers.ChoiceField(
        list(UNITS.items()), required=False, help_text="Of a figure under a name of the agency’s own."
    )
    year = serializers.IntegerField()
    value = serializers.CharField(help_text=_VALUE)
    source = serializers.CharField(help_text="Where it comes from.")  # type: ignore[assignment]
    vintage = serializers.CharField(
        default="", allow_blank=True, help_text="When, or in which edition, the source said so."
    )


class FigureChanged(Shape):
    value = serializers.CharField(help_text=_VALUE)
    vintage = serializers.CharField(default="", allow_blank=True)
    note = serializers.CharField(default="", allow_blank=True, help_text="Why it changes.")


class FigureRow(Shape):
    figure = serializers.IntegerField(help_text="The key of this statement; what is said anew has another.")
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    unit = serializers.ChoiceField(list(UNITS.items()))
    year = serializers.IntegerField()
    value = serializers.CharField(allow_null=True, help_text="As it is sent; null: it was taken away.")
    words = serializers.CharField(help_text="The value as people read it.")
    source = serializers.CharField()  # type: ignore[assignment]
    vintage = serializers.CharField()
    came_by = serializers.CharField(help_text="The person who said it, or the file that brought it.")
    at = serializers.DateTimeField()


class Figures(Page):
    results = FigureRow(many=True)


class FigureKept(Shape):
    """Of what was said: what stands is for `read`."""

    figure = serializers.IntegerField(help_text="The statement that stands now; the next is said over it.")


class FigureStatement(FigureRow):
    note = serializers.CharField(help_text="Why a person changed it.")


class FigureDetail(FigureRow):
    history = FigureStatement(many=True, help_text="All that was ever said of it, the newest first.")


class FigureList(Api):
    @door(
        Permission.FIGURES_VIEW,
        scope=Scope.READ,
        summary="List the yearly figures that stand, 25 at a time",
        answers=Figures,
        asks=(NAME, AFTER),
    )
    def get(self, request: ApiRequest) -> dict[str, Any]:
        given = request.query_params
        standing = YearlyFigure.objects.standing().select_related("by__user", "imported_by").order_by("pk")
        if name := given.get("name", "").replace("\0", ""):
            standing = standing.filter(name=name)
        if after := given.get("after", ""):
            if (last := read_key(after)) is None:
                raise ParseError("after: this is no place in this list. Take it from next.")
            standing = standing.filter(pk__gt=last)
        found = list(standing[: PAGE + 1])
        shown_ = found[:PAGE]
        audit.record("figures.listed", about="figures", by=request.membership, figures=len(shown_))
        asked = given.copy()
        asked["after"] = str(shown_[-1].pk) if shown_ else ""
        return {
            "next": f"{request.path}?{asked.urlencode()}" if len(found) > PAGE else None,
            "previous": None,
            "results": [_figure(one) for one in shown_],
        }

    @door(
        Permission.FIGURES_EDIT,
        scope=Scope.WRITE,
        summary="Say a yearly figure that does not stand yet",
        takes=FigureSaid,
        answers=FigureKept,
        status=201,
    )
    def post(self, request: ApiRequest) -> dict[str, Any]:
        sent = take(FigureSaid, request.data)
        name = sent.pop("name")
        called = {"figure": name} if name in KNOWN else {"own_name": name}
        form = AddForm(sent | called, this_year=timezone.localdate().year)
        said = filled(form, figure="name", own_name="name").said
        return {"figure": add_figure(said, by=request.membership).pk}


class FigureOne(Api):
    @door(
        Permission.FIGURES_VIEW,
        scope=Scope.READ,
        summary="Read one figure of one year as it stands now, and all that was ever said of it",
        answers=FigureDetail,
    )
    def get(self, request: ApiRequest, figure: int) -> dict[str, Any]:
        found = get_object_or_404(YearlyFigure, pk=figure)
        said = YearlyFigure.objects.filter(name=found.name, year=found.year, source=found.source)
        history = list(said.select_related("by__user", "imported_by").order_by("-version"))
        audit.record("figure.read", about=history[0], by=request.membership)
        return _figure(history[0]) | {"history": [_figure(one) | {"note": one.note} for one in history]}

    @door(
        Permission.FIGURES_EDIT,
        scope=Scope.WRITE,
        summary="Say another value, over the statement that was read",
        takes=FigureChanged,
        answers=FigureKept,
        refuses=(Kind.STALE,),
    )
    def put(self, request: ApiRequest, figure: int) -> dict[str, Any]:
        sent = take(FigureChanged, request.data)
        standing = get_object_or_404(YearlyFigure, pk=figure)
        return _corrected(standing, filled(CorrectForm(standing, sent)).said, request)

    @door(
        Permission.FIGURES_EDIT,
        scope=Scope.WRITE,
        summary="Take a figure away; what stood stays in its history",
        answers=FigureKept,
        refuses=(Kind.STALE,),
    )
    def delete(self, request: ApiRequest, figure: int) -> dict[str, Any]:
        standing = get_object_or_404(YearlyFigure, pk=figure)
        gone = Figure(standing.name, standing.year, standing.source, standing.unit, None)
        return _corrected(standing, gone, request)


def _corrected(standing: YearlyFigure, said: Figure, request: ApiRequest) -> dict[str, Any]:
    try:
        return {"figure": correct_figure(standing, said, by=request.membership).pk}
    except Refused as refusal:
        raise ApiProblem(Kind.STALE, refusal.problems[0].message) from refusal


def _figure(found: YearlyFigure) -> dict[str, Any]:
    return {
        "figure": found.pk,
        "name": found.name,
        "label": label_of(found.name),
        "unit": found.unit,
        "year": found.year,
        "value": None if found.value is None else plainly(found.value, found.unit),
        "words": shown(found.value, found.unit),
        "source": found.source,
        "vintage": found.vintage,
        "came_by": came_by(found),
        "at": found.at.isoformat(),
    }
