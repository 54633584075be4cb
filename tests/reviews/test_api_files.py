"""Lists of incidents and data packs by other software: asked for, made by a worker, handed to who asked and may."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from openpyxl import load_workbook

from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.team import step_back
from reviews.handing_out import ZIP
from reviews.models import DataPack, IncidentExport, Review
from reviews.tasks import write_exports, write_packs
from tests.cast import make_person
from tests.jurisdictions.test_api_door import problem
from tests.reviews.incident_situations import notified
from tests.tokens import Software, software

pytestmark = pytest.mark.django_db
LISTS = "/api/v1/j/cedar/incidents/exports/"
PACKS = "/api/v1/j/cedar/reviews/data/"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of this test lie in a folder of its own."""
    monkeypatch.setattr(default_storage, "_wrapped", FileSystemStorage(location=tmp_path))
    return tmp_path


@pytest.fixture
def client(coordinator: User, cedar: Jurisdiction) -> Software:
    return software(coordinator, cedar)


def asked(client: Software, address: str, **what: Any) -> str:
    answer = client.send("post", address, what)
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting"), answer.content
    return f"{address}{answer.json()['export' if address == LISTS else 'pack']}/"


def test_a_list_is_what_its_filters_say(client: Software, cedar: Jurisdiction, coordinator: User) -> None:
    notified(cedar, coordinator, county="Alder")
    notified(cedar, coordinator, county="Rowan", incident_type="serious_injury")
    one = asked(client, LISTS, type="fatality", sort="oldest")
    problem(client.get(f"{one}file/"), 404, "not-found")
    assert write_exports(cedar.pk) == 1
    told = client.get(one).json()
    assert (told["state"], told["rows"]) == ("done", 1)
    assert told["filters"] == {"type": "fatality", "sort": "oldest"}
    assert client.get(LISTS).json()["results"] == [told]
    file = client.get(f"{one}file/")
    assert file.headers["Content-Disposition"].startswith('attachment; filename="incidents-cedar-')
    book = load_workbook(io.BytesIO(b"".join(file)))
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert "Alder" in cells
    assert "Rowan" not in cells
    with jurisdiction_scope(cedar.pk):
        kinds = set(
            AuditEvent.objects.filter(about__startswith="incidentexport:").values_list("kind", flat=True)
        )
    assert kinds == {"incidents.export_asked", "incidents.exported", "incidents.downloaded"}


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"type": "no-such-type"}, "/type"),
        ({"state": "lost"}, "/state"),
        ({"year": "26"}, "/year"),
        ({"sort": "county"}, "/sort"),
        ({"kind": "fatality"}, "/kind"),
    ],
)
def test_a_filter_that_no_list_has_is_refused(
    client: Software, cedar: Jurisdiction, sent: dict[str, str], pointer: str
) -> None:
    (error,) = problem(client.send("post", LISTS, sent), 422, "invalid")["errors"]
    assert error["pointer"] == pointer
    with jurisdiction_scope(cedar.pk):
        assert not IncidentExport.objects.exists()


def test_a_pack_holds_what_was_chosen(client: Software, review: Review, cedar: Jurisdiction) -> None:
    one = asked(client, PACKS, groups=["under_way"], parts=["redcap"])
    problem(client.get(f"{one}file/"), 404, "not-found")
    assert write_packs(cedar.pk) == 1
    told = client.get(one).json()
    assert (told["state"], told["reviews"], told["groups"], told["parts"]) == (
        "done",
        1,
        ["under_way"],
        ["redcap"],
    )
    assert client.get(PACKS).json()["results"] == [told]
    file = client.get(f"{one}file/")
    assert file.headers["Content-Type"] == ZIP
    names = zipfile.ZipFile(io.BytesIO(b"".join(file))).namelist()
    assert "README.txt" in names
    assert any("redcap" in name for name in names)
    assert not any("spss" in name for name in names)


@pytest.mark.parametrize(
    "sent", [{}, {"groups": []}, {"groups": ["withdrawn"]}, {"groups": ["approved"], "parts": ["all"]}]
)
def test_a_pack_of_nothing_is_refused(client: Software, cedar: Jurisdiction, sent: dict[str, Any]) -> None:
    problem(client.send("post", PACKS, sent), 422, "invalid")
    with jurisdiction_scope(cedar.pk):
        assert not DataPack.objects.exists()


def test_who_stepped_back_since_gets_neither_and_that_is_written_down(
    client: Software, review: Review, by: Membership, cedar: Jurisdiction
) -> None:
    pack, made = asked(client, PACKS, groups=["under_way"]), asked(client, LISTS)
    write_packs(cedar.pk)
    write_exports(cedar.pk)
    with jurisdiction_scope(cedar.pk):
        step_back(review, who=by, reason="A cousin.", by=by)
    for one, kind in ((pack, "pack"), (made, "incidents")):
        assert client.get(one).json()["state"] == "withheld"
        said = problem(client.get(f"{one}file/"), 410, "gone")
        assert "that you may not see any more" in said["detail"]
        with jurisdiction_scope(cedar.pk):
            assert AuditEvent.objects.get(kind=f"{kind}.download_refused").ids["why"] == "withheld"


def test_a_file_that_has_gone_from_the_store_is_said(
    client: Software, review: Review, cedar: Jurisdiction, store: Path
) -> None:
    one = asked(client, PACKS, groups=["under_way"])
    write_packs(cedar.pk)
    next(store.rglob("*.zip")).unlink()
    assert "no longer there" in problem(client.get(f"{one}file/"), 410, "gone")["detail"]


def test_nobody_else_gets_them(
    client: Software, review: Review, cedar: Jurisdiction, outsider: User, reviewer: User, coordinator: User
) -> None:
    made = [asked(client, PACKS, groups=["under_way"]), asked(client, LISTS)]
    write_packs(cedar.pk)
    write_exports(cedar.pk)
    birch = Jurisdiction.objects.get(slug="birch")
    second = make_person("second", cedar, Role.COORDINATOR, Role.DIRECTOR)
    for other, status, kind in (
        (software(second, cedar), 404, "not-found"),
        (software(reviewer, cedar), 403, "role"),
        (software(outsider, birch), 404, "not-found"),
        (Software(), 401, "no-token"),
    ):
        for one in made:
            problem(other.get(one), status, kind)
            problem(other.get(f"{one}file/"), status, kind)
    problem(software(coordinator, cedar, "read").send("post", LISTS, {}), 403, "scope")
    assert software(second, cedar).get(PACKS).json() == {"results": []}
