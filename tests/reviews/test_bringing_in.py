"""Bringing a file in through the browser, from the upload to the rows that came in; and what each step refuses."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from inbox.models import Message
from jurisdictions.models import Jurisdiction, Membership
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews import bringing_in, tasks
from reviews.actions import bring_in
from reviews.models import Answer, Child, ImportRun, Incident, IncidentImport, SavedMapping, Upload
from tests.cast import make_person
from tests.reviews.import_situations import form_of

pytestmark = pytest.mark.django_db

FILE = Path(__file__).resolve().parent.parent.parent / "examples" / "messy-incidents.csv"


@pytest.fixture
def visitor(client: Client, by: Membership) -> Client:
    client.force_login(by.user)
    return client


@pytest.fixture
def bring(visitor: Client, cedar: Jurisdiction) -> Any:
    """Upload a file and have it looked at; the upload as it stands then."""

    def go(name: str = "past.csv", content: bytes | None = None) -> Upload:
        file = SimpleUploadedFile(name, FILE.read_bytes() if content is None else content)
        answer = visitor.post(reverse("imports:new", args=["cedar"]), {"file": file})
        assert answer.status_code == 302, answer.content
        tasks.unpack_uploads(cedar.pk)
        with jurisdiction_scope(cedar.pk):
            return Upload.objects.latest("pk")

    return go


def test_a_messy_file_comes_in_by_what_is_proposed(visitor: Client, bring: Any, cedar: Jurisdiction) -> None:
    upload = bring()
    columns = reverse("imports:mapping", args=["cedar", upload.pk])
    values = reverse("imports:values", args=["cedar", upload.pk])
    answer = visitor.post(columns, form_of(visitor, columns))
    assert answer.status_code == 302, answer.content.decode()
    answer = visitor.post(values, form_of(visitor, values))
    assert answer.status_code == 302, answer.content.decode()
    tasks.run_imports(cedar.pk)
    page = visitor.get(answer.url).content.decode()
    assert "This is what would happen" in page
    with jurisdiction_scope(cedar.pk):
        trial = ImportRun.objects.get()
        assert not Incident.objects.exists()
        assert trial.rows == trial.accepted + trial.with_warnings + trial.returned == 24
        assert not SavedMapping.objects.exists()
    answer = visitor.post(reverse("imports:ask", args=["cedar", upload.pk]), {"keep": "1"})
    tasks.run_imports(cedar.pk)
    with jurisdiction_scope(cedar.pk):
        kept = ImportRun.objects.latest("pk")
        assert (kept.refused, kept.work_state, kept.keeps) == ("", "done", True)
        assert Incident.objects.count() == kept.created == trial.created > 10
        assert SavedMapping.objects.get().name == "past"
    assert visitor.get(answer.url).status_code == 200
    back = visitor.get(reverse("imports:workbook", args=["cedar", upload.pk, kept.pk]))
    assert b"".join(back)[:2] == b"PK"


def mapped(visitor: Client, upload: Upload, **said: Any) -> Any:
    """Post the two pages as they stand, but for what is said here; the answer of the second."""
    columns = reverse("imports:mapping", args=["cedar", upload.pk])
    values = reverse("imports:values", args=["cedar", upload.pk])
    answer = visitor.post(columns, form_of(visitor, columns) | said)
    assert answer.status_code == 302, answer.content.decode()
    answer = visitor.post(values, form_of(visitor, values))
    tasks.run_imports(upload.jurisdiction_id)
    return answer


def kept(visitor: Client, cedar: Jurisdiction, upload: Upload) -> ImportRun:
    visitor.post(reverse("imports:ask", args=["cedar", upload.pk]), {"keep": "1"})
    tasks.run_imports(cedar.pk)
    with jurisdiction_scope(cedar.pk):
        return ImportRun.objects.latest("pk")


# -- the file -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("content", "words"), [(None, "Choose a file"), (b"", "Choose a file")])
def test_without_a_file_the_page_says_so(
    visitor: Client, cedar: Jurisdiction, content: Any, words: str
) -> None:
    data = {} if content is None else {"file": SimpleUploadedFile("a.csv", content)}
    answer = visitor.post(reverse("imports:new", args=["cedar"]), data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with jurisdiction_scope(cedar.pk):
        assert not Upload.objects.exists()


def test_a_file_above_the_limit_is_refused_with_its_size(
    visitor: Client, cedar: Jurisdiction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bring_in, "FILE_BYTES", 3)
    answer = visitor.post(
        reverse("imports:new", args=["cedar"]), {"file": SimpleUploadedFile("a.csv", b"key,b\n")}
    )
    assert answer.status_code == 422
    assert "can come in at once" in answer.content.decode()


def test_a_file_that_cannot_come_in_says_why_and_nothing_else_is_offered(visitor: Client, bring: Any) -> None:
    upload = bring("past.pdf", b"%PDF-1.7")
    page = visitor.get(reverse("imports:upload", args=["cedar", upload.pk])).content.decode()
    assert "It is a PDF" in page
    assert "Say what the columns mean" not in page
    assert visitor.get(reverse("imports:mapping", args=["cedar", upload.pk])).status_code == 302
    answer = visitor.post(reverse("imports:ask", args=["cedar", upload.pk]), {"keep": "1"})
    assert answer.status_code == 409


def test_another_sheet_and_another_row_of_headings_can_be_chosen(
    visitor: Client, bring: Any, cedar: Jurisdiction, tmp_path: Path
) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["About this file"])
    past = book.create_sheet("Past")
    for row in (
        ["Alder"],
        ["Printed on Monday"],
        ["Ref No", "Kind", "Date of event"],
        ["1", "F", "3/4/2020"],
    ):
        past.append(row)
    book.save(tmp_path / "past.xlsx")
    upload = bring("past.xlsx", (tmp_path / "past.xlsx").read_bytes())
    assert (upload.sheet, upload.header_row) == (0, 1)
    url = reverse("imports:sheet", args=["cedar", upload.pk])
    assert visitor.post(url, {"sheet": "7", "header_row": "1"}).status_code == 422
    assert visitor.post(url, {"sheet": "1", "header_row": "99"}).status_code == 422
    assert visitor.post(url, {"sheet": "1", "header_row": "3"}).status_code == 302
    tasks.unpack_uploads(cedar.pk)
    with jurisdiction_scope(cedar.pk):
        upload.refresh_from_db()
    assert [column["name"] for column in upload.columns] == ["Ref No", "Kind", "Date of event"]
    assert mapped(visitor, upload).status_code == 302
    assert kept(visitor, cedar, upload).created == 1


# -- the columns ----------------------------------------------------------------------------------


def test_what_is_missing_or_said_twice_is_named_beside_its_column(visitor: Client, bring: Any) -> None:
    upload = bring(content=b"Ref No,County,Region,Kind\n1,Alder,Rowan,F\n2,Alder,Rowan,NF\n")
    url = reverse("imports:mapping", args=["cedar", upload.pk])
    form = form_of(visitor, url) | {"key": [], "column-1": "county", "column-2": "county", "column-3": ""}
    answer = visitor.post(url, form)
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in (
        "Tick the column by which your agency knows each row",
        "“Region” and “County” both become “County where it happened”",
        "Choose the column that says the type of incident",
    ):
        assert words in page
    assert 'href="#id_column-2"' in page
    assert '<option value="county" selected>' in page  # nothing that was chosen is lost


def test_what_is_in_no_column_is_the_same_in_every_row(
    visitor: Client, bring: Any, cedar: Jurisdiction
) -> None:
    upload = bring(content=b"Ref No,Day,Age\n1,3/4/2020,5\n2,3/24/2020,7\n")
    said = {
        "fixed-0": "incident_type",
        "fixed-0-value": "Near fatality",
        "fixed-1": "1.age_unit",
        "fixed-1-value": "months",
        "fixed-2": "place_type",
        "fixed-2-value": "Not known",
    }
    assert mapped(visitor, upload, **said).status_code == 302
    assert kept(visitor, cedar, upload).created == 2
    with jurisdiction_scope(cedar.pk):
        assert set(Incident.objects.values_list("incident_type", flat=True)) == {"near_fatality"}
        assert {child.age for child in Child.objects.all()} == {"5 months", "7 months"}
        assert set(Answer.objects.filter(item="place_type").values_list("missing", flat=True)) == {"unknown"}


def test_a_mapping_that_changed_meanwhile_is_not_written_over(visitor: Client, bring: Any) -> None:
    upload = bring()
    url = reverse("imports:mapping", args=["cedar", upload.pk])
    first, second = form_of(visitor, url), form_of(visitor, url)
    assert visitor.post(url, first | {"about": "Mine"}).status_code == 302
    answer = visitor.post(url, second | {"about": "Theirs"})
    assert answer.status_code == 409
    assert "said in another window" in answer.content.decode()


def test_the_next_file_of_the_same_columns_begins_with_the_kept_mapping(
    visitor: Client, bring: Any, cedar: Jurisdiction
) -> None:
    upload = bring(content=b"Ref No,Art,Tag\n1,T,3/4/2020\n2,N,3/24/2020\n")
    said = {"column-1": "incident_type", "about": "Old system"}
    columns = reverse("imports:mapping", args=["cedar", upload.pk])
    values = reverse("imports:values", args=["cedar", upload.pk])
    visitor.post(columns, form_of(visitor, columns) | said)
    form = form_of(visitor, values) | {"incident_type-0": "fatality", "incident_type-1": "near_fatality"}
    assert visitor.post(values, form).status_code == 302
    tasks.run_imports(cedar.pk)
    assert kept(visitor, cedar, upload).created == 2
    again = bring(content=b"Ref No,Art,Tag\n1,T,3/4/2020\n2,N,3/24/2020\n3,N,3/25/2020\n")
    page = visitor.get(reverse("imports:mapping", args=["cedar", again.pk])).content.decode()
    assert "Old system" in page
    assert mapped(visitor, again).status_code == 302
    run = kept(visitor, cedar, again)
    assert (run.created, run.unchanged, run.returned) == (1, 2, 0)


# -- the passes -----------------------------------------------------------------------------------


def test_mending_the_workbook_that_went_back_brings_in_just_those_rows(
    visitor: Client, bring: Any, cedar: Jurisdiction, tmp_path: Path
) -> None:
    lines = [b"Ref No,Kind,Day,Age,Unit"]
    lines += [
        b"%d,F,%s,3,mo" % (at, b"31/31/2020" if at % 27 == 0 else b"3/24/2020") for at in range(1, 1001)
    ]
    upload = bring(content=b"\n".join(lines))
    assert mapped(visitor, upload).status_code == 302
    run = kept(visitor, cedar, upload)
    assert (run.rows, run.returned, run.created) == (1000, 37, 963)
    answer = visitor.get(reverse("imports:workbook", args=["cedar", upload.pk, run.pk]))
    path = tmp_path / "back.xlsx"
    path.write_bytes(b"".join(answer))
    book = load_workbook(path)
    sheet = book["Rows"]
    marked = [cell.coordinate for row in sheet.iter_rows(max_col=5) for cell in row if cell.fill.fill_type]
    assert marked == [f"C{at + 1}" for at in range(27, 1000, 27)]
    for address in marked:
        sheet[address] = "3/25/2020"
    book.save(path)
    again = bring("back.xlsx", path.read_bytes())
    assert mapped(visitor, again).status_code == 302
    mended = kept(visitor, cedar, again)
    assert (mended.rows, mended.returned, mended.created, mended.unchanged) == (1000, 0, 37, 963)
    third = kept(visitor, cedar, again)
    assert (third.created, third.changed, third.unchanged) == (0, 0, 1000)


def test_nothing_comes_in_before_its_columns_were_tried(
    visitor: Client, bring: Any, cedar: Jurisdiction
) -> None:
    upload = bring()
    mapped(visitor, upload)
    columns = reverse("imports:mapping", args=["cedar", upload.pk])
    visitor.post(columns, form_of(visitor, columns) | {"about": "Another name"})
    answer = visitor.post(reverse("imports:ask", args=["cedar", upload.pk]), {"keep": "1"})
    assert answer.status_code == 409
    assert "Look at a trial" in answer.content.decode()
    with jurisdiction_scope(cedar.pk):
        assert ImportRun.objects.count() == 1


def test_asking_twice_is_one_pass_and_working_twice_is_one_import(
    visitor: Client, bring: Any, cedar: Jurisdiction
) -> None:
    upload = bring()
    mapped(visitor, upload)
    url = reverse("imports:ask", args=["cedar", upload.pk])
    assert visitor.post(url, {"keep": "1"}).url == visitor.post(url, {"keep": "1"}).url
    with jurisdiction_scope(cedar.pk):
        run = ImportRun.objects.select_related("upload").latest("pk")
    bringing_in.make_run(run)  # a worker that died before it could settle
    tasks.run_imports(cedar.pk)
    with jurisdiction_scope(cedar.pk):
        run.refresh_from_db()
        assert (run.work_state, run.created) == ("done", Incident.objects.count())
        assert IncidentImport.objects.get() == run.receipt
        assert Message.objects.filter(kind="import_done").count() == 1


def test_whoever_left_meanwhile_brings_nothing_in(
    visitor: Client, bring: Any, cedar: Jurisdiction, by: Membership
) -> None:
    upload = bring()
    mapped(visitor, upload)
    visitor.post(reverse("imports:ask", args=["cedar", upload.pk]), {"keep": "1"})
    Membership.objects.filter(pk=by.pk).update(roles=["reviewer"])
    tasks.run_imports(cedar.pk)
    with jurisdiction_scope(cedar.pk):
        assert "may not bring files in any more" in ImportRun.objects.latest("pk").refused
        assert not Incident.objects.exists()


# -- whose they are -------------------------------------------------------------------------------


def test_a_file_is_seen_by_nobody_but_who_brought_it(
    visitor: Client, bring: Any, cedar: Jurisdiction, client: Client
) -> None:
    upload = bring()
    mapped(visitor, upload)
    with jurisdiction_scope(cedar.pk):
        run = ImportRun.objects.get()
    other = make_person("second", cedar, Role.COORDINATOR)
    client.force_login(other)
    for name, keys in {
        "upload": [upload.pk],
        "mapping": [upload.pk],
        "values": [upload.pk],
        "run": [upload.pk, run.pk],
        "workbook": [upload.pk, run.pk],
    }.items():
        assert client.get(reverse(f"imports:{name}", args=["cedar", *keys])).status_code == 404, name
    for name in ("sheet", "take_away", "ask"):
        assert client.post(reverse(f"imports:{name}", args=["cedar", upload.pk])).status_code == 404, name


def test_a_file_is_taken_away_when_its_person_says_so_or_after_its_days(
    visitor: Client, bring: Any, cedar: Jurisdiction, django_capture_on_commit_callbacks: Any
) -> None:
    old, said = bring(), bring()
    mapped(visitor, said)
    assert kept(visitor, cedar, said).created
    with django_capture_on_commit_callbacks(execute=True):
        assert visitor.post(reverse("imports:take_away", args=["cedar", said.pk])).status_code == 302
    with jurisdiction_scope(cedar.pk):
        Upload.objects.filter(pk=old.pk).update(at=timezone.now() - bring_in.KEPT_FOR - dt.timedelta(hours=1))
        files = [old.file, said.file, *ImportRun.objects.values_list("file", flat=True)]
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.take_old_files_away(cedar.pk) == 1
    with jurisdiction_scope(cedar.pk):
        for upload in Upload.objects.all():
            assert (upload.file, upload.sheets, upload.columns, upload.mapping) == ("", [], [], "")
            assert upload.taken_away_at is not None
        assert {run.told == {} and run.mapping == "" for run in ImportRun.objects.all()} == {True}
        assert Incident.objects.exists()
    assert not any(default_storage.exists(name) for name in files if name)
    page = visitor.get(reverse("imports:upload", args=["cedar", said.pk])).content.decode()
    assert "was taken away" in page


def test_half_a_line_and_a_value_that_does_not_fit_are_said_and_stay_on_the_page(
    visitor: Client, bring: Any
) -> None:
    upload = bring(content=b"Ref No,Kind\n1,F\n2,NF\n")
    url = reverse("imports:mapping", args=["cedar", upload.pk])
    said = {
        "fixed-0": "place_type",
        "fixed-0-value": "On the moon",
        "fixed-1": "setting_area",
        "fixed-2-value": "Rural",
    }
    answer = visitor.post(url, form_of(visitor, url) | said)
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in (
        "“On the moon” does not fit “In what kind of place did it happen?”",
        "Say what “What kind of area is that?” is in every row",
        "Choose the item that is “Rural” in every row",
        'value="On the moon"',
        'value="Rural"',
        '<option value="setting_area" selected>',
    ):
        assert words in page, words


def test_the_row_remembers_the_hash_of_the_workbook_and_a_lost_one_is_said_in_words(
    visitor: Client, bring: Any, cedar: Jurisdiction
) -> None:
    upload = bring()
    mapped(visitor, upload)
    with jurisdiction_scope(cedar.pk):
        run = ImportRun.objects.get()
    url = reverse("imports:workbook", args=["cedar", upload.pk, run.pk])
    assert hashlib.sha256(b"".join(visitor.get(url))).hexdigest() == run.sha256
    default_storage.delete(run.file)
    page = visitor.get(url, follow=True)
    assert page.status_code == 200
    assert "no longer there" in page.content.decode()
