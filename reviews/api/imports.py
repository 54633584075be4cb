"""Files that other software brings in: the file, its mapping, a trial, and the import."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from dictionary.asked import asked_now
from jurisdictions import audit
from jurisdictions.api import Api, ApiProblem, ApiRequest, Kind, Shape, Shown, door, take
from jurisdictions.api.described import Asked, FileOf
from jurisdictions.api.door import Scope, may_read
from jurisdictions.api.reading import FileBody, check_length
from jurisdictions.api.shapes import invalid, mend
from jurisdictions.paging import PAGE
from jurisdictions.roles import Permission
from jurisdictions.stored import open_stored
from reviews.actions import bring_in
from reviews.bringing_in import progress_of
from reviews.handing_out import XLSX
from reviews.imports import columns as mapped
from reviews.imports.mapping import MappingError
from reviews.imports.unpacking import FILE_BYTES
from reviews.models import ImportRun, Upload
from reviews.models import Shape as FileShape
from reviews.views.figure_columns import FigureColumns
from reviews.views.mapping import page_of
from reviews.views.uploads import empty_workbook, mine

CSV = "text/csv"
STATES = [
    ("waiting", "Owed"),
    ("working", "Under way"),
    ("done", "Done"),
    ("refused", "Cannot come in as it is: see refused"),
    ("gone", "The file was taken away"),
    ("dead", "Given up after many tries"),
]
COUNTS = ("rows", "accepted", "with_warnings", "returned", "created", "changed", "unchanged")


class Sheet(Shape):
    name = serializers.CharField()
    rows = serializers.IntegerField()
    columns = serializers.IntegerField()


class UploadRow(Shape):
    upload = serializers.IntegerField()
    file_name = serializers.CharField()
    shape = serializers.ChoiceField(FileShape.choices)
    at = serializers.DateTimeField()
    state = serializers.ChoiceField(STATES)
    refused = serializers.CharField(help_text="Why it cannot come in, in words; or empty.")


class UploadDetail(UploadRow):
    sheets = Sheet(many=True)
    sheet = serializers.IntegerField(allow_null=True, help_text="Which of them is read, from 0.")
    header_row = serializers.IntegerField(allow_null=True)
    columns = serializers.ListField(child=serializers.DictField(), help_text="What was found in each column.")
    version = serializers.IntegerField(help_text="Of the mapping; send it back with another one.")
    mapping = serializers.DictField(help_text="What stands, or what is proposed.")
    is_proposed = serializers.BooleanField()
    runs = serializers.ListField(child=serializers.IntegerField(), help_text="Newest first.")


class Uploads(Shape):
    results = UploadRow(many=True)


class SheetChosen(Shape):
    sheet = serializers.IntegerField(min_value=0, max_value=1000)
    header_row = serializers.IntegerField(min_value=1, max_value=1000)


class MappingKept(Shape):
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    mapping = serializers.DictField(
        help_text="The YAML document of the command, or of a file of figures; see docs/api.md."
    )


class RunAsked(Shape):
    keeps = serializers.BooleanField(help_text="False: a trial, which keeps nothing. True: let the rows in.")


class RunDetail(Shape):
    run = serializers.IntegerField()
    upload = serializers.IntegerField()
    keeps = serializers.BooleanField()
    state = serializers.ChoiceField(STATES)
    refused = serializers.CharField()
    read = serializers.IntegerField(help_text="How many rows were read so far.")
    rows, accepted, with_warnings, returned, created, changed, unchanged = (
        serializers.IntegerField(allow_null=name == "rows") for name in COUNTS
    )
    receipt = serializers.IntegerField(allow_null=True)
    has_workbook = serializers.BooleanField()
    told = serializers.DictField(
        help_text="The first remarks and changes, unread columns and unmapped codes; all of them in the workbook. "
        "Remarks, changes and the workbook are for tokens that may read."
    )


OF_THE_FILE = ("unread", "unmapped")

SHAPE = Asked(
    "shape",
    "What the file holds; past incidents without it.",
    {"oneOf": [{"const": code, "title": label} for code, label in FileShape.choices]},
)


class UploadList(Api):
    parser_classes = (FileBody,)

    @door(
        Permission.INCIDENT_IMPORT,
        scope=Scope.IMPORT,
        summary="List one’s own files on their way",
        answers=Uploads,
    )
    def get(self, request: ApiRequest) -> dict[str, Any]:
        found = Upload.objects.filter(by=request.membership, taken_away_at=None).order_by("-pk")[:PAGE]
        audit.record(
            "imports.listed", about="imports", by=request.membership, uploads=[one.pk for one in found]
        )
        return {"results": [_upload(one) for one in found]}

    @door(
        Permission.INCIDENT_IMPORT,
        scope=Scope.IMPORT,
        summary="Bring a file: the body is the file itself",
        takes=FileOf((CSV, XLSX)),
        answers=UploadRow,
        status=202,
        asks=(SHAPE,),
    )
    def post(self, request: ApiRequest) -> dict[str, Any]:
        said = request.query_params.get("shape", FileShape.INCIDENTS)
        if said not in FileShape.values:
            raise invalid([mend("", "shape: this is not one of its answers.")])
        check_length(request.META.get("CONTENT_LENGTH") or "0", FILE_BYTES)
        sent: Any = request.data
        file = sent.get("file")
        file = file if isinstance(file, UploadedFile) else None
        return _upload(bring_in.upload_file(file, by=request.membership, shape=FileShape(said)))


class Template(Api):
    @door(
        Permission.INCIDENT_IMPORT,
        scope=Scope.IMPORT,
        summary="Get the empty workbook of past reviews, for what is asked now",
        answers=FileOf((XLSX,)),
    )
    def get(self, request: ApiRequest) -> HttpResponse:
        return empty_workbook()


class UploadOne(Api):
    @door(
        Permission.INCIDENT_IMPORT,
        scope=Scope.IMPORT,
        summary="Read what a file holds, and how its columns are read",
        answers=UploadDetail,
    )
    def get(self, request: ApiRequest, upload: int) -> dict[str, Any]:
        found = mine(request, upload)
        audit.record("import.read", about=found, by=request.membership)
        return _upload_told(found, request)

    @door(
        Permission.INCIDENT_IMPORT,
        scope=Scope.IMPORT,
        summary="Take a file away before its day; what came in stays",
        answers=UploadRow,
    )
    def delete(self, request: ApiRequest, upload: int) -> dict[str, Any]:
        found = mine(request, upload)
        bring_in.take_away(found)
        audit.record("import.taken_away", about=found, by=request.membership)
        found.refresh_from_db()
        return _upload(found)


class UploadSheet(Api):
    @door(
        Permission.INCIDENT_IMPORT,
        scope=Scope.IMPORT,
        summary="Read another sheet, or another row as the headings",
        takes=SheetChosen,
        answers=UploadRow,
        status=202,
    )
    def put(self, request: ApiRequest, upload: int) -> dict[str, Any]:
        sent = take(SheetChosen, request.data)
        return _upload(bring_in.choose_sheet(mine(request, upload), by=request.membership, **sent))


class UploadMapping(Api):
    @door(
        Permission.INCIDENT_IMPORT,
        scope=Scope.IMPORT,
        summary="Say how the columns of a file are read, over the version that was read",
        takes=MappingKept,
        answers=UploadDetail,
        refuses=(Kind.STALE,),
    )
    def put(self, request: ApiRequest, upload: int) -> dict[str, Any]:
        sent = take(MappingKept, request.data)
        found = mine(request, upload)
        document = mapped.written(sent["mapping"])
        try:
            bring_in.mapping_for(found, document)
            kept = bring_in.keep_mapping(found, document, version=sent["version"], by=request.membership)
        except MappingError as error:
            raise invalid(mend("/mapping", problem) for problem in error.problems) from None
        except bring_in.StaleMapping as stale:
            raise _stale(stale.standing) from None
        return _upload_told(kept, request)


class RunList(Api):
    @door(
        Permission.INCIDENT_IMPORT,
        scope=Scope.IMPORT,
        summary="Ask for a trial of a file, or let its rows in; what is under way is not asked for twice",
        takes=RunAsked,
        answers=RunDetail,
        status=202,
    )
    def post(self, request: ApiRequest, upload: int) -> dict[str, Any]:
        sent = take(RunAsked, request.data)
        found = mine(request, upload)
        return _run(bring_in.ask_for_run(found, keeps=sent["keeps"], by=request.membership), request)


class RunOne(Api):
    @door(
        Permission.INCIDENT_IMPORT,
        scope=Scope.IMPORT,
        summary="Read what became of the rows, or how far the work is",
        answers=RunDetail,
    )
    def get(self, request: ApiRequest, upload: int, run: int) -> dict[str, Any]:
        found = _run_of(request, upload, run)
        audit.record("import.run_read", about=found, by=request.membership)
        return _run(found, request)


class RunWorkbook(Api):
    @door(
        Permission.INCIDENT_IMPORT,
        scope=Scope.IMPORT,
        summary="Get the rows back as a workbook, with what to mend marked",
        answers=FileOf((XLSX,)),
        refuses=(Kind.GONE,),
    )
    def get(self, request: ApiRequest, upload: int, run: int) -> FileResponse:
        found = _run_of(request, upload, run)
        if not may_read(request):  # its remarks and changes say what stands here
            raise ApiProblem(Kind.SCOPE, f"This asks for a token that may “{Scope.READ.label}” as well.")
        if not found.file:
            raise Http404
        file = open_stored(found)
        if file is None:
            raise ApiProblem(Kind.GONE)
        audit.record("import.downloaded", about=found, by=request.membership, sha256=found.sha256)
        return FileResponse(file, as_attachment=True, filename=f"rows-{found.pk}.xlsx", content_type=XLSX)


def _run_of(request: ApiRequest, upload: int, run: int) -> ImportRun:
    runs = ImportRun.objects.select_related("upload")
    return get_object_or_404(runs, pk=run, upload=upload, by=request.membership)


def _stale(standing: Upload) -> ApiProblem:
    """What was kept meanwhile, and the version to keep another one over."""
    mapping = mapped.parse(standing.mapping)
    shown = Shown("import.read", standing)
    return ApiProblem(Kind.STALE, shown=shown, version=standing.version, mapping=mapping)


def _upload(found: Upload) -> dict[str, Any]:
    state = "gone" if found.taken_away_at else "refused" if found.refused else found.work_state
    return {
        "upload": found.pk,
        "file_name": found.file_name,
        "shape": found.shape,
        "at": found.at.isoformat(),
        "state": state,
        "refused": found.refused,
    }


def _upload_told(found: Upload, request: ApiRequest) -> dict[str, Any]:
    is_read = bool(found.sheets) and not found.refused
    is_proposed = is_read and bool(found.needs_mapping or found.columns) and not found.mapping
    mapping = mapped.parse(found.mapping)
    if is_proposed:
        mapping = _proposed(found, request)
    return _upload(found) | {
        "sheets": [{name: sheet[name] for name in ("name", "rows", "columns")} for sheet in found.sheets],
        "sheet": found.sheet,
        "header_row": found.header_row,
        "columns": found.columns,
        "version": found.version,
        "mapping": mapping,
        "is_proposed": is_proposed,
        "runs": list(found.runs.order_by("-pk").values_list("pk", flat=True)[:10]),
    }


def _proposed(found: Upload, request: ApiRequest) -> dict[str, Any]:
    """What the page of its columns begins with."""
    if found.shape == FileShape.FIGURES:
        return FigureColumns(found, request.membership.jurisdiction).built
    if not found.needs_mapping:
        return bring_in.words_of(found)
    return page_of(found, asked_now().questions).document


def _run(found: ImportRun, request: ApiRequest) -> dict[str, Any]:
    # Remarks and changes say what stands here; the rest is about the file alone.
    told = (
        found.told
        if may_read(request)
        else {key: found.told[key] for key in OF_THE_FILE if key in found.told}
    )
    return {
        "run": found.pk,
        "upload": found.upload_id,
        "keeps": found.keeps,
        "state": "refused" if found.refused else found.work_state,
        "refused": found.refused,
        "read": progress_of(found) if found.work_state == "working" else found.rows or 0,
        **{name: getattr(found, name) for name in COUNTS},
        "receipt": found.receipt_id,
        "has_workbook": bool(found.file),
        "told": told,
    }
