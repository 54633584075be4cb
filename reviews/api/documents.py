"""Review reports for other software: ask for one, see how far it is, get the file."""

from typing import Any

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from jurisdictions import audit
from jurisdictions.api import Api, ApiProblem, ApiRequest, Kind, Shape, door
from jurisdictions.api.described import FileOf
from jurisdictions.api.door import Scope
from jurisdictions.api.shapes import take
from jurisdictions.roles import Permission
from jurisdictions.stored import open_stored
from reviews.actions.report import ask_for_report
from reviews.models import ReviewReport
from reviews.views.page import find_review
from reviews.views.report import CONTENT_TYPES, file_name_of


class Wanted(Shape):
    format = serializers.ChoiceField(
        ReviewReport.Format.choices, default=ReviewReport.Format.PDF, help_text="A PDF where nothing is said."
    )


class ReportRow(Shape):
    sequence = serializers.IntegerField(help_text="The nth review report of this review.")
    state = serializers.ChoiceField(
        [
            ("waiting", "Owed"),
            ("working", "Under way"),
            ("done", "Done"),
            ("dead", "Given up after many tries"),
        ]
    )
    format = serializers.ChoiceField(ReviewReport.Format.choices)
    is_draft = serializers.BooleanField()
    review_version = serializers.IntegerField()
    asked_at = serializers.DateTimeField()
    sha256 = serializers.CharField(help_text="Of the file; empty until it is done.")
    size = serializers.IntegerField(allow_null=True)
    pages = serializers.IntegerField(allow_null=True)


class Reports(Shape):
    results = ReportRow(many=True)


class ReportList(Api):
    @door(
        Permission.REVIEW_REPORT,
        scope=Scope.READ,
        summary="List the review reports of a review, newest first",
        answers=Reports,
    )
    def get(self, request: ApiRequest, number: str) -> dict[str, Any]:
        review = find_review(request, number)
        reports = ReviewReport.objects.filter(review=review).order_by("-sequence")
        return {"results": [_report(one) for one in reports]}

    @door(
        Permission.REVIEW_REPORT,
        scope=Scope.WRITE,
        summary="Ask for a review report; while one of this format is on its way, it is that one",
        takes=Wanted,
        answers=ReportRow,
        status=202,
        refuses=(Kind.REFUSED,),
    )
    def post(self, request: ApiRequest, number: str) -> dict[str, Any]:
        wanted = take(Wanted, request.data)
        return _report(ask_for_report(find_review(request, number), by=request.membership, **wanted))


class ReportOne(Api):
    @door(
        Permission.REVIEW_REPORT,
        scope=Scope.READ,
        summary="See how far a review report is",
        answers=ReportRow,
    )
    def get(self, request: ApiRequest, number: str, sequence: int) -> dict[str, Any]:
        return _report(_found(request, number, sequence))


class ReportFile(Api):
    @door(
        Permission.REVIEW_REPORT,
        scope=Scope.READ,
        summary="Get a review report as it was stored",
        answers=FileOf(tuple(CONTENT_TYPES.values())),
        refuses=(Kind.GONE,),
    )
    def get(self, request: ApiRequest, number: str, sequence: int) -> FileResponse:
        report = _found(request, number, sequence)
        if report.work_state != "done":
            raise Http404
        file = open_stored(report)
        if file is None:
            raise ApiProblem(Kind.GONE)
        told = {"report": report.pk, "sha256": report.sha256}
        audit.record("report.downloaded", about=report.review, by=request.membership, **told)
        return FileResponse(
            file,
            as_attachment=True,
            filename=file_name_of(report),
            content_type=CONTENT_TYPES[ReviewReport.Format(report.format)],
        )


def _found(request: ApiRequest, number: str, sequence: int) -> ReviewReport:
    reports = ReviewReport.objects.select_related("review__incident")
    return get_object_or_404(reports, review=find_review(request, number), sequence=sequence)


def _report(found: ReviewReport) -> dict[str, Any]:
    return {
        "sequence": found.sequence,
        "state": found.work_state,
        "format": found.format,
        "is_draft": found.is_draft,
        "review_version": found.review_version,
        "asked_at": found.owed_at.isoformat(),
        "sha256": found.sha256,
        "size": found.size,
        "pages": found.pages,
    }
