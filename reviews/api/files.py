"""Files that are made for one person: lists of incidents as filtered, and data packs."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from jurisdictions.api import Api, ApiProblem, ApiRequest, Kind, Shape, door, take
from jurisdictions.api.described import FileOf
from jurisdictions.api.door import Scope
from jurisdictions.api.problems import answer
from jurisdictions.paging import PAGE
from jurisdictions.roles import Permission
from reviews.actions.ask_for_pack import ask_for_pack
from reviews.actions.export_incidents import ask_for_export
from reviews.handing_out import (
    LIST_NOT,
    PACK_NOT,
    XLSX,
    ZIP,
    NotHandedOut,
    hand_out_list,
    hand_out_pack,
)
from reviews.incident_filters import SORTS, STATES, TYPES, IncidentFilters
from reviews.models import DataPack, IncidentExport
from reviews.packs.chosen import GROUPS, PARTS, Chosen
from reviews.rules.files import list_state, lists_of, pack_state, packs_of

FILE_STATES = [
    ("waiting", "Owed"),
    ("working", "Under way"),
    ("done", "Done"),
    ("dead", "Given up after many tries"),
    ("taken_away", "It was taken away after 30 days"),
    ("withheld", "It holds something that the person may not see any more"),
]
LIST_STATES = [*FILE_STATES, ("unlisted", "Made before it was noted what a list holds")]


class ExportAsked(Shape):
    """What the list of incidents is filtered by; everything without it."""

    q = serializers.CharField(
        required=False,
        max_length=80,
        help_text="Our number, the case number, the number in its file, or the county begins so.",
    )
    type = serializers.ChoiceField(list(TYPES.items()), required=False)
    state = serializers.ChoiceField(list(STATES.items()), required=False)
    year = serializers.RegexField(r"^(19|20|21)[0-9]{2}$", required=False)
    county = serializers.CharField(required=False, max_length=80)
    sort = serializers.ChoiceField(list(SORTS.items()), required=False, help_text="Newest first without it.")


class ExportRow(Shape):
    export = serializers.IntegerField()
    state = serializers.ChoiceField(LIST_STATES)
    filters = serializers.DictField(child=serializers.CharField())
    asked_at = serializers.DateTimeField()
    rows = serializers.IntegerField(allow_null=True, help_text="How many incidents are in it.")
    sha256 = serializers.CharField(help_text="Of the file; empty until it is done.")
    size = serializers.IntegerField(allow_null=True)


class Exports(Shape):
    results = ExportRow(many=True)


class PackAsked(Shape):
    groups = serializers.ListField(
        child=serializers.ChoiceField([(key, words) for key, (words, _) in GROUPS.items()]),
        min_length=1,
        max_length=len(GROUPS),
        help_text="Which reviews.",
    )
    parts = serializers.ListField(
        child=serializers.ChoiceField([(key, words) for key, (words, _) in PARTS.items()]),
        default=list,
        max_length=len(PARTS),
        help_text="What of them, beside dates, numbers and codes.",
    )


class PackRow(Shape):
    pack = serializers.IntegerField()
    state = serializers.ChoiceField(FILE_STATES)
    groups = serializers.ListField(child=serializers.CharField())
    parts = serializers.ListField(child=serializers.CharField())
    asked_at = serializers.DateTimeField()
    reviews = serializers.IntegerField(allow_null=True, help_text="How many reviews are in it.")
    sha256 = serializers.CharField(help_text="Of the file; empty until it is done.")
    size = serializers.IntegerField(allow_null=True)


class Packs(Shape):
    results = PackRow(many=True)


class ExportList(Api):
    @door(
        Permission.INCIDENT_EXPORT,
        scope=Scope.READ,
        summary="List the lists of incidents that one asked for, the newest 25",
        answers=Exports,
    )
    def get(self, request: ApiRequest) -> dict[str, Any]:
        return {"results": [_list(one) for one in lists_of(request.membership)[:PAGE]]}

    @door(
        Permission.INCIDENT_EXPORT,
        scope=Scope.WRITE,
        summary="Ask for the list of incidents, as filtered, as a workbook",
        takes=ExportAsked,
        answers=ExportRow,
        status=202,
    )
    def post(self, request: ApiRequest) -> dict[str, Any]:
        filters = IncidentFilters.read(take(ExportAsked, request.data))
        asked = ask_for_export(filters.set, by=request.membership)
        return _list(lists_of(request.membership).get(pk=asked.pk))


class ExportOne(Api):
    @door(
        Permission.INCIDENT_EXPORT,
        scope=Scope.READ,
        summary="See how far a list is",
        answers=ExportRow,
    )
    def get(self, request: ApiRequest, export: int) -> dict[str, Any]:
        return _list(get_object_or_404(lists_of(request.membership), pk=export))


class ExportFile(Api):
    @door(
        Permission.INCIDENT_EXPORT,
        scope=Scope.READ,
        summary="Get a list as a workbook, while one may see every incident in it",
        answers=FileOf((XLSX,)),
        refuses=(Kind.GONE,),
    )
    def get(self, request: ApiRequest, export: int) -> HttpResponseBase:
        found = get_object_or_404(lists_of(request.membership), pk=export)
        return _handed_out(found, hand_out_list, LIST_NOT, request)


class PackList(Api):
    @door(
        Permission.REVIEW_EXPORT,
        scope=Scope.READ,
        summary="List the data packs that one asked for, the newest 25",
        answers=Packs,
    )
    def get(self, request: ApiRequest) -> dict[str, Any]:
        return {"results": [_pack(one) for one in packs_of(request.membership)[:PAGE]]}

    @door(
        Permission.REVIEW_EXPORT,
        scope=Scope.WRITE,
        summary="Ask for a data pack: the agency’s own reviews as one ZIP",
        takes=PackAsked,
        answers=PackRow,
        status=202,
    )
    def post(self, request: ApiRequest) -> dict[str, Any]:
        chosen = Chosen.read(take(PackAsked, request.data))
        asked = ask_for_pack(chosen.as_json(), by=request.membership)
        return _pack(packs_of(request.membership).get(pk=asked.pk))


class PackOne(Api):
    @door(
        Permission.REVIEW_EXPORT,
        scope=Scope.READ,
        summary="See how far a data pack is",
        answers=PackRow,
    )
    def get(self, request: ApiRequest, pack: int) -> dict[str, Any]:
        return _pack(get_object_or_404(packs_of(request.membership), pk=pack))


class PackFile(Api):
    @door(
        Permission.REVIEW_EXPORT,
        scope=Scope.READ,
        summary="Get a data pack, while one may see every review in it",
        answers=FileOf((ZIP,)),
        refuses=(Kind.GONE,),
    )
    def get(self, request: ApiRequest, pack: int) -> HttpResponseBase:
        found = get_object_or_404(packs_of(request.membership), pk=pack)
        return _handed_out(found, hand_out_pack, PACK_NOT, request)


def _handed_out[Row: (IncidentExport, DataPack)](
    found: Row,
    hand_out: Callable[..., FileResponse],
    why_not: Mapping[str, tuple[str, str]],
    request: ApiRequest,
) -> HttpResponseBase:
    """The file; or why it is not to be had, answered and not raised: the audit of that stays."""
    if found.work_state != "done":
        raise Http404
    try:
        return hand_out(found, by=request.membership)
    except NotHandedOut as refusal:
        return answer(ApiProblem(Kind.GONE, ". ".join(why_not[refusal.state])))


def _list(found: IncidentExport) -> dict[str, Any]:
    return {
        "export": found.pk,
        "state": list_state(found),
        "filters": found.filters,
        "asked_at": found.owed_at.isoformat(),
        "rows": found.rows,
        "sha256": found.sha256,
        "size": found.size,
    }


def _pack(found: DataPack) -> dict[str, Any]:
    return {
        "pack": found.pk,
        "state": pack_state(found),
        **Chosen.read(found.chosen).as_json(),
        "asked_at": found.owed_at.isoformat(),
        "reviews": found.holds,  # type: ignore[attr-defined]
        "sha256": found.sha256,
        "size": found.size,
    }
