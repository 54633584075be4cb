"""One finished row and one stored file, whatever becomes of the worker."""

import datetime as dt
import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from inbox.models import Message
from jurisdictions.models import AuditEvent, Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from npcs.tasks import sweep
from reviews import pdf
from reviews.actions.report import ask_for_report
from reviews.models import Review, ReviewReport
from reviews.tasks import render_reports
from tests.cast import member
from tests.reviews.written_review import write_review
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def report(cedar: Jurisdiction, reviewer: User, director: User) -> ReviewReport:
    with jurisdiction_scope(cedar.pk):
        lead = member(reviewer, cedar)
        review = write_review(cedar, lead, member(director, cedar))
        return ask_for_report(review, by=lead)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rendering itself is tested elsewhere."""
    monkeypatch.setattr(pdf, "render", lambda document: printed(document.cover.number))


def printed(text: str) -> pdf.Rendered:
    content = f"%PDF {text}".encode()
    return pdf.Rendered(content, hashlib.sha256(content).hexdigest(), 3)


def stored(report: ReviewReport) -> list[str]:
    folder = f"reports/{report.jurisdiction_id}/{report.pk}"
    return [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]


def reread(report: ReviewReport) -> ReviewReport:
    with jurisdiction_scope(report.jurisdiction_id):
        return ReviewReport.objects.get(pk=report.pk)


def messages(report: ReviewReport, kind: str) -> int:
    with jurisdiction_scope(report.jurisdiction_id):
        return Message.objects.filter(kind=kind, occasion=f"report:{report.pk}").count()


@pytest.mark.usefixtures("quick")
def test_the_row_remembers_the_file(report: ReviewReport) -> None:
    assert render_reports(report.jurisdiction_id) == 1
    row = reread(report)
    assert stored(row) == [row.file]
    with default_storage.open(row.file) as file:
        content = file.read()
    assert row.sha256 == hashlib.sha256(content).hexdigest()
    assert (row.size, row.pages, row.is_draft) == (len(content), 3, False)
    assert row.claim is not None
    assert row.claim.hex in row.file
    assert messages(report, "report_ready") == 1
    assert render_reports(report.jurisdiction_id) == 0  # nothing is owed twice


def test_a_worker_that_lost_its_lease_leaves_nothing_behind(
    report: ReviewReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the first renders, its lease runs out and a second worker takes the row and finishes it."""
    calls: list[str] = []

    def render(document: Any) -> pdf.Rendered:
        calls.append("")
        if len(calls) == 1:
            with jurisdiction_scope(report.jurisdiction_id):
                past = timezone.now() - dt.timedelta(seconds=1)
                ReviewReport.objects.filter(pk=report.pk).update(claimed_until=past)
            assert render_reports(report.jurisdiction_id) == 1
            return printed("late")
        return printed("in time")

    monkeypatch.setattr(pdf, "render", render)
    assert render_reports(report.jurisdiction_id) == 0
    row = reread(report)
    assert stored(row) == [row.file]
    assert row.sha256 == printed("in time").sha256
    assert row.tries == 2
    assert messages(report, "report_ready") == 1


@pytest.mark.usefixtures("quick")
def test_the_next_claim_deletes_what_a_killed_one_left(report: ReviewReport) -> None:
    from django.core.files.base import ContentFile

    default_storage.save(
        f"reports/{report.jurisdiction_id}/{report.pk}/killed.pdf", ContentFile(b"%PDF half")
    )
    render_reports(report.jurisdiction_id)
    assert stored(report) == [reread(report).file]


def test_a_report_that_cannot_be_made_is_told_once(
    report: ReviewReport, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def fail(_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(pdf, "render", fail)
    settings.WORK_TRIES = 1
    assert render_reports(report.jurisdiction_id) == 0
    assert render_reports(report.jurisdiction_id) == 0
    row = reread(report)
    assert row.work_state == "dead"
    assert row.trouble == "MemoryError"
    assert messages(report, "report_failed") == 1


@pytest.mark.usefixtures("quick")
def test_a_long_queue_rings_again_in_place_of_running_into_the_limit(
    report: ReviewReport, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[tuple[str, int | None]] = []
    monkeypatch.setattr("jurisdictions.doorbell.ring", lambda task, of: rung.append((task, of)))
    settings.CELERY_TASK_SOFT_TIME_LIMIT = 0
    assert render_reports(report.jurisdiction_id) == 1
    assert rung[-1] == ("reviews.tasks.render_reports", report.jurisdiction_id)


# -- A real worker, killed ----------------------------------------------------------------------


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start `celery worker -Q pdf` as its own process group, so that one signal ends all of it."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        log = (tmp_path / f"worker-{len(started)}.log").open("wb")
        command = [sys.executable, "-m", "celery", "-A", "npcs", "worker", "-Q", "pdf", "--concurrency", "1"]
        options = ["-n", f"pdf{len(started)}@test", "--without-gossip", "--without-mingle", "-l", "warning"]
        told = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings_short_lease"}
        process = subprocess.Popen(
            command + options, cwd=ROOT, env=told, stdout=log, stderr=log, start_new_session=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_kill_9_during_a_render_makes_one_row_and_one_file(
    report: ReviewReport, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    first = start_worker()
    eventually(lambda: reread(report).claim is not None, 90)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait(timeout=30)
    killed = reread(report)
    assert killed.done_at is None, "The worker was quicker than the test."
    default_storage.save(f"reports/{report.jurisdiction_id}/{report.pk}/half.pdf", _half())

    second = start_worker()

    def is_done() -> bool:
        sweep()  # what the beat does every 30 seconds
        time.sleep(1)
        return reread(report).done_at is not None

    eventually(is_done, 180)
    time.sleep(1)
    row = reread(report)
    assert row.tries >= 2
    assert row.claim != killed.claim
    eventually(lambda: stored(row) == [row.file], 10)
    with default_storage.open(row.file) as file:
        assert hashlib.sha256(file.read()).hexdigest() == row.sha256
    assert row.pages is not None
    assert row.pages > 10
    assert messages(report, "report_ready") == 1
    with jurisdiction_scope(report.jurisdiction_id):
        assert ReviewReport.objects.count() == 1
    if sys.platform == "linux":
        process = Path(f"/proc/{second.pid}")
        assert "libpango" in (process / "maps").read_text()  # loaded once, before the fork
        child = (process / "task" / str(second.pid) / "children").read_text().split()[0]
        limits = Path(f"/proc/{child}/limits").read_text()
        assert re.search(rf"Max address space +{1536 * 1024 * 1024}", limits)


def _half() -> Any:
    from django.core.files.base import ContentFile

    return ContentFile(b"%PDF-1.7 half a file of a killed worker")


def test_a_word_document_is_asked_for_beside_the_pdf_and_made(
    client: Client, review: Review, cedar: Jurisdiction, reviewer: User
) -> None:
    base = "/j/cedar/reviews/2026-001/report/"
    client.force_login(reviewer)
    for format in ("pdf", "docx", "docx", "nonsense"):
        assert client.post(f"{base}ask/", {"format": format}).status_code == 302
    with jurisdiction_scope(cedar.pk):
        formats = ReviewReport.objects.order_by("sequence").values_list("format", flat=True)
        assert list(formats) == [
            "pdf",
            "docx",
        ]  # whoever asks again, or for none that we know, gets the one under way
        ReviewReport.objects.filter(format="pdf").delete()
    assert render_reports(cedar.pk) == 1
    page = client.get(f"{base}2/").content.decode()
    assert "Get the review report (Word" in page
    answer = client.get(f"{base}2/download/")
    content = b"".join(answer.streaming_content)
    assert answer.headers["Content-Type"].endswith("wordprocessingml.document")
    assert '"review-report-2026-001-2-draft.docx"' in answer.headers["Content-Disposition"]
    with jurisdiction_scope(cedar.pk):
        report = ReviewReport.objects.get()
        assert (report.sha256, report.pages) == (hashlib.sha256(content).hexdigest(), None)
        assert AuditEvent.objects.filter(kind="report.downloaded").exists()
