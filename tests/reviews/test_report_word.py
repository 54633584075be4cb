"""The review report as a Word document: the same words as the page that the PDF is printed from, in real structure."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.utils.safestring import mark_safe
from docx import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from jurisdictions.models import Jurisdiction, Membership, User
from reviews.documents import ReportDocument
from reviews.pdf import to_html
from reviews.word import rendering, tree
from tests.reviews.situations import answer, make_review
from tests.reviews.test_report_document import read, showpiece  # noqa: F401

RICH = (
    "<h4>What stood out</h4><p>A <strong>bold</strong> word and an <em>other</em> one.</p>"
    "<ol><li>one<ul><li>deeper</li></ul></li><li>two</li></ol><blockquote><p>Said by the nurse.</p></blockquote>"
    '<table><thead><tr><th>Day</th><th colspan="2">What</th></tr></thead><tbody>'
    '<tr><td rowspan="2">Monday</td><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></tbody></table>'
    "<ol><li>first again</li></ol>"
    "<blockquote><p>Quoted first.</p><ul><li>quoted entry</li></ul><h4>Quoted heading</h4>"
    "<table><tbody><tr><td>quoted cell</td></tr></tbody></table>loose words<p>Quoted last.</p></blockquote>"
    "<blockquote><ul><li>alone</li><li>together</li></ul></blockquote>"
    "<ul><li><p>First of two.</p><p>Second of two.</p></li>"
    "<li>before<ol><li>within</li></ol>after<blockquote>said there</blockquote></li>"
    "<li><ul><li>only deeper</li></ul></li><li><h4>Headed</h4>below</li><ul><li>stray</li></ul></ul>"
    "<table><tbody><tr><th><p>One.</p><p>Two.</p></th></tr></tbody></table>"
)


@pytest.fixture
def report(showpiece: ReportDocument) -> ReportDocument:  # noqa: F811
    return replace(showpiece, mark="draft", summary=replace(showpiece.summary, story=mark_safe(RICH)))  # noqa: S308 (our own words)


def opened(report: ReportDocument) -> Any:
    return Document(io.BytesIO(rendering.render(report)[0]))


def words_of_page(node: tree.Node | str) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif node.tag not in ("svg", "head"):
        for child in node.children:
            yield from words_of_page(child)
        yield " " if node.is_block or node.tag in ("br", "span") else ""


def words_of_document(holder: Any) -> Iterator[str]:
    for block in holder.iter_inner_content():
        if isinstance(block, Paragraph):
            yield " " + block.text + " "
        elif isinstance(block, Table):
            seen: set[Any] = set()
            for row in block.rows:
                for cell in row.cells:
                    if cell._tc not in seen:
                        seen.add(cell._tc)
                        yield from words_of_document(cell)


def plain(words: Iterator[str]) -> str:
    return re.sub(r"\s+", "", "".join(words))


def test_it_says_what_the_printed_page_says(report: ReportDocument) -> None:
    page = plain(words_of_page(tree.read(to_html(report))))
    assert plain(words_of_document(opened(report))) == page
    assert len(page) > 20_000


def test_headings_lists_and_tables_are_real(report: ReportDocument) -> None:
    document = opened(report)
    outline = [
        (paragraph.style.name, paragraph.text.replace("\u2002", " "))
        for paragraph in document.paragraphs
        if paragraph.style.name.startswith(("Heading", "Title"))
    ]
    assert outline[0] == ("Title", "Systems-focused critical incident review")
    chapters = [text for style, text in outline if style == "Heading 1"]
    assert [text for text in chapters if text[0].isdigit()][:3] == [
        "1 The incident, the child and the family",
        "2 Agency history",
        "3 Timeline",
    ]
    assert ("Heading 3", "What stood out") in outline
    styles = {paragraph.text: paragraph.style.name for paragraph in document.paragraphs}
    assert (styles["one"], styles["deeper"], styles["Said by the nurse."]) == (
        "List Number",
        "List Bullet 2",
        "Quote",
    )
    looks = {run.text: (run.bold, run.italic) for paragraph in document.paragraphs for run in paragraph.runs}
    assert (looks["bold"], looks["other"]) == ((True, None), (None, True))


def test_blocks_within_blocks_stay_apart_in_their_order(report: ReportDocument) -> None:
    document = opened(report)
    told = [(paragraph.text, paragraph.style.name) for paragraph in document.paragraphs]
    start = told.index(("Quoted first.", "Quote"))
    assert [one for one in told[start:] if one[0] or one[1] == "List Bullet"][:17] == [
        ("Quoted first.", "Quote"),
        ("quoted entry", "List Bullet"),
        ("Quoted heading", "Heading 3"),
        ("loose words", "Quote"),
        ("Quoted last.", "Quote"),
        ("alone", "List Bullet"),
        ("together", "List Bullet"),
        ("First of two.", "List Bullet"),
        ("Second of two.", "List Continue"),
        ("before", "List Bullet"),
        ("within", "List Number 2"),
        ("after", "List Continue"),
        ("said there", "Quote"),
        ("", "List Bullet"),
        ("only deeper", "List Bullet 2"),
        ("Headed", "List Bullet"),
        ("below", "List Continue"),
    ]
    assert told[start:].index(("stray", "List Bullet 2")) > 0
    assert "quoted cell" in [table.cell(0, 0).text for table in document.tables]
    (heading,) = (table for table in document.tables if table.cell(0, 0).text == "One.\nTwo.")
    assert [run.bold for one in heading.cell(0, 0).paragraphs for run in one.runs] == [True, True]


def test_each_numbered_list_begins_at_one(report: ReportDocument) -> None:
    numbers = {
        paragraph.text: paragraph._p.pPr.numPr.numId.val
        for paragraph in opened(report).paragraphs
        if paragraph.style.name == "List Number"
    }
    assert numbers["one"] == numbers["two"] != numbers["first again"]


def test_cells_that_span_do_and_headings_of_columns_repeat(report: ReportDocument) -> None:
    (rich,) = (table for table in opened(report).tables if table.cell(0, 0).text == "Day")
    assert [[cell.text for cell in row.cells] for row in rich.rows] == [
        ["Day", "What", "What"],
        ["Monday", "a", "b"],
        ["", "c", "d"],
    ]
    assert "tblHeader" in rich.rows[0]._tr.xml
    assert "tblHeader" not in rich.rows[1]._tr.xml


def test_every_link_leads_somewhere(report: ReportDocument) -> None:
    xml = opened(report).element.xml
    targets = set(re.findall(r'w:anchor="([^"]+)"', xml))
    assert len(targets) > 20
    assert targets <= set(re.findall(r'<w:bookmarkStart[^>]*w:name="([^"]+)"', xml))


def test_head_and_foot_say_how_it_is_kept(report: ReportDocument) -> None:
    section = opened(report).sections[0]
    head = " ".join(paragraph.text for paragraph in section.header.paragraphs)
    foot = " ".join(paragraph.text for paragraph in section.footer.paragraphs)
    assert "DRAFT, not approved" in head
    assert report.cover.number in head
    assert report.check_code in foot
    assert report.cover.statement in foot
    assert "PAGE" in section.footer._element.xml
    approved = opened(replace(report, mark="")).sections[0]
    assert "DRAFT" not in approved.header.paragraphs[0].text
    long = replace(report, cover=replace(report.cover, statement="Keep it. " * 100))
    assert "see the statement on the first page" in opened(long).sections[0].footer.paragraphs[-1].text


def test_the_same_report_is_the_same_bytes_and_carries_its_day(report: ReportDocument) -> None:
    assert rendering.render(report) == rendering.render(report)
    core = opened(report).core_properties
    assert (core.title, core.language) == (report.title, "en-US")
    assert f"{core.created:%Y-%m}" == report.cover.asked_at[:7]


@pytest.mark.django_db
def test_it_holds_no_case_number_and_no_name_of_a_writer(lead: Membership, in_cedar: Jurisdiction) -> None:
    User.objects.filter(pk=lead.user_id).update(display_name="Zora Quillfeather", email="zora@example.org")
    by = Membership.objects.get(pk=lead.pk)
    review = make_review(in_cedar, by, lead=by)
    answer(review, by, "what_was_reported", "<p>See CASE-2026-001, or case 2026 001.</p>")
    report = read(review, by)
    with zipfile.ZipFile(io.BytesIO(rendering.render(report)[0])) as whole:
        told = "".join(
            re.sub("</?w:[^>]*>", "", whole.read(name).decode("latin-1")) for name in whole.namelist()
        )
    assert "See [case number], or [case number]." in told
    assert not re.search("CASE.?2026.?001|Zora|Quillfeather", told, re.IGNORECASE)
    core = opened(report).core_properties
    assert (core.author, core.last_modified_by) == (report.cover.agency, "")
