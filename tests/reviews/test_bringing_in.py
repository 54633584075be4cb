"""Bringing a file in through the browser, from the upload to the rows that came in; and what each step refuses."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from jurisdictions.models import Jurisdiction, Membership
from jurisdictions.tenancy import jurisdiction_scope
from reviews import tasks
from reviews.models import ImportRun, Incident, SavedMapping, Upload

pytestmark = pytest.mark.django_db

FILE = Path(__file__).resolve().parent.parent.parent / "examples" / "messy-incidents.csv"


@pytest.fixture
def browser(client: Client, by: Membership) -> Client:
    client.force_login(by.user)
    return client


@pytest.fixture
def bring(browser: Client, cedar: Jurisdiction) -> Any:
    """Upload a file and have it looked at; the upload as it stands then."""

    def go(name: str = "past.csv", content: bytes | None = None) -> Upload:
        file = SimpleUploadedFile(name, FILE.read_bytes() if content is None else content)
        answer = browser.post(reverse("imports:new", args=["cedar"]), {"file": file})
        assert answer.status_code == 302, answer.content
        tasks.unpack_uploads(cedar.pk)
        with jurisdiction_scope(cedar.pk):
            return Upload.objects.latest("pk")

    return go


def form_of(browser: Client, url: str) -> dict[str, Any]:
    """What the form of a page would send, if nothing were touched."""
    from html.parser import HTMLParser

    class Forms(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.data: dict[str, list[str]] = {}
            self.select = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            name = given.get("name") or ""
            if tag == "input" and name and (given.get("type") != "checkbox" or "checked" in given):
                self.data.setdefault(name, []).append(given.get("value") or "")
            elif tag == "select":
                self.select, self.data[name] = name, []
            elif tag == "option" and self.select and ("selected" in given or not self.data[self.select]):
                self.data[self.select] = [str(given.get("value"))]

        def handle_endtag(self, tag: str) -> None:
            if tag == "select":
                self.select = ""

    page = browser.get(url)
    assert page.status_code == 200
    reader = Forms()
    reader.feed(page.content.decode())
    return reader.data


def test_a_messy_file_comes_in_by_what_is_proposed(browser: Client, bring: Any, cedar: Jurisdiction) -> None:
    upload = bring()
    columns = reverse("imports:mapping", args=["cedar", upload.pk])
    values = reverse("imports:values", args=["cedar", upload.pk])
    answer = browser.post(columns, form_of(browser, columns))
    assert answer.status_code == 302, answer.content.decode()
    answer = browser.post(values, form_of(browser, values))
    assert answer.status_code == 302, answer.content.decode()
    tasks.run_imports(cedar.pk)
    page = browser.get(answer.url).content.decode()
    assert "This is what would happen" in page
    with jurisdiction_scope(cedar.pk):
        trial = ImportRun.objects.get()
        assert not Incident.objects.exists()
        assert trial.rows == trial.accepted + trial.with_warnings + trial.returned == 24
        assert not SavedMapping.objects.exists()
    answer = browser.post(reverse("imports:ask", args=["cedar", upload.pk]), {"keep": "1"})
    tasks.run_imports(cedar.pk)
    with jurisdiction_scope(cedar.pk):
        kept = ImportRun.objects.latest("pk")
        assert (kept.refused, kept.work_state, kept.keeps) == ("", "done", True)
        assert Incident.objects.count() == kept.created == trial.created > 10
        assert SavedMapping.objects.get().name == "past"
    assert browser.get(answer.url).status_code == 200
    back = browser.get(reverse("imports:workbook", args=["cedar", upload.pk, kept.pk]))
    assert b"".join(back)[:2] == b"PK"
