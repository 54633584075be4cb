"""Somebody who maps past reviews on the pages of an import."""

import io
import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from jurisdictions.models import Jurisdiction
from jurisdictions.tenancy import jurisdiction_scope
from reviews import tasks
from reviews.content import Content, read_content
from reviews.imports.columns import chosen_in, parse
from reviews.models import ImportRun, Review, Upload
from tests.reviews.import_situations import form_of
from tests.reviews.past_projects import FLAT_DICTIONARY


class Desk:
    """Somebody at the pages of an import."""

    def __init__(self, client: Client, agency: Jurisdiction) -> None:
        self.client, self.agency = client, agency

    def bring(self, content: bytes, name: str = "project.csv") -> Upload:
        data = {"file": SimpleUploadedFile(name, content), "shape": "reviews"}
        assert self.client.post(reverse("imports:new", args=["cedar"]), data).status_code == 302
        tasks.unpack_uploads(self.agency.pk)
        with jurisdiction_scope(self.agency.pk):
            return Upload.objects.latest("pk")

    def url(self, page: str, upload: Upload) -> str:
        return reverse(f"imports:{page}", args=["cedar", upload.pk])

    def label(self, upload: Upload, content: bytes = FLAT_DICTIONARY) -> Any:
        data = {"labels": "1", "dictionary": SimpleUploadedFile("dictionary.csv", content)}
        return self.client.post(self.url("mapping", upload), data)

    def columns(self, upload: Upload, **said: Any) -> Any:
        url = self.url("mapping", upload)
        return self.client.post(url, form_of(self.client, url) | said)

    def try_it(self, upload: Upload, columns: dict[str, Any] | None = None, **values: Any) -> ImportRun:
        """Post both pages as they stand, but for what is said here; the trial."""
        answer = self.columns(upload, **columns or {})
        assert answer.status_code == 302, said_wrong(answer)
        url = self.url("values", upload)
        answer = self.client.post(url, form_of(self.client, url) | values)
        assert answer.status_code == 302, said_wrong(answer)
        return self.made()

    def keep(self, upload: Upload) -> ImportRun:
        return self.tried(upload, keep="1")

    def tried(self, upload: Upload, **said: str) -> ImportRun:
        """Ask for a trial of what was kept of an upload, or with `keep` for the import itself."""
        assert self.client.post(self.url("ask", upload), said).status_code == 302
        return self.made()

    def made(self) -> ImportRun:
        """The last pass that was asked for, made."""
        tasks.run_imports(self.agency.pk)
        with jurisdiction_scope(self.agency.pk):
            run = ImportRun.objects.select_related("receipt").latest("pk")
        assert (run.refused, run.work_state) == ("", "done")
        return run

    def chosen(self, upload: Upload) -> dict[str, str]:
        """What stands for each column, kept or proposed, by what the pages keep when they are posted as they are."""
        self.columns(upload)
        with jurisdiction_scope(self.agency.pk):
            return chosen_in(parse(Upload.objects.get(pk=upload.pk).mapping))

    def back(self, run: ImportRun) -> Worksheet:
        """The first sheet of the workbook that goes back."""
        answer = self.client.get(reverse("imports:workbook", args=["cedar", run.upload_id, run.pk]))
        return load_workbook(io.BytesIO(b"".join(answer))).worksheets[0]

    def content(self, key: str) -> Content:
        review = Review.objects.select_related("incident", "edition").get(incident__source_key=key)
        return read_content(review.incident, review.edition.parsed)


def said_wrong(answer: Any) -> list[str]:
    """What a page says is wrong."""
    return re.findall(r"Error: </span>([^<]*)", answer.content.decode())


def marked(sheet: Worksheet) -> dict[str, Any]:
    """The marked cells by their addresses, without our own columns beside them."""
    own = [cell.column for cell in sheet[1] if str(cell.value).startswith("NPCS")]
    return {
        cell.coordinate: cell.value
        for row in sheet.iter_rows(min_row=2)
        for cell in row
        if cell.fill.fill_type and cell.column not in own
    }
