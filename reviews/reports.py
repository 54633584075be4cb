"""Making a review report and keeping its file: one finished row, one stored file, whoever was killed meanwhile.

The file is written under a name that carries the row's claim, so two workers on one row never write the
same file, and only the holder of the last claim settles. What a killed worker left behind is deleted by
the next claim, and a worker that lost its lease deletes its own.
"""

from contextlib import suppress
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from inbox.actions import queue_message
from jurisdictions.stored import discard_unless_kept
from jurisdictions.tenancy import jurisdiction_scope
from reviews.documents import ReportDocument, read_report
from reviews.models import Review, ReviewReport
from reviews.rules.who import people_who_may_be_told


@dataclass(frozen=True)
class Made:
    """A report that lies in the store, not yet settled in its row."""

    file: str
    sha256: str
    size: int
    pages: int | None  # a word processor counts its own
    is_draft: bool
    review_version: int


def make_report(report: ReviewReport) -> Made:
    """Read in a short scope, render and store with no transaction open."""
    for name in _stored(report):
        default_storage.delete(name)  # of earlier claims: none of them can settle any more
    with jurisdiction_scope(report.jurisdiction_id):
        document = read_report(report)
    content, sha256, pages = _rendered(document, report.format)
    return Made(
        file=_store(report, content),
        sha256=sha256,
        size=len(content),
        pages=pages,
        is_draft=document.mark == "draft",
        review_version=document.cover.version,
    )


def _rendered(document: ReportDocument, format: str) -> tuple[bytes, str, int | None]:
    """The file, its SHA-256 and its pages. Only a worker that renders pays for the import."""
    if format == ReviewReport.Format.WORD:
        from reviews.word import rendering

        return *rendering.render(document), None
    from reviews import pdf

    rendered = pdf.render(document)
    return rendered.content, rendered.sha256, rendered.pages


def settle_report(report: ReviewReport, made: Made) -> None:
    """Write into the row what was made, and tell who asked. The scope of its agency is open."""
    report.file, report.sha256, report.size, report.pages = made.file, made.sha256, made.size, made.pages
    report.is_draft, report.review_version = made.is_draft, made.review_version
    report.save(update_fields=["file", "sha256", "size", "pages", "is_draft", "review_version"])
    tell(report, "report_ready")


def tell(report: ReviewReport, kind: str) -> None:
    """Owe the person who asked one message of this kind, while they may be told of the review; owing it again is the
    same message."""
    review = Review.objects.select_related("incident", "jurisdiction").get(pk=report.review_id)
    if not people_who_may_be_told(review, [report.asked_by]):
        return
    number = review.incident.number
    path = reverse("reviews:report_progress", args=[review.jurisdiction.slug, number, report.sequence])
    queue_message(kind, to=report.asked_by, number=number, path=path, occasion=f"report:{report.pk}")


def discard_unless_settled(report: ReviewReport, made: Made) -> None:
    """Delete the file of a claim that was lost while it was made: the row holds another one, or none yet."""
    discard_unless_kept(report, made.file)


def tell_of_failures(jurisdiction_id: int) -> None:
    """Owe a message for every report that was tried to the end without success."""
    with jurisdiction_scope(jurisdiction_id):
        for report in ReviewReport.objects.filter(dead_at__isnull=False).select_related(
            "asked_by__jurisdiction"
        ):
            tell(report, "report_failed")


def _folder(report: ReviewReport) -> str:
    return f"reports/{report.jurisdiction_id}/{report.pk}"


def _store(report: ReviewReport, content: bytes) -> str:
    name = f"{_folder(report)}/{report.claim.hex if report.claim else 'unclaimed'}.{report.format}"
    try:
        return default_storage.save(name, ContentFile(content))
    except BaseException:  # also a hard stop: half a file must not stay
        default_storage.delete(name)
        raise


def _stored(report: ReviewReport) -> list[str]:
    with suppress(FileNotFoundError):
        return [f"{_folder(report)}/{name}" for name in default_storage.listdir(_folder(report))[1]]
    return []
