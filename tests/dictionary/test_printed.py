"""The codebook and the blank form on paper: tagged, whole, made once, and there for who is signed in."""

import copy
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.test import Client
from django.utils import timezone
from pdfua import Severity, validate
from pypdf import PdfReader

from dictionary import editions, paper, printed
from dictionary.blank import blank_form
from dictionary.history import changes, history_of
from dictionary.models import Edition
from dictionary.schema import load
from dictionary.tasks import print_editions
from jurisdictions.models import User

pytestmark = pytest.mark.django_db
KINDS = list(printed.KINDS)
PAGE = "/codebook/1.0/paper/{}/"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(default_storage, "_wrapped", FileSystemStorage(location=tmp_path / "files"))
    return tmp_path / "files"


@pytest.fixture(autouse=True)
def nothing_asked_for_yet() -> Any:
    printed.shared.clear()
    yield
    printed.shared.clear()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Edition:
    """The small edition of the tests, as it would stand in the database."""
    document = editions.read_folder(Path(__file__).parent / "small")
    monkeypatch.setattr(printed, "histories", lambda: history_of([load(document)]))
    return Edition(
        number="0.9", document=document, sha256="5" * 64, status="in_force", released_at=timezone.now()
    )


@pytest.mark.parametrize("kind", KINDS)
def test_pdfua_has_no_complaint_and_it_says_what_it_is(small: Edition, kind: str, tmp_path: Path) -> None:
    rendered = paper.print_html(printed.KINDS[kind].write(small), paper="letter")
    (tmp_path / "paper.pdf").write_bytes(rendered.content)
    found = validate(str(tmp_path / "paper.pdf")).findings
    assert [one for one in found if one.severity is not Severity.INFO] == []
    reader = PdfReader(io.BytesIO(rendered.content))
    assert reader.metadata is not None
    title = {"codebook": "Codebook", "blank-form": "Blank form"}[kind]
    assert reader.metadata.title == f"{title}, edition {small.parsed.number}"
    assert reader.trailer["/Root"]["/Lang"] == "en-US"
    assert len([one for one in reader.outline if not isinstance(one, list)]) > len(small.parsed.parts)
    text = [page.extract_text() for page in reader.pages]
    assert all(f"Page {at} of {len(text)}" in page for at, page in enumerate(text[1:], 2))
    whole = re.sub(r"\s+", "", "".join(text))
    for item in small.parsed:
        assert re.sub(r"\s+", "", item.label) in whole
        for choice in item.choices:
            assert re.sub(r"\s+", "", choice.label) in whole


def test_every_question_of_the_shipped_edition_has_somewhere_to_answer() -> None:
    edition = editions.load_folder(editions.latest_folder())
    asked = [
        question
        for part in blank_form(edition)
        for section in part.sections
        for group in section.groups
        for question in group.questions
    ]
    assert [question.item.key for question in asked] == [
        item.key for part in edition.parts for item in edition.items_of(part.key)
    ]
    assert len({question.number for question in asked}) == len(asked) == len(edition)
    for question in asked:
        ways = [bool(question.boxes), bool(question.lines), question.is_date, question.is_number]
        assert ways.count(True) == 1, question.item.key


def test_the_first_who_asks_waits_and_then_it_is_there(
    client: Client, reviewer: User, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung = []
    monkeypatch.setattr(printed.doorbell, "ring", lambda task, agency: rung.append((task, agency)))
    client.force_login(reviewer)
    page = PAGE.format("blank-form")
    for _ in range(3):
        assert "The PDF is being made" in client.get(page).content.decode()
    assert rung == [("dictionary.tasks.print_editions", None)]
    assert "<h1>" not in client.get(page, headers={"HX-Request": "true"}).content.decode()
    assert client.get(f"{page}file/").url == page
    edition, kind = Edition.objects.in_force(), printed.KINDS["blank-form"]
    default_storage.save(printed.stored_name(edition, kind), io.BytesIO(b"%PDF stands for it"))  # type: ignore[arg-type]
    assert "Get the PDF" in client.get(page).content.decode()
    answer = client.get(f"{page}file/")
    assert b"".join(answer.streaming_content) == b"%PDF stands for it"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="blank-form-1.0.pdf"'
    assert 'href="/codebook/1.0/paper/blank-form/"' in client.get("/codebook/1.0/").content.decode()


@pytest.mark.parametrize("path", ["codebook/", "codebook/file/"])
def test_strangers_sign_in_first(client: Client, path: str) -> None:
    assert client.get(f"/codebook/1.0/paper/{path}").status_code == 302
    assert "/account/sign-in/" in client.get(f"/codebook/1.0/paper/{path}").url


@pytest.mark.parametrize("path", ["/codebook/9.9/paper/codebook/", "/codebook/1.0/paper/poster/"])
def test_what_is_not_there_is_not_found(client: Client, reviewer: User, path: str) -> None:
    client.force_login(reviewer)
    assert client.get(path).status_code == 404
    assert client.get(f"{path}file/").status_code == 404


def test_each_paper_is_printed_once(monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    made = []

    def quick(html: str, **_: Any) -> paper.Rendered:
        made.append(html)
        return paper.Rendered(html.encode(), "", 1)

    monkeypatch.setattr(paper, "print_html", quick)
    print_editions()
    print_editions()
    assert len(made) == len(KINDS)
    assert len(list(store.rglob("*.pdf"))) == len(KINDS)


def test_history_says_what_changed_from_edition_to_edition() -> None:
    first = editions.read_folder(Path(__file__).parent / "small")
    second, third = copy.deepcopy(first), copy.deepcopy(first)
    items = {item["key"]: item for section in second["sections"] for item in section["items"]}
    items["certified_by"]["label"] = "Who certified it?"
    items["certified_by"]["max_length"] = 80
    second["number"], third["number"] = "9.1", "9.2"
    for document in (second, third):
        for section in document["sections"]:
            section["items"] = [
                one for one in section["items"] if document is third or one["key"] != "need_helped"
            ]
    told = history_of([load(first), load(second), load(third)])
    number = first["number"]
    assert told["need_met"] == f"Since edition {number}."
    assert told["certified_by"] == (
        f"Since edition {number}. Changed in edition 9.1: question, limits. Changed in edition 9.2: question, limits."
    )
    assert told["need_helped"] == (
        f"Since edition {number}. Not asked since edition 9.1. Asked again since edition 9.2."
    )
    assert changes(load(first).item("need_met"), load(third).item("need_met")) == []
