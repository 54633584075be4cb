"""The review report: ask for it, watch it being made, get it. Every download is audited."""

from dataclasses import dataclass

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from jurisdictions import audit
from jurisdictions.http import TenantRequest, requires
from jurisdictions.roles import Permission
from jurisdictions.stored import open_stored
from reviews.actions.report import ask_for_report
from reviews.models import Review, ReviewReport
from reviews.rules.moves import FINAL
from reviews.views.page import find_review

# A report takes seconds; after this long without a worker, the page says so.
_SLOW_SECONDS = 120
TITLES = {
    ReviewReport.Format.PDF: "Make the review report (PDF)",
    ReviewReport.Format.WORD: "Make it as a Word document",
}
CONTENT_TYPES = {
    ReviewReport.Format.PDF: "application/pdf",
    ReviewReport.Format.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True)
class Progress:
    """Where one report stands, in words."""

    report: ReviewReport
    state: str  # waiting, working, again, done, lost or dead
    text: str
    page_url: str
    download_url: str

    @property
    def is_going(self) -> bool:
        return self.state in {"waiting", "working", "again"}


@require_GET
@requires(Permission.REVIEW_REPORT)
def report_page(request: TenantRequest, number: str) -> HttpResponse:
    """Ask for a report, and every earlier one with its hash, size, edition, version and who asked."""
    review = find_review(request, number)
    reports = (
        ReviewReport.objects.filter(review=review).select_related("asked_by__user").order_by("-sequence")
    )
    found = [_progress(review, report) for report in reports]
    return render(
        request,
        "reviews/report.html",
        {
            "review": review,
            "is_draft": review.state not in FINAL,
            "is_reported": review.state == Review.State.AS_REPORTED,
            "current": [one for one in found if one.is_going],
            "formats": [
                (one.value, TITLES[one])
                for one in ReviewReport.Format
                if not any(going.is_going and going.report.format == one for going in found)
            ],
            "earlier": [one for one in found if not one.is_going],
            "ask_url": _url("report_ask", review),
            "crumbs": _crumbs(review, "Review report", ""),
        },
    )


@require_POST
@requires(Permission.REVIEW_REPORT)
def report_ask(request: TenantRequest, number: str) -> HttpResponse:
    wanted = request.POST.get("format", "")
    known = wanted if wanted in ReviewReport.Format.values else ReviewReport.Format.PDF
    report = ask_for_report(find_review(request, number), by=request.membership, format=known)
    return redirect("reviews:report_progress", request.membership.jurisdiction.slug, number, report.sequence)


@require_GET
@requires(Permission.REVIEW_REPORT)
def report_progress(request: TenantRequest, number: str, sequence: int) -> HttpResponse:
    """How far one report is: the page, or for the poll its changing part alone."""
    review = find_review(request, number)
    return _page(request, review, _progress(review, _find_report(review, sequence)))


def _page(request: TenantRequest, review: Review, progress: Progress, *, status: int = 200) -> HttpResponse:
    context = {
        "review": review,
        "progress": progress,
        "ask_url": _url("report_ask", review),
        "list_url": _url("report", review),
        "crumbs": _crumbs(review, f"Review report {progress.report.sequence}", _url("report", review)),
    }
    template = "reviews/report_progress.html"
    return render(request, f"{template}#state" if request.htmx else template, context, status=status)


@require_GET
@requires(Permission.REVIEW_REPORT)
def report_download(request: TenantRequest, number: str, sequence: int) -> HttpResponseBase:
    """The file as it was stored. No audit row, no file."""
    review = find_review(request, number)
    report = _find_report(review, sequence)
    if report.work_state != "done":
        raise Http404
    file = open_stored(report)
    if file is None:
        return _page(request, review, _progress(review, report, state="lost"), status=410)
    audit.record(
        "report.downloaded", about=review, by=request.membership, report=report.pk, sha256=report.sha256
    )
    return FileResponse(
        file,
        as_attachment=True,
        filename=file_name_of(report),
        content_type=CONTENT_TYPES[ReviewReport.Format(report.format)],
    )


def file_name_of(report: ReviewReport) -> str:
    draft = "-draft" if report.is_draft else ""
    return f"review-report-{report.review.incident.number}-{report.sequence}{draft}.{report.format}"


def _find_report(review: Review, sequence: int) -> ReviewReport:
    reports = ReviewReport.objects.select_related("asked_by__user", "review__incident")
    return get_object_or_404(reports, review=review, sequence=sequence)


def _progress(review: Review, report: ReviewReport, *, state: str = "") -> Progress:
    state = state or report.work_state
    if report.trouble and state == "waiting":
        state = "again"
    return Progress(
        report=report,
        state=state,
        text=_words(report, state),
        page_url=_url("report_progress", review, report.sequence),
        download_url=_url("report_download", review, report.sequence),
    )


def _words(report: ReviewReport, state: str) -> str:
    now = timezone.now()
    if state == "again":
        at = timezone.localtime(report.due_at)
        return (
            f"Try {report.tries} did not work; the next one is at {at:%H:%M}. Nothing in the review is lost, "
            "and you need not do anything."
        )
    if state == "working":
        return "It is being made now; most take less than half a minute."
    if state == "waiting" and (now - report.owed_at).total_seconds() > _SLOW_SECONDS:
        return (
            "It has waited longer than usual. It is not lost and will be made as soon as a worker is free. If "
            "it still waits in an hour, tell your agency administrator."
        )
    return "It waits for its turn; most start within a minute." if state == "waiting" else ""


def _url(name: str, review: Review, *more: int) -> str:
    return reverse(f"reviews:{name}", args=[review.jurisdiction.slug, review.incident.number, *more])


def _crumbs(review: Review, here: str, above: str) -> list[tuple[str, str]]:
    crumbs = [
        ("Reviews", reverse("reviews:list", args=[review.jurisdiction.slug])),
        (review.incident.number, _url("home", review)),
    ]
    return [*crumbs, *([("Review report", above)] if above else []), (here, "")]
