"""One choice's label is changed in an edition: every file that says it changes, in that place, and nothing else does.
The dictionary's own files are in tests/dictionary/test_one_label.py."""

import copy
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from dictionary import editions, models, printed
from dictionary.models import Edition
from dictionary.schema import load
from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews import pdf
from reviews.documents import ReportDocument, read_report
from reviews.models import Review, ReviewReport
from reviews.word import rendering
from tests.cast import member
from tests.reviews.packs import packed
from tests.reviews.situations import answer
from tests.reviews.written_review import write_review

pytestmark = pytest.mark.django_db

OLD, NEW = "Offered and taken up", "Offered, and they took it up"


@pytest.fixture
def relabel(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on the edition in force has another label for one code."""

    def go() -> None:
        document: dict[str, Any] = copy.deepcopy(editions.read_folder(editions.latest_folder()))
        (one,) = (choice for choice in document["choices"]["support_levels"] if choice["label"] == OLD)
        one["label"] = NEW
        sha256 = Edition.objects.in_force().sha256
        monkeypatch.setitem(models._read, sha256, replace(load(document), sha256=sha256))

    return go


@pytest.fixture
def review(cedar: Jurisdiction, lead: Membership, director: User) -> Review:
    """A review with the answer whose label changes, once."""
    with jurisdiction_scope(cedar.pk):
        review = write_review(cedar, lead, member(director, cedar))
        edition = review.edition.parsed
        asked = [item.key for item in edition if item.choices_key == "support_levels"]
        review.incident.answers.filter(item__in=asked).delete()
        (first, *_) = (key for key in asked if edition.item(key).section == "safety")
        answer(review, lead, first, edition.item(first).choices[0].code)
    return review


def differences(old: bytes, new: bytes) -> list[tuple[str, str]]:
    pairs = zip(old.decode().splitlines(), new.decode().splitlines(), strict=True)
    return [(a, b) for a, b in pairs if a != b]


def cells(content: bytes) -> dict[tuple[str, str], Any]:
    book = load_workbook(io.BytesIO(content))
    return {(page.title, cell.coordinate): cell.value for page in book for row in page for cell in row}


def test_in_a_pack(review: Review, by: Membership, relabel: Callable[[], None]) -> None:
    before = packed(by)
    relabel()
    after = packed(by)
    assert before.keys() == after.keys()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        *("reviews.xlsx", "SHA256SUMS.txt", "codebook/codes.csv", "codebook/codebook.json"),
        *("syntax/spss.sps", "syntax/stata.do", "syntax/r.R"),
    }
    for name in changed - {"reviews.xlsx", "SHA256SUMS.txt"}:
        pairs = differences(before[name], after[name])
        assert pairs
        assert all(a.replace(OLD, NEW).replace(f",{NEW},", f',"{NEW}",') == b for a, b in pairs), name
    old, new = cells(before["reviews.xlsx"]), cells(after["reviews.xlsx"])
    pairs = {place: (old[place], new[place]) for place in old if old[place] != new[place]}
    assert set(pairs.values()) == {(OLD, NEW)}
    assert {sheet for sheet, _ in pairs} == {"Reviews", "Codes"}


@pytest.mark.parametrize("kind", list(printed.KINDS))
def test_on_paper(relabel: Callable[[], None], kind: str) -> None:
    edition = Edition.objects.in_force()
    old = printed.KINDS[kind].write(edition)
    relabel()
    new = printed.KINDS[kind].write(Edition.objects.in_force())
    assert old.count(OLD) == new.count(NEW) > 2
    assert old.replace(OLD, NEW) == new


def read(review: Review, lead: Membership) -> ReportDocument:
    with jurisdiction_scope(review.jurisdiction_id):
        edition = Edition.objects.in_force()
        asked = ReviewReport(
            jurisdiction_id=review.jurisdiction_id, review=review, asked_by=lead, sequence=1, edition=edition
        )
        return replace(
            read_report(asked), cover=replace(read_report(asked).cover, asked_at="2026-11-22T09:00:00+00:00")
        )


def words(report: ReportDocument) -> str:
    document = Document(io.BytesIO(rendering.render(report)[0]))
    found = [paragraph.text for paragraph in document.paragraphs]
    found += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(found)


def test_in_the_review_report(review: Review, lead: Membership, relabel: Callable[[], None]) -> None:
    before = read(review, lead)
    relabel()
    after = read(review, lead)
    for said in (pdf.to_html, words):
        old, new = said(before), said(after)
        assert old.count(OLD) == new.count(NEW) == 1
        assert old.replace(OLD, NEW).replace(before.check_code, after.check_code) == new
