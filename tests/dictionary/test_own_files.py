"""The pages of a file of questions: it is brought, looked at and taken over, and its report is had."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from dictionary import editions
from dictionary.interchange import own_file
from dictionary.models import OwnDraft, QuestionFile
from dictionary.own.actions import start_draft
from dictionary.own.taking import read_file
from jurisdictions.models import Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import member
from tests.dictionary.own_questions import own_edition

FOLDER = Path(__file__).parent / "redcap"


@pytest.fixture(scope="module")
def base() -> dict[str, Any]:
    return editions.read_folder(editions.latest_folder())


@pytest.fixture
def pages(client: Client, administrator: User, cedar: Jurisdiction) -> Client:
    client.force_login(administrator)
    with jurisdiction_scope(cedar.pk):
        start_draft(by=member(administrator, cedar))
    return client


def url(name: str) -> str:
    return reverse(f"questions:{name}", args=["cedar"])


@pytest.fixture
def bring(pages: Client) -> Callable[..., Any]:
    def go(data: bytes, name: str = "ward.yaml") -> Any:
        return pages.post(url("upload"), {"file": SimpleUploadedFile(name, data)})

    return go


def keys(cedar: Jurisdiction) -> list[str]:
    with jurisdiction_scope(cedar.pk):
        return [one["key"] for one in OwnDraft.objects.get().questions]


@pytest.mark.django_db
def test_a_file_is_read_looked_at_and_taken_over(
    pages: Client, bring: Any, base: dict[str, Any], cedar: Jurisdiction
) -> None:
    assert bring(own_file.write(own_edition())).status_code == 302
    assert keys(cedar) == []
    page = pages.get(url("file")).content.decode()
    assert "13 things, and what becomes of each." in page
    assert page.count("checked") == 3
    assert "It may be left open: own questions never stop a review." in page
    assert pages.post(url("file"), {"take": ["own_shift", "own_late"]}).status_code == 302
    assert keys(cedar) == ["own_shift", "own_late"]
    again = pages.get(url("file")).content.decode()
    assert again.count("Stands in the draft like this") == 2
    assert again.count("checked") == 1


@pytest.mark.django_db
def test_what_a_condition_asks_about_has_to_come_along(
    pages: Client, bring: Any, base: dict[str, Any], cedar: Jurisdiction
) -> None:
    bring(own_file.write(own_edition()))
    for take, words in (
        (["own_late"], "“How late?” is shown after another question. Tick “Which shift?” too."),
        ([], "Tick at least one question."),
        (["own_nothing"], "Tick at least one question."),
    ):
        answer = pages.post(url("file"), {"take": take})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert keys(cedar) == []


@pytest.mark.django_db
def test_what_a_remark_asks_about_has_to_come_along_too(
    pages: Client, bring: Any, base: dict[str, Any], cedar: Jurisdiction
) -> None:
    document = own_edition()
    del document["sections"][0]["items"][1]["when"]
    rule = {"any": [{"<": ["late", 24]}, {"=": ["shift", "night"]}]}
    document["sections"][0]["items"][1]["checks"] = [{"rule": rule, "message": "By day?"}]
    bring(own_file.write(document))
    answer = pages.post(url("file"), {"take": ["own_late"]})
    assert answer.status_code == 422
    assert (
        "“How late?” is compared with another question. Tick “Which shift?” too." in answer.content.decode()
    )
    assert keys(cedar) == []


@pytest.mark.django_db
def test_the_report_is_a_workbook_with_every_line(pages: Client, bring: Any, base: dict[str, Any]) -> None:
    bring((FOLDER / "case_review.csv").read_bytes(), "case_review.csv")
    offered = read_file((FOLDER / "case_review.csv").read_bytes(), "case_review.csv", base)
    sheet = load_workbook(BytesIO(pages.get(url("losses")).content)).active
    assert sheet.max_row == len(offered.losses) + 1
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in rows] == [loss.field for loss in offered.losses]


@pytest.mark.django_db
def test_what_is_wrong_stands_on_the_page_with_row_column_and_mend(
    pages: Client, bring: Any, cedar: Jurisdiction
) -> None:
    data = re.sub(rb"radio|yesno|checkbox", b"wheel", (FOLDER / "clinic_intake.csv").read_bytes())
    answer = bring(data, "intake.csv")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "places of the file need mending." in page
    assert "“wheel” is no field type. Use one of:" in page
    assert "<td>Field Type</td>" in page
    with jurisdiction_scope(cedar.pk):
        assert not QuestionFile.objects.exists()


@pytest.mark.django_db
def test_no_file_is_told(pages: Client) -> None:
    answer = pages.post(url("upload"))
    assert answer.status_code == 422
    assert "Choose a file." in answer.content.decode()
