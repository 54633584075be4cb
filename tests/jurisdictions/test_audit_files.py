"""The audit as a file: as its page, without a live formula, made by a worker, for whoever asked."""

import csv
import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from jurisdictions import audit, tasks
from jurisdictions.actions.audit_files import ask_for_audit_file
from jurisdictions.audit_files import as_csv, make_file, read_rows
from jurisdictions.formulas import BEGINNINGS
from jurisdictions.models import AuditEvent, AuditExport, Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.team import step_back
from reviews.models import Review
from tests.cast import member
from tests.reviews.situations import make_review

PAGE, FILES = "/j/cedar/people/audit/", "/j/cedar/people/audit/files/"
SignIn = Callable[[str], Client]


@pytest.fixture
def told(cedar: Jurisdiction, reviewer: User, coordinator: User, administrator: User) -> int:
    """Events about a review, a person and the agency; the key of the review."""
    with jurisdiction_scope(cedar.pk):
        by = member(reviewer, cedar)
        review = make_review(cedar, by, lead=by)
        audit.record("review.answered", about=review, by=by)
        audit.record("membership.roles_changed", about=by, by=member(administrator, cedar))
        audit.record("policy.set", about=cedar, by=member(administrator, cedar))
    return review.pk


@pytest.mark.parametrize(
    ("who", "status"),
    [("nobody", 302), ("outsider", 404), ("coordinator", 403), ("quality_lead", 200), ("administrator", 200)],
)
def test_who_may(sign_in: SignIn, cedar: Jurisdiction, who: str, status: int) -> None:
    client = sign_in(who)
    assert client.get(FILES).status_code == status
    assert client.post(FILES).status_code == (302 if status == 200 else status)
    with jurisdiction_scope(cedar.pk):
        assert AuditExport.objects.exists() == (status == 200)


def kinds(client: Client, **asked: object) -> list[str]:
    page = client.get(PAGE, asked).content.decode()
    rows = page.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr>")[1:]
    return sorted(row.split("<td>")[2].removesuffix("</td>") for row in rows)


def test_it_is_narrowed_to_what_it_is_about(sign_in: SignIn, told: int, quality_lead: User) -> None:
    client = sign_in("quality_lead")
    assert kinds(client, about="2026-001") == ["Wrote in a review"]
    assert kinds(client, about=" reviewer ") == ["Changed somebody’s roles"]
    assert kinds(client, about="2026-999") == []
    assert kinds(client, about="review:1") == []
    assert kinds(client, about="2026\x00-001\x1b") == ["Wrote in a review"]
    page = client.get(PAGE, {"about": "2026-001"}).content.decode()
    assert "about 2026-001" in page
    assert '<input type="hidden" name="about" value="2026-001">' in page


def test_a_number_that_its_reader_may_not_see_finds_nothing(sign_in: SignIn, told: int) -> None:
    """An administrator sees no review: asking by its number does not tell that there is one."""
    client = sign_in("administrator")
    assert kinds(client, about="2026-001") == kinds(client, about="2026-999") == []
    assert kinds(client, about="Reviewer") == ["Changed somebody’s roles"]


def made(client: Client, agency: Jurisdiction, **filters: object) -> AuditExport:
    assert client.post(FILES, filters).headers["Location"] == FILES
    assert tasks.write_audit_exports(agency.pk) == 1
    with jurisdiction_scope(agency.pk):
        return AuditExport.objects.latest("pk")


def lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"))))


def test_a_worker_writes_it_and_only_who_asked_gets_it(
    sign_in: SignIn, cedar: Jurisdiction, told: int, quality_lead: User, administrator: User
) -> None:
    client = sign_in("administrator")
    export = made(client, cedar, kind="review.answered")
    page = client.get(FILES).content.decode()
    assert "1 event. Check code" in page
    answer = client.get(f"{FILES}{export.pk}/download/")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-cedar-')
    assert hashlib.sha256(content).hexdigest() == export.sha256
    assert len(content) == export.size
    headings, row = lines(content)
    assert headings == ["When", "Who", "What", "About", "Result", "Request"]
    # The administrator sees no review, so the file names none.
    assert row[1:5] == ["Reviewer", "Wrote in a review", "a review", "Done"]
    with jurisdiction_scope(cedar.pk):
        about = AuditEvent.objects.filter(about=f"auditexport:{export.pk}").order_by("pk")
        kinds = list(about.values_list("kind", flat=True))
    assert kinds == ["audit.file_asked", "audit.file_written", "audit.file_downloaded"]
    other = sign_in("quality_lead")
    assert other.get(f"{FILES}{export.pk}/download/").status_code == 404


def test_who_may_no_longer_read_the_audit_gets_no_file(
    sign_in: SignIn, cedar: Jurisdiction, told: int, administrator: User
) -> None:
    client = sign_in("administrator")
    export = made(client, cedar)
    Membership.objects.filter(user=administrator).update(roles=["reviewer"])
    assert client.get(f"{FILES}{export.pk}/download/").status_code == 403


def test_who_may_no_longer_see_what_it_names_gets_no_file(
    sign_in: SignIn, cedar: Jurisdiction, told: int, quality_lead: User
) -> None:
    client = sign_in("quality_lead")
    export = made(client, cedar)
    assert client.get(f"{FILES}{export.pk}/download/").status_code == 200
    with jurisdiction_scope(cedar.pk):
        who = member(quality_lead, cedar)
        step_back(Review.objects.get(pk=told), who=who, reason="A cousin.", by=who)
    answer = client.get(f"{FILES}{export.pk}/download/", follow=True)
    assert "You can no longer get this file" in answer.content.decode()
    again = made(client, cedar)
    assert client.get(f"{FILES}{again.pk}/download/").status_code == 200
    with jurisdiction_scope(cedar.pk):
        AuditExport.objects.filter(pk=again.pk).update(named=None)  # before it was noted
    assert client.get(f"{FILES}{again.pk}/download/").status_code == 302


def test_a_try_that_ended_in_the_middle_leaves_no_file_behind(
    cedar: Jurisdiction, told: int, administrator: User
) -> None:
    with jurisdiction_scope(cedar.pk):
        export = ask_for_audit_file({}, by=member(administrator, cedar))
    first, second = (make_file(replace_claim(export)).name for _ in range(2))
    assert first != second
    assert not default_storage.exists(first)
    assert default_storage.exists(second)


def replace_claim(export: AuditExport) -> AuditExport:
    export.claim = uuid.uuid4()
    return export


def test_a_file_that_is_gone_or_not_made_yet_is_not_there(
    sign_in: SignIn, cedar: Jurisdiction, administrator: User
) -> None:
    client = sign_in("administrator")
    export = made(client, cedar)
    default_storage.delete(export.file)
    assert client.get(f"{FILES}{export.pk}/download/").status_code == 404
    with jurisdiction_scope(cedar.pk):
        waiting = ask_for_audit_file({}, by=member(administrator, cedar))
    assert "Being made" in client.get(FILES).content.decode()
    assert client.get(f"{FILES}{waiting.pk}/download/").status_code == 404


def test_names_are_those_that_its_reader_may_know_when_it_is_written(
    cedar: Jurisdiction, told: int, quality_lead: User
) -> None:
    reader, tomorrow = member(quality_lead, cedar), (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    with jurisdiction_scope(cedar.pk):
        rows, named = read_rows({}, reader=reader)
        assert read_rows({"since": tomorrow}, reader=reader) == ([], [])
    about = {row[2]: row[3] for row in rows}
    assert f"review:{told}" in named
    assert about["Wrote in a review"] == "Review 2026-001"
    assert about["Changed somebody’s roles"] == "Reviewer"


@pytest.mark.parametrize("begin", [*BEGINNINGS, " =", "\ufeff=", "'="])
def test_no_cell_is_a_live_formula(begin: str) -> None:
    cell = f'{begin}HYPERLINK("http://x")'
    assert lines(as_csv([[cell, "-", "plain"]]).encode()) == [[f"'{cell}", "'-", "plain"]]


def test_a_person_may_be_called_as_they_like(
    sign_in: SignIn, cedar: Jurisdiction, told: int, reviewer: User
) -> None:
    reviewer.display_name = '=cmd|" /C calc"!A0'
    reviewer.save(update_fields=["display_name"])
    client = sign_in("administrator")
    export = made(client, cedar, person=reviewer.pk)
    with default_storage.open(export.file) as file:
        (_, row) = lines(file.read())
    assert row[1] == "'" + reviewer.display_name
