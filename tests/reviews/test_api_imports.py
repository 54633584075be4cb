"""Files that other software brings in: the way of the pages, from the file to the receipt and back."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews import tasks
from reviews.handing_out import XLSX
from reviews.imports.unpacking import FILE_BYTES
from reviews.models import ImportUndoing, Incident, IncidentImport, Upload, YearlyFigure
from tests.cast import member
from tests.jurisdictions.test_api_door import problem
from tests.reviews.incident_situations import imported
from tests.reviews.past_projects import REPEATING, csv_of
from tests.reviews.past_workbooks import WHOLE, filled_in
from tests.tokens import Software, software

pytestmark = pytest.mark.django_db
EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
FILE, MAPPING = EXAMPLES / "messy-incidents.csv", EXAMPLES / "messy-incidents.mapping.yaml"
UPLOADS = "/api/v1/j/cedar/imports/uploads/"
RECEIPTS = "/api/v1/j/cedar/imports/receipts/"


@pytest.fixture
def client(coordinator: User, cedar: Jurisdiction) -> Software:
    return software(coordinator, cedar)


def bring(client: Software, content: bytes | None = None, name: str = "past.csv", **more: Any) -> Any:
    return client.post(
        more.pop("path", UPLOADS),
        FILE.read_bytes() if content is None else content,
        content_type=more.pop("content_type", "text/csv"),
        headers={"Content-Disposition": f"attachment; filename={name}"} if name else {},
    )


def test_a_file_comes_in_and_is_taken_back(client: Software, cedar: Jurisdiction) -> None:
    brought = bring(client)
    assert (brought.status_code, brought.json()["state"]) == (202, "waiting"), brought.content
    one = f"{UPLOADS}{brought.json()['upload']}/"
    said = problem(client.send("post", f"{one}runs/", {"keeps": False}), 422, "refused")
    assert said["problems"][0]["code"] == "mapping.incomplete"
    tasks.unpack_uploads(cedar.pk)
    told = client.get(one).json()
    assert (told["state"], told["is_proposed"]) == ("done", True)
    assert told["mapping"]["key"] == ["Ref No"]
    own = {"version": told["version"], "mapping": yaml.safe_load(MAPPING.read_text())}
    kept = client.send("put", f"{one}mapping/", own)
    assert (kept.status_code, kept.json()["is_proposed"]) == (200, False), kept.content
    said = problem(client.send("put", f"{one}mapping/", own | {"mapping": {"key": "Ref No"}}), 422, "invalid")
    assert said["errors"][0]["pointer"] == "/mapping"
    changed = own | {"mapping": own["mapping"] | {"about": "Another."}}
    said = problem(client.send("put", f"{one}mapping/", changed), 409, "stale")
    assert (said["version"], said["mapping"]["about"]) == (kept.json()["version"], own["mapping"]["about"])
    with jurisdiction_scope(cedar.pk):
        assert AuditEvent.objects.filter(kind="import.read").count() == 2
    said = problem(client.send("post", f"{one}runs/", {"keeps": True}), 422, "refused")
    assert said["problems"][0]["code"] == "import.not_tried"
    trial = _passed(client, one, cedar, keeps=False)
    assert (trial["rows"], trial["returned"], trial["receipt"]) == (24, 10, None)
    assert trial["told"]["remarks"]
    with jurisdiction_scope(cedar.pk):
        assert not Incident.objects.exists()
    run = _passed(client, one, cedar, keeps=True)
    workbook = client.get(f"{one}runs/{run['run']}/workbook/")
    assert b"".join(workbook)[:2] == b"PK"
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.count() == run["created"] == 14
    assert client.get(RECEIPTS).json()["results"][0]["receipt"] == run["receipt"]
    _taken_back(client, f"{RECEIPTS}{run['receipt']}/", cedar)
    assert client.delete(one).json()["state"] == "gone"
    assert client.get(UPLOADS).json()["results"] == []


def test_own_words_in_our_workbook_are_given_a_meaning(
    client: Software, cedar: Jurisdiction, tmp_path: Path
) -> None:
    rows = WHOLE | {"Children": [WHOLE["Children"][0] | {"Sex": "Girl"}]}
    brought = bring(client, filled_in(rows, tmp_path), "past.xlsx", path=f"{UPLOADS}?shape=reviews").json()
    tasks.unpack_uploads(cedar.pk)
    one = f"{UPLOADS}{brought['upload']}/"
    told = client.get(one).json()
    assert (told["state"], told["is_proposed"]) == ("done", True)
    assert told["columns"][0]["values"] == [["Girl", 1]]
    assert told["mapping"] == {"items": {"sex": {"column": "sex", "codes": {}}}}
    assert _passed(client, one, cedar, keeps=False)["told"]["unmapped"] == [["sex", "Girl", 1]]

    def meaning(code: str) -> dict[str, Any]:
        return {
            "version": told["version"],
            "mapping": {"items": {"sex": {"column": "sex", "codes": {"Girl": code}}}},
        }

    said = problem(client.send("put", f"{one}mapping/", meaning("dragon")), 422, "invalid")
    assert "dragon" in said["errors"][0]["detail"]
    assert client.send("put", f"{one}mapping/", meaning("female")).status_code == 200
    assert _passed(client, one, cedar, keeps=False)["returned"] == 0
    assert _passed(client, one, cedar, keeps=True)["created"] == 2


FIGURES = b"State,year,workers,Beds\nCedar,2010,40,4\nBirch,2010,9,9\n"
FIGURES_MAPPING: dict[str, Any] = {
    "year": "year",
    "mine": {"column": "State", "values": ["Cedar"]},
    "source": {"constant": "Yearbook"},
    "wide": {"workers": {"figure": "caseworkers"}, "Beds": {"figure": "Beds for teens", "unit": "count"}},
}


@pytest.fixture
def figures(client: Software, cedar: Jurisdiction) -> str:
    """The address of an upload of yearly figures."""
    brought = bring(client, FIGURES, path=f"{UPLOADS}?shape=figures").json()
    tasks.unpack_uploads(cedar.pk)
    return f"{UPLOADS}{brought['upload']}/"


def test_yearly_figures_come_in_by_a_mapping_of_their_own(
    client: Software, cedar: Jurisdiction, figures: str
) -> None:
    version = client.get(figures).json()["version"]
    kept = client.send("put", f"{figures}mapping/", {"version": version, "mapping": FIGURES_MAPPING})
    assert kept.json()["mapping"] == FIGURES_MAPPING
    assert _passed(client, figures, cedar, keeps=False)["created"] == 2
    assert _passed(client, figures, cedar, keeps=True)["created"] == 2
    with jurisdiction_scope(cedar.pk):
        found = YearlyFigure.objects.standing().values_list("name", "year", "value", "source")
        assert set(found) == {("caseworkers", 2010, 40, "Yearbook"), ("Beds for teens", 2010, 4, "Yearbook")}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"year": None}, "Choose the column that says the year."),
        ({"wide": ["workers"]}, "`wide` must be a list of settings."),
        ({"source": "Yearbook"}, "`source` must be a list of settings."),
        ({"wide": {"workers": "caseworkers"}}, "Give the figure in “workers” a name"),
        ({"mine": {"column": "State", "values": 5}}, "`mine.values` must be a list."),
        (
            {"long": {"names": "a", "value": "b", "figures": [1]}},
            "`long.figures` must be a list of settings.",
        ),
        ({"blank": 1}, "`blank` must be a list."),
        ({"ignore": "Beds"}, "`ignore` must be a list."),
        ({"header_row": "x"}, "`header_row` must be the number of a row"),
    ],
)
def test_what_a_mapping_of_figures_lacks_is_said(
    client: Software, figures: str, wrong: dict[str, Any], words: str
) -> None:
    sent = {"version": client.get(figures).json()["version"], "mapping": FIGURES_MAPPING | wrong}
    errors = problem(client.send("put", f"{figures}mapping/", sent), 422, "invalid")["errors"]
    assert any(one["detail"].startswith(words) for one in errors), errors


def test_past_reviews_of_another_make_are_mapped_by_their_own_document(
    client: Software, cedar: Jurisdiction
) -> None:
    one = f"{UPLOADS}{bring(client, csv_of(REPEATING), path=f'{UPLOADS}?shape=reviews').json()['upload']}/"
    tasks.unpack_uploads(cedar.pk)
    told = client.get(one).json()
    assert [part["section"] for part in told["mapping"]["instruments"]] == [
        "needs",
        "",
        "recommendations",
        "",
    ]
    mapping = told["mapping"]
    mapping["instruments"][1]["section"] = "weather"
    mapping["items"]["incident_type"] = {
        "column": "incident_kind",
        "codes": {"NF": "near_fatality", "F": "fatality"},
    }
    said = problem(client.send("put", f"{one}mapping/", {"version": 1, "mapping": mapping}), 422, "invalid")
    assert "“weather” is no section that repeats" in said["errors"][0]["detail"]
    mapping["instruments"][1]["section"] = "-"
    kept = client.send("put", f"{one}mapping/", {"version": 1, "mapping": mapping})
    assert kept.status_code == 200, kept.content
    assert _passed(client, one, cedar, keeps=False)["created"] == 2


def _passed(client: Software, one: str, agency: Jurisdiction, *, keeps: bool) -> dict[str, Any]:
    asked = client.send("post", f"{one}runs/", {"keeps": keeps})
    assert asked.status_code == 202, asked.content
    assert client.send("post", f"{one}runs/", {"keeps": keeps}).json()["run"] == asked.json()["run"]
    tasks.run_imports(agency.pk)
    told: dict[str, Any] = client.get(f"{one}runs/{asked.json()['run']}/").json()
    assert told["state"] == "done"
    return told


def _taken_back(client: Software, receipt: str, agency: Jurisdiction) -> None:
    """By a worker, as from the page: it may take longer than a request has."""
    assert client.get(receipt).json()["undoing"] is None
    for _ in range(2):
        asked = client.post(f"{receipt}undo/")
        assert asked.status_code == 202, asked.content
        assert asked.json()["undoing"] == "waiting"
    assert client.get(receipt).json()["undoing"] == "waiting"
    with jurisdiction_scope(agency.pk):
        assert Incident.objects.count() == 14
        assert AuditEvent.objects.filter(kind="import.undo_asked").count() == 1
    assert tasks.undo_imports(agency.pk) == 1
    told = client.get(receipt).json()
    assert (told["undoing"], told["removed"], told["restored"]) == (None, 14, 0)
    assert told["undone_at"]
    said = problem(client.post(f"{receipt}undo/"), 422, "refused")
    assert said["problems"][0]["code"] == "undo.already"


def test_why_an_import_could_not_be_taken_back_is_said(
    client: Software, cedar: Jurisdiction, coordinator: User
) -> None:
    asked: dict[str, Any] = {"by": member(coordinator, cedar), "jurisdiction": cedar}
    asked |= {"refused": "Somebody has changed something.", "done_at": timezone.now()}

    def queries(receipts: int) -> int:
        with CaptureQueriesContext(connection) as caught:
            rows = client.get(RECEIPTS).json()["results"]
        assert len(rows) == receipts
        assert {row["undoing"] for row in rows} == {"refused"}
        assert {row["undo_refused"] for row in rows} == {"Somebody has changed something."}
        return len(caught)

    counts = []
    for numbers in (range(1, 2), range(2, 21)):
        for n in numbers:
            receipt = imported(cedar, f"2018-{n:03}").imported_by
            with jurisdiction_scope(cedar.pk):
                ImportUndoing.objects.create(receipt=receipt, **asked)
        counts.append(queries(numbers.stop - 1))
    assert counts[1] <= counts[0]  # the first call of a token notes its day


def test_what_is_no_file_is_said(client: Software, cedar: Jurisdiction) -> None:
    problem(bring(client, b""), 422, "refused")
    problem(bring(client, name=""), 400, "unreadable")
    problem(bring(client, path=f"{UPLOADS}?shape=people"), 422, "invalid")
    problem(client.generic("POST", UPLOADS, b"x", CONTENT_LENGTH=str(FILE_BYTES + 1)), 413, "too-large")
    with jurisdiction_scope(cedar.pk):
        assert not Upload.objects.exists()
    broken = bring(client, b"PK\x03\x04 not a workbook", name="past.xlsx").json()["upload"]
    tasks.unpack_uploads(cedar.pk)
    told = client.get(f"{UPLOADS}{broken}/").json()
    assert told["state"] == "refused"
    assert told["refused"]


def test_a_name_is_a_name_and_no_place(client: Software, cedar: Jurisdiction) -> None:
    for name in ("../../etc/passwd", "a\\b\\c.csv", '"x.csv"; x=y', "x" * 300):
        told = bring(client, b"a,b\n1,2\n", name=name)
        assert told.status_code in (202, 400), (name, told.content)
        if told.status_code == 202:
            assert not set("/\\") & set(told.json()["file_name"])


def test_it_is_one_s_own_file(
    client: Software, cedar: Jurisdiction, quality_lead: User, outsider: User, reviewer: User
) -> None:
    one = f"{UPLOADS}{bring(client).json()['upload']}/"
    birch = Jurisdiction.objects.get(slug="birch")
    for other, status, kind in (
        (software(quality_lead, cedar), 403, "role"),
        (software(outsider, birch), 404, "not-found"),
        (Software(), 401, "no-token"),
    ):
        problem(other.get(one), status, kind)
        problem(other.delete(one), status, kind)
        problem(bring(other), status, kind)
    assert software(quality_lead, cedar).get(RECEIPTS).status_code == 200
    problem(software(reviewer, cedar).get(RECEIPTS), 403, "role")


def test_another_sheet_or_row_of_headings(client: Software, cedar: Jurisdiction) -> None:
    one = f"{UPLOADS}{bring(client).json()['upload']}/"
    tasks.unpack_uploads(cedar.pk)
    assert client.send("put", f"{one}sheet/", {"sheet": 0, "header_row": 2}).status_code == 202
    problem(client.send("put", f"{one}sheet/", {"sheet": 5, "header_row": 1}), 422, "refused")


def test_of_two_undoings_that_were_refused_the_later_says_why(
    client: Software, cedar: Jurisdiction, by: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        counts = {
            "accepted": 1,
            "with_warnings": 0,
            "returned": 0,
            "created": 1,
            "changed": 0,
            "unchanged": 0,
        }
        receipt = IncidentImport.objects.create(
            jurisdiction=cedar,
            file_name="x.csv",
            sha256="0" * 64,
            mapping_sha256="0" * 64,
            by=by,
            rows=1,
            **counts,
        )
        for refused in ("An earlier reason.", "Somebody has changed something since."):
            ImportUndoing.objects.create(
                jurisdiction=cedar, receipt=receipt, by=by, refused=refused, done_at=timezone.now()
            )
    told = client.get(f"{RECEIPTS}{receipt.pk}/").json()
    assert (told["undoing"], told["undo_refused"]) == ("refused", "Somebody has changed something since.")


def test_the_empty_workbook_of_past_reviews_is_the_page_s(
    client: Software, coordinator: User, cedar: Jurisdiction
) -> None:
    got = client.get("/api/v1/j/cedar/imports/template/")
    assert got.headers["Content-Type"] == XLSX
    browser = Client()
    browser.force_login(coordinator)
    assert got.content == browser.get("/j/cedar/imports/template/").content
    problem(software(coordinator, cedar, "read").get("/api/v1/j/cedar/imports/template/"), 403, "scope")


def test_what_stands_here_is_told_of_a_pass_to_who_may_read_alone(
    client: Software, coordinator: User, cedar: Jurisdiction, figures: str
) -> None:
    version = client.get(figures).json()["version"]
    client.send("put", f"{figures}mapping/", {"version": version, "mapping": FIGURES_MAPPING})
    for keeps in (False, True):
        _passed(client, figures, cedar, keeps=keeps)
    brought = bring(client, FIGURES.replace(b"40", b"41"), path=f"{UPLOADS}?shape=figures").json()
    tasks.unpack_uploads(cedar.pk)
    again = f"{UPLOADS}{brought['upload']}/"
    client.send("put", f"{again}mapping/", {"version": 1, "mapping": FIGURES_MAPPING})
    run = _passed(client, again, cedar, keeps=False)
    assert run["told"]["changes"][0]["before"].startswith("40")
    imports = software(coordinator, cedar, "import")
    at = f"{again}runs/{run['run']}/"
    assert imports.get(at).json()["changed"] == 1
    assert imports.get(at).json()["told"].keys() <= {"unread", "unmapped"}
    problem(imports.get(f"{at}workbook/"), 403, "scope")
    assert client.get(f"{at}workbook/").status_code == 200
