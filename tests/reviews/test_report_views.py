"""The report's pages: who may, what they say in each state, and that a download is written down."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from jurisdictions.models import AuditEvent, Jurisdiction, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.team import step_back
from reviews.models import Review, ReviewReport
from tests.cast import make_person, member

BASE = "/j/cedar/reviews/2026-001/report/"
CONTENT = b"%PDF-1.7 stands for a report"


@pytest.fixture
def report(review: Review, cedar: Jurisdiction, reviewer: User) -> ReviewReport:
    """A finished report with its file."""
    with jurisdiction_scope(cedar.pk):
        report = ReviewReport.objects.create(
            jurisdiction=cedar,
            review=review,
            asked_by=member(reviewer, cedar),
            sequence=1,
            is_draft=True,
            edition=review.edition,
            review_version=review.version,
            sha256="ab" * 32,
            size=len(CONTENT),
            pages=12,
            done_at=timezone.now(),
        )
        report.file = default_storage.save(f"reports/{cedar.pk}/{report.pk}/x.pdf", ContentFile(CONTENT))
        report.save(update_fields=["file"])
    return report


def change(cedar: Jurisdiction, report: ReviewReport, **columns: Any) -> None:
    with jurisdiction_scope(cedar.pk):
        ReviewReport.objects.filter(pk=report.pk).update(**columns)


@pytest.fixture
def other_reviewer(cedar: Jurisdiction) -> User:
    """A reviewer of the same agency without a seat on this review."""
    return make_person("other_reviewer", cedar, Role.REVIEWER)


@pytest.mark.parametrize("path", ["", "1/", "1/download/"])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("nobody", 302),
        ("outsider", 404),
        ("administrator", 403),
        ("other_reviewer", 404),
        ("reviewer", 200),
        ("director", 200),
    ],
)
def test_who_may_read(report: ReviewReport, sign_in: Any, path: str, who: str, status: int) -> None:
    assert sign_in(who).get(BASE + path).status_code == status


@pytest.mark.parametrize(
    ("who", "status"),
    [("nobody", 302), ("outsider", 404), ("administrator", 403), ("other_reviewer", 404), ("reviewer", 302)],
)
def test_who_may_ask(review: Review, cedar: Jurisdiction, sign_in: Any, who: str, status: int) -> None:
    assert sign_in(who).post(f"{BASE}ask/").status_code == status
    with jurisdiction_scope(cedar.pk):
        assert ReviewReport.objects.count() == (1 if who == "reviewer" else 0)


def test_asking_twice_is_one_report(review: Review, cedar: Jurisdiction, sign_in: Any) -> None:
    client: Client = sign_in("reviewer")
    first, second = client.post(f"{BASE}ask/"), client.post(f"{BASE}ask/")
    assert first["Location"] == second["Location"] == f"{BASE}1/"
    with jurisdiction_scope(cedar.pk):
        asked = AuditEvent.objects.filter(kind="report.asked")
        assert asked.count() == 1


def test_asking_after_one_is_done_makes_the_next(report: ReviewReport, sign_in: Any) -> None:
    assert sign_in("reviewer").post(f"{BASE}ask/")["Location"] == f"{BASE}2/"


def test_a_download_is_the_stored_file_and_is_written_down(
    report: ReviewReport, cedar: Jurisdiction, sign_in: Any
) -> None:
    response = sign_in("reviewer").get(f"{BASE}1/download/")
    assert b"".join(response.streaming_content) == CONTENT
    assert response["Content-Disposition"] == 'attachment; filename="review-report-2026-001-1-draft.pdf"'
    assert response["Content-Type"] == "application/pdf"
    with jurisdiction_scope(cedar.pk):
        event = AuditEvent.objects.get(kind="report.downloaded")
    assert event.ids == {"report": report.pk, "sha256": report.sha256}


def test_without_the_audit_row_there_is_no_file(
    report: ReviewReport, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise RuntimeError("no audit")

    client = sign_in("reviewer")
    monkeypatch.setattr("reviews.views.report.audit.record", refuse)
    with pytest.raises(RuntimeError, match="no audit"):
        client.get(f"{BASE}1/download/")


def test_the_list_says_what_each_report_was(report: ReviewReport, sign_in: Any) -> None:
    page = sign_in("reviewer").get(BASE).content.decode()
    assert report.sha256 in page
    assert "by Reviewer" in page
    assert "Edition 1.0" in page
    assert "Version 1" in page
    assert "every page of the review report will say <strong>draft</strong>" in page


WAITING = {"done_at": None, "file": "", "sha256": "", "size": None, "pages": None}


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "It waits for its turn"),
        ({"owed_at": timezone.now() - dt.timedelta(minutes=5)}, "It has waited longer than usual"),
        ({"claimed_until": timezone.now() + dt.timedelta(hours=1)}, "It is being made now"),
        ({"trouble": "MemoryError", "tries": 2}, "Try 2 did not work"),
    ],
)
def test_progress_says_where_it_stands(
    report: ReviewReport, cedar: Jurisdiction, sign_in: Any, columns: dict[str, Any], words: str
) -> None:
    change(cedar, report, **(WAITING | {"owed_at": timezone.now()} | columns))
    client = sign_in("reviewer")
    page = client.get(f"{BASE}1/").content.decode()
    assert words in page
    assert f'hx-get="{BASE}1/"' in page
    assert "Get the review report" not in page
    assert client.get(f"{BASE}1/download/").status_code == 404
    assert "is being made" in client.get(BASE).content.decode()


def test_the_poll_gets_the_changing_part_alone(
    report: ReviewReport, cedar: Jurisdiction, sign_in: Any
) -> None:
    client = sign_in("reviewer")
    done = client.get(f"{BASE}1/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in done
    assert "The review report is ready." in done
    assert f"{BASE}1/download/" in done
    assert "hx-get" not in done  # nothing left to ask for
    change(cedar, report, **WAITING)
    assert "hx-get" in client.get(f"{BASE}1/", headers={"HX-Request": "true"}).content.decode()


def test_a_failure_says_what_to_do(report: ReviewReport, cedar: Jurisdiction, sign_in: Any) -> None:
    change(cedar, report, **(WAITING | {"dead_at": timezone.now(), "trouble": "MemoryError", "tries": 12}))
    client = sign_in("reviewer")
    page = client.get(f"{BASE}1/").content.decode()
    assert "Nothing in the review is lost" in page
    assert "Ask for the review report again" in page
    assert "MemoryError, 12 tries" in page
    assert "Could not be made" in client.get(BASE).content.decode()
    assert client.post(f"{BASE}ask/")["Location"] == f"{BASE}2/"


def test_who_stepped_back_since_asking_gets_no_report(
    report: ReviewReport, cedar: Jurisdiction, sign_in: Any, reviewer: User
) -> None:
    client = sign_in("reviewer")
    assert client.get(f"{BASE}1/download/").status_code == 200
    with jurisdiction_scope(cedar.pk):
        who = member(reviewer, cedar)
        step_back(report.review, who=who, reason="A cousin", by=who)
    assert client.get(f"{BASE}1/").status_code == 404
    assert client.get(f"{BASE}1/download/").status_code == 404


def test_a_file_that_is_gone_says_so_and_can_be_made_again(
    report: ReviewReport, cedar: Jurisdiction, sign_in: Any, caplog: pytest.LogCaptureFixture
) -> None:
    default_storage.delete(report.file)
    answer = sign_in("reviewer").get(f"{BASE}1/download/")
    assert answer.status_code == 410
    page = answer.content.decode()
    assert "This review report is no longer there" in page
    assert f'action="{BASE}ask/"' in page
    (line,) = [record for record in caplog.records if record.message == "A stored file is gone."]
    assert (line.levelname, line.__dict__["row"]) == ("ERROR", report.pk)
    with jurisdiction_scope(cedar.pk):
        assert not AuditEvent.objects.filter(kind="report.downloaded").exists()
