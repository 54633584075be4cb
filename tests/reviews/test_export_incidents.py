"""The list as a workbook: asked for, written by a worker, fetched by the one who asked; text stays text."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from dictionary.workbooks.writing import (
    CELL_CHARACTERS,
    CUT,
    Column,
    Marked,
    Sheet,
    cell_text,
    write_workbook,
)
from inbox.models import Message
from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews import exports
from reviews.actions.team import step_back
from reviews.models import Incident, IncidentExport, Review
from reviews.tasks import write_exports
from tests.cast import make_person, member
from tests.reviews.incident_situations import imported, notified

pytestmark = pytest.mark.django_db

HOME = "/j/cedar/incidents/"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of this test lie in a folder of its own."""
    storage = FileSystemStorage(location=tmp_path / "files")
    monkeypatch.setattr(default_storage, "_wrapped", storage)
    return tmp_path / "files"


def ask(client: Client, **filters: str) -> str:
    answer = client.post(f"{HOME}export/", filters)
    assert answer.status_code == 302
    return answer.url


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_the_filtered_list_is_written_by_a_worker_and_fetched(
    client: Client, cedar: Jurisdiction, coordinator: User, tmp_path: Path
) -> None:
    notified(cedar, coordinator, county="=Alder", case_number="SECRET-1")
    notified(cedar, coordinator, county="Rowan", incident_type="serious_injury")
    imported(cedar, county="=Alder")
    client.force_login(coordinator)
    url = ask(client, type="fatality", unknown="x")
    assert "is being made" in client.get(url).content.decode()
    assert client.get(f"{url}download/").status_code == 404
    assert write_exports(cedar.pk) == 1
    assert write_exports(cedar.pk) == 0  # nothing is owed any more
    assert "Get the workbook" in client.get(url).content.decode()
    fragment = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<h1>" not in fragment
    answer = client.get(f"{url}download/")
    content = body(answer)
    (tmp_path / "list.xlsx").write_bytes(content)
    rows = list(load_workbook(tmp_path / "list.xlsx")["Incidents"].iter_rows(min_row=2))
    assert [(row[1].value, row[4].value, row[4].data_type) for row in rows] == [
        ("Fatality", "=Alder", "s")
    ] * 2
    assert [row[8].value for row in rows] == ["Notified", "Past, no decision opened"]
    assert b"SECRET-1" not in content
    assert all("SECRET" not in str(cell.value) for row in rows for cell in row)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="incidents-cedar-')
    with jurisdiction_scope(cedar.pk):
        export = IncidentExport.objects.get()
        assert (export.rows, export.size) == (2, len(content))
        assert export.sha256 == hashlib.sha256(content).hexdigest()
        assert export.filters == {"type": "fatality"}
        assert export.numbers == ["2026-001", "2018-001"]
        kinds = set(
            AuditEvent.objects.filter(about=f"incidentexport:{export.pk}").values_list("kind", flat=True)
        )
        assert kinds == {"incidents.export_asked", "incidents.exported", "incidents.downloaded"}
        assert Message.objects.get(kind="export_ready").to.user == coordinator


def test_a_list_holds_what_the_person_may_see_when_it_is_written(
    client: Client, cedar: Jurisdiction, birch: Jurisdiction, outsider: User, quality_lead: User
) -> None:
    notified(birch, outsider)
    client.force_login(quality_lead)
    ask(client)
    with jurisdiction_scope(cedar.pk):
        IncidentExport.objects.get().asked_by.__class__.objects.filter(user=quality_lead).update(
            roles=["reviewer"]
        )
    imported(cedar)
    write_exports(cedar.pk)
    with jurisdiction_scope(cedar.pk):
        assert IncidentExport.objects.get().rows == 0


@pytest.mark.parametrize(
    ("who", "status"),
    [("nobody", 302), ("outsider", 404), ("reviewer", 403), ("observer", 403), ("director", 302)],
)
def test_who_may_ask(client: Client, cedar: Jurisdiction, sign_in: Any, who: str, status: int) -> None:
    sign_in(who)
    assert client.post(f"{HOME}export/").status_code == status
    with jurisdiction_scope(cedar.pk):
        assert IncidentExport.objects.exists() is (who == "director")


def test_nobody_else_gets_it(client: Client, cedar: Jurisdiction, coordinator: User) -> None:
    client.force_login(coordinator)
    url = ask(client)
    write_exports(cedar.pk)
    assert url.rstrip("/") in client.get(f"{HOME}exports/").content.decode()
    client.force_login(make_person("second", cedar, Role.COORDINATOR, Role.DIRECTOR))
    assert client.get(url).status_code == 404
    assert client.get(f"{url}download/").status_code == 404
    assert "No workbook yet" in client.get(f"{HOME}exports/").content.decode()


def step_back_from(incident: Incident, user: User) -> None:
    with jurisdiction_scope(incident.jurisdiction_id):
        review, who = Review.objects.get(pk=incident.pk), member(user, incident.jurisdiction)
        step_back(review, who=who, reason="A cousin", by=who)


def test_who_stepped_back_since_gets_it_no_more_and_can_make_it_again(
    client: Client, cedar: Jurisdiction, coordinator: User, quality_lead: User
) -> None:
    kept, left = notified(cedar, coordinator), notified(cedar, coordinator, case_number="C-78")
    client.force_login(quality_lead)
    url = ask(client)
    write_exports(cedar.pk)
    assert client.get(f"{url}download/").status_code == 200
    step_back_from(left, quality_lead)
    gone = client.get(f"{url}download/")
    assert (gone.status_code, gone.streaming) == (410, False)
    for page in (gone, client.get(url)):
        assert "holds an incident that you may not see any more" in page.content.decode()
        assert "Get the workbook" not in page.content.decode()
        assert f'action="{HOME}export/"' in page.content.decode()
    with jurisdiction_scope(cedar.pk):
        assert AuditEvent.objects.filter(kind="incidents.downloaded").count() == 1
        refused = AuditEvent.objects.get(kind="incidents.download_refused")
        assert (refused.by_user, refused.ids) == (quality_lead.pk, {"why": "withheld"})
    listed = client.get(f"{HOME}exports/").content.decode()
    assert "Can no longer be had" in listed
    assert "Ready:" not in listed
    again = ask(client)
    write_exports(cedar.pk)
    assert client.get(f"{again}download/").status_code == 200
    with jurisdiction_scope(cedar.pk):
        assert IncidentExport.objects.latest("pk").numbers == [kept.number]


def test_each_list_is_asked_for_itself_though_another_holds_more(
    client: Client, cedar: Jurisdiction, coordinator: User
) -> None:
    notified(cedar, coordinator)
    notified(cedar, coordinator, county="Hazel")
    client.force_login(coordinator)
    lists = [ask(client), ask(client, county="Hazel")]
    write_exports(cedar.pk)
    assert [client.get(f"{url}download/").status_code for url in lists] == [200, 200]


def test_the_lists_are_asked_for_all_at_once(client: Client, cedar: Jurisdiction, coordinator: User) -> None:
    notified(cedar, coordinator)
    client.force_login(coordinator)
    asked = []
    for _ in range(2):
        ask(client)
        write_exports(cedar.pk)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{HOME}exports/").content.decode().count("Ready: 1 incident") == len(asked) + 1
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_list_made_before_it_was_noted_what_it_holds_is_not_handed_out(
    client: Client, cedar: Jurisdiction, coordinator: User
) -> None:
    client.force_login(coordinator)
    url = ask(client)
    write_exports(cedar.pk)
    assert client.get(f"{url}download/").status_code == 200  # an empty list holds nothing that is hidden
    with jurisdiction_scope(cedar.pk):
        IncidentExport.objects.update(numbers=None)
    gone = client.get(f"{url}download/")
    assert gone.status_code == 410
    for page in (gone, client.get(url)):
        assert "made before it was noted which incidents" in page.content.decode()
        assert "that you may not see any more" not in page.content.decode()
        assert "Get the workbook" not in page.content.decode()
    assert "Can no longer be had" in client.get(f"{HOME}exports/").content.decode()
    with jurisdiction_scope(cedar.pk):
        assert AuditEvent.objects.get(kind="incidents.download_refused").ids == {"why": "unlisted"}


def test_a_file_that_is_gone_says_so_and_can_be_made_again(
    client: Client,
    cedar: Jurisdiction,
    coordinator: User,
    store: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client.force_login(coordinator)
    url = ask(client)
    write_exports(cedar.pk)
    next(store.rglob("*.xlsx")).unlink()
    answer = client.get(f"{url}download/")
    assert answer.status_code == 410
    assert "This workbook is no longer there" in answer.content.decode()
    assert "Make it again" in answer.content.decode()
    (line,) = [record for record in caplog.records if record.message == "A stored file is gone."]
    assert (line.levelname, line.__dict__["table"]) == ("ERROR", "reviews.incidentexport")
    assert line.__dict__["agency"] == cedar.pk
    with jurisdiction_scope(cedar.pk):
        assert not AuditEvent.objects.filter(kind="incidents.downloaded").exists()
        assert AuditEvent.objects.get(kind="incidents.download_refused").ids == {"why": "lost"}


@pytest.mark.parametrize("change", [{"roles": ["reviewer"]}, {"left_at": "2026-01-01T00:00Z"}])
def test_nobody_who_may_have_no_lists_any_more_is_told_of_one(
    client: Client, cedar: Jurisdiction, coordinator: User, change: dict[str, Any]
) -> None:
    client.force_login(coordinator)
    ask(client)
    Membership.objects.filter(user=coordinator).update(**change)
    write_exports(cedar.pk)
    with jurisdiction_scope(cedar.pk):
        assert not Message.objects.exists()


def test_a_try_that_failed_is_repeated_and_leaves_one_file(
    client: Client, cedar: Jurisdiction, coordinator: User, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(coordinator)
    ask(client)
    whole = exports.write_workbook

    def breaks(*args: Any) -> int:
        whole(*args)
        raise OSError("the disk is full")

    monkeypatch.setattr(exports, "write_workbook", breaks)
    assert write_exports(cedar.pk) == 0
    with jurisdiction_scope(cedar.pk):
        IncidentExport.objects.update(due_at="2026-01-01T00:00Z")
        assert IncidentExport.objects.get().trouble == "OSError"
    monkeypatch.setattr(exports, "write_workbook", whole)
    (store / f"incident-exports/{cedar.pk}").mkdir(parents=True, exist_ok=True)
    with jurisdiction_scope(cedar.pk):
        left = store / f"incident-exports/{cedar.pk}/{IncidentExport.objects.get().pk}-lost.xlsx"
    left.write_bytes(b"what a killed worker left")
    assert write_exports(cedar.pk) == 1
    assert len(list(store.rglob("*.xlsx"))) == 1


def test_a_list_that_was_given_up_says_what_to_do(
    client: Client, cedar: Jurisdiction, coordinator: User
) -> None:
    client.force_login(coordinator)
    url = ask(client, county="Alder")
    with jurisdiction_scope(cedar.pk):
        IncidentExport.objects.update(dead_at="2026-01-01T00:00Z")
    write_exports(cedar.pk)
    page = client.get(url).content.decode()
    assert "could not be made" in page
    assert 'name="county" value="Alder"' in page
    with jurisdiction_scope(cedar.pk):
        assert Message.objects.get().kind == "export_failed"


# -- the workbook ---------------------------------------------------------------------------------


def read_back(tmp_path: Path, texts: list[str]) -> list[Any]:
    path = tmp_path / "book.xlsx"
    columns = [Column("=1+1"), Column("Wraps", wraps=True), Column("Marked")]
    write_workbook(path, [Sheet("=cmd", columns, ([text, text, Marked(text)] for text in texts))])
    return list(load_workbook(path).worksheets[0].iter_rows())


def test_two_thousand_hostile_texts_stay_text(tmp_path: Path) -> None:
    starts = ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\ufeff=", "＝", "−", "|", "'=", '"=']
    texts = [f"{start}{at}+cmd|' /C calc'!A0" for at in range(150) for start in starts]
    rows = read_back(tmp_path, texts)
    assert rows[0][0].value == "=1+1"
    assert len(rows) == len(texts) + 1
    assert {cell.data_type for row in rows for cell in row} == {"s"}
    risky = [row[0] for row in rows[1:] if str(row[0].value)[:1] in "=+-@"]
    assert risky
    assert all(cell.quotePrefix for cell in risky)


def test_a_cell_is_cut_at_its_limit_and_says_so(tmp_path: Path) -> None:
    long = "x" * 40_000
    value = read_back(tmp_path, [long])[1][0].value
    assert len(value) == CELL_CHARACTERS
    assert value.endswith(CUT)


@given(st.text())
def test_any_text_can_be_written(text: str) -> None:
    kept = cell_text(text)
    assert len(kept) <= CELL_CHARACTERS
    assert cell_text(kept) == kept
    assert not any(ord(char) < 32 and char not in "\n\t" for char in kept)
