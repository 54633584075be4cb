"""What came in with a file, for other software: the receipts, and taking an import back."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from jurisdictions import audit
from jurisdictions.api import Api, ApiRequest, Kind, Shape, door
from jurisdictions.api.described import Asked
from jurisdictions.api.door import Scope, may_read
from jurisdictions.paging import PAGE, read_key
from jurisdictions.roles import Permission
from jurisdictions.rules import Problem, Refused
from reviews.actions.undo_import import CannotUndo, Dependency, ask_to_undo
from reviews.api.imports import COUNTS
from reviews.api.shapes import Page
from reviews.models import IncidentImport
from reviews.models import Shape as FileShape
from reviews.views.receipts import undoing_state
from reviews.views.uploads import undone_of

AFTER = Asked("after", "A place, as `next` names it.", {"type": "string", "pattern": "^[0-9]{1,18}$"})
UNDOING = [
    ("waiting", "Owed"),
    ("working", "Under way"),
    ("refused", "Could not be undone: see undo_refused"),
    ("dead", "Given up after many tries"),
]


class UndoAsked(Shape):
    receipt = serializers.IntegerField()
    undoing = serializers.ChoiceField(UNDOING, help_text="How far it is now; the receipt says it later.")


class ReceiptRow(Shape):
    receipt = serializers.IntegerField()
    shape = serializers.ChoiceField(FileShape.choices)
    file_name = serializers.CharField()
    sha256 = serializers.CharField()
    at = serializers.DateTimeField()
    rows, accepted, with_warnings, returned, created, changed, unchanged = (
        serializers.IntegerField() for _ in COUNTS
    )
    undoing = serializers.ChoiceField(
        UNDOING, allow_null=True, help_text="Where the way back stands; null: nobody asked, or it is undone."
    )
    undo_refused = serializers.CharField(help_text="Why it could not be undone, in words; or empty.")
    undone_at = serializers.DateTimeField(allow_null=True)
    removed = serializers.IntegerField(allow_null=True, help_text="What it had brought, once it is undone.")
    restored = serializers.IntegerField(allow_null=True, help_text="What it had changed, once it is undone.")


class Receipts(Page):
    results = ReceiptRow(many=True)


class ReceiptList(Api):
    @door(
        Permission.REVIEW_VIEW_ALL,
        scope=Scope.READ,
        summary="List the files that came in, newest first, 25 at a time",
        answers=Receipts,
        asks=(AFTER,),
    )
    def get(self, request: ApiRequest) -> dict[str, Any]:
        receipts = _receipts().order_by("-pk")
        if (last := read_key(request.query_params.get("after", ""))) is not None:
            receipts = receipts.filter(pk__lt=last)
        found = list(receipts[: PAGE + 1])
        shown = found[:PAGE]
        keys = [receipt.pk for receipt in shown]
        audit.record("imports.listed", about="imports", by=request.membership, imports=keys)
        return {
            "next": f"{request.path}?after={shown[-1].pk}" if len(found) > PAGE else None,
            "previous": None,
            "results": [_receipt(receipt) for receipt in shown],
        }


class ReceiptOne(Api):
    @door(
        Permission.REVIEW_VIEW_ALL,
        scope=Scope.READ,
        summary="Read what became of a file that came in",
        answers=ReceiptRow,
    )
    def get(self, request: ApiRequest, receipt: int) -> dict[str, Any]:
        found = get_object_or_404(_receipts(), pk=receipt)
        audit.record("import.receipt_read", about=found, by=request.membership)
        return _receipt(found)


class ReceiptUndo(Api):
    @door(
        Permission.INCIDENT_IMPORT,
        scope=Scope.IMPORT,
        summary="Ask for an import to be taken back as one step, while nothing depends on it",
        answers=UndoAsked,
        status=202,
        refuses=(Kind.REFUSED,),
    )
    def post(self, request: ApiRequest, receipt: int) -> dict[str, Any]:
        found = get_object_or_404(_receipts(), pk=receipt)
        try:
            asked = ask_to_undo(found, by=request.membership)
        except CannotUndo as refusal:
            if may_read(request):
                raise
            message = "Something depends on what came in. A token that may read is told what."
            told = [
                Problem(one.code, message) if isinstance(one, Dependency) else one for one in refusal.problems
            ]
            raise Refused(told) from None
        return {"receipt": found.pk, "undoing": undoing_state(asked)}


def _receipts() -> QuerySet[IncidentImport]:
    return IncidentImport.objects.select_related("undone").prefetch_related("undoings")


def _receipt(found: IncidentImport) -> dict[str, Any]:
    undone, undoing = undone_of(found), max(found.undoings.all(), key=lambda one: one.pk, default=None)
    return {
        "receipt": found.pk,
        "shape": found.shape,
        "file_name": found.file_name,
        "sha256": found.sha256,
        "at": found.at.isoformat(),
        **{name: getattr(found, name) for name in COUNTS},
        "undoing": undoing_state(undoing) or None,
        "undo_refused": undoing.refused if undoing else "",
        "undone_at": undone.at.isoformat() if undone else None,
        "removed": undone.removed if undone else None,
        "restored": undone.restored if undone else None,
    }
