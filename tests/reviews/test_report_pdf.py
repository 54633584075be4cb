"""The PDF itself, by real WeasyPrint: tagged, closed to network and files, marked as a draft until approved."""

import io
import re
import subprocess
import sys
import threading
from dataclasses import replace
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path

import pytest
from pdfua import Severity, validate
from pypdf import PdfReader

from reviews import pdf
from reviews.documents import ReportDocument
from reviews.documents.reader import prose
from reviews.documents.shape import Fact, FactGroup
from tests.reviews.test_report_document import showpiece  # noqa: F401 (a fixture)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def approved(showpiece: ReportDocument) -> pdf.Rendered:  # noqa: F811
    return pdf.render(showpiece)


@pytest.fixture(scope="module")
def draft(showpiece: ReportDocument) -> pdf.Rendered:  # noqa: F811
    return pdf.render(replace(showpiece, mark="draft", is_demo=True, paper="a4"))


@cache
def pages(rendered: pdf.Rendered) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(rendered.content)).pages]


def test_pdfua_has_no_complaint(draft: pdf.Rendered, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(draft.content)
    findings = [f for f in validate(str(path)).findings if f.severity is not Severity.INFO]
    assert findings == []


def test_language_title_bookmarks_and_alternative_texts(approved: pdf.Rendered) -> None:
    reader = PdfReader(io.BytesIO(approved.content))
    catalog = reader.trailer["/Root"]
    assert catalog["/Lang"] == "en-US"
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Review report 2026-009"
    titles = [str(mark.title) for mark in reader.outline if not isinstance(mark, list)]
    assert titles[:2] == ["Cover", "The story on one page"]
    assert any("Method and limits" in title for title in titles)
    figures = [thing for thing in _structure(catalog["/StructTreeRoot"]) if thing.get("/S") == "/Figure"]
    assert len(figures) == 3
    assert [str(figure["/Alt"]).split(".")[0] for figure in figures] == ["Timeline", "Influences", "Chain"]


def test_every_header_cell_says_what_it_heads(approved: pdf.Rendered) -> None:
    reader = PdfReader(io.BytesIO(approved.content))
    cells = [
        thing for thing in _structure(reader.trailer["/Root"]["/StructTreeRoot"]) if thing.get("/S") == "/TH"
    ]
    scopes = {str(cell["/A"]["/Scope"]) for cell in cells}
    assert scopes == {"/Row", "/Column"}
    assert len(cells) > 80


def test_headings_skip_no_level(approved: pdf.Rendered) -> None:
    reader = PdfReader(io.BytesIO(approved.content))
    levels = [
        int(str(thing["/S"])[2])
        for thing in _structure(reader.trailer["/Root"]["/StructTreeRoot"])
        if re.fullmatch(r"/H[1-6]", str(thing.get("/S")))
    ]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def _structure(root):  # type: ignore[no-untyped-def]
    """Every structure element, in the order of reading."""
    todo = [root]
    while todo:
        thing = todo.pop().get_object()
        if not hasattr(thing, "get"):
            continue
        yield thing
        kids = thing.get("/K")
        kids = kids.get_object() if kids is not None else []
        kids = kids if isinstance(kids, list) else [kids]
        todo += [kid for kid in reversed(kids) if not isinstance(kid, int)]


def test_a_draft_says_so_on_every_page(draft: pdf.Rendered) -> None:
    assert draft.pages == len(pages(draft)) > 10
    for text in pages(draft):
        assert "DRAFT" in text
        assert "Invented data for demonstration" in text


def test_an_approved_report_says_it_nowhere(approved: pdf.Rendered) -> None:
    for text in pages(approved):
        assert "DRAFT" not in text
        assert "Invented" not in text


def test_the_paper_is_the_agencys(approved: pdf.Rendered, draft: pdf.Rendered) -> None:
    letter = PdfReader(io.BytesIO(approved.content)).pages[0].mediabox
    a4 = PdfReader(io.BytesIO(draft.content)).pages[0].mediabox
    assert (round(letter.width), round(letter.height)) == (612, 792)
    assert (round(a4.width), round(a4.height)) == (595, 842)


def test_page_two_is_the_story(approved: pdf.Rendered) -> None:
    story = pages(approved)[1]
    assert "The story on one page" in story
    assert "What we recommend" in story
    assert "Contents" in pages(approved)[2]


def test_the_same_document_gives_the_same_bytes(
    showpiece: ReportDocument,  # noqa: F811
    approved: pdf.Rendered,
) -> None:
    assert pdf.render(showpiece).sha256 == approved.sha256


def test_our_fonts_are_in_it_and_no_others(approved: pdf.Rendered) -> None:
    names = {
        str(font["/BaseFont"]).split("+")[-1]
        for page in PdfReader(io.BytesIO(approved.content)).pages
        for font in (entry.get_object() for entry in page["/Resources"].get("/Font", {}).values())
    }
    assert names
    assert all(name.startswith("Source-") or name.startswith("Source") for name in names), names


def test_nothing_outside_is_fetched(tmp_path: Path) -> None:
    asked: list[str] = []

    class Canary(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Canary)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    secret = tmp_path / "secret.txt"
    secret.write_text("file-canary")
    web, file = f"http://127.0.0.1:{server.server_port}", secret.as_uri()
    html = "<html lang='en'><head><title>x</title>" + "".join(
        f"<link rel=stylesheet href='{at}/1.css'><style>@import url({at}/2.css);"
        f"@font-face{{font-family:f{n};src:url({at}/3.woff2)}} p{{background:url({at}/4.png);font-family:f{n}}}"
        f"p::before{{content:url({at}/5.png)}}</style></head><body><p>text</p><img src='{at}/6.png' alt=''>"
        f"<object data='{at}/7.svg'></object><embed src='{at}/8.svg'>"
        f"<link rel=attachment href='{at}'><svg><image href='{at}/9.png'/></svg>"
        for n, at in enumerate((web, file, "ftp://127.0.0.1:1"))
    )
    try:
        rendered = pdf.print_html(html, paper="letter", mark="", demo=False)
    finally:
        server.shutdown()
    assert asked == []
    reader = PdfReader(io.BytesIO(rendered.content))
    assert not reader.attachments
    assert b"file-canary" not in rendered.content


def test_thirty_pages_from_word_are_set_whole(showpiece: ReportDocument) -> None:  # noqa: F811
    chapter = (
        "<h2>Chapter {n}</h2><p>" + "The visiting nurse came again and wrote down what she saw. " * 30 + "</p>"
        "<h3>What was asked</h3><ul>" + "<li>A question that was asked at the time, and its answer.</li>" * 6
        + "</ul><table><tbody><tr><td>Day</td><td>What</td></tr>"
        + "<tr><td>Monday</td><td>A call that nobody took up, in some more words</td></tr>" * 8
        + "</tbody></table>"
    )  # fmt: skip
    text = prose("".join(chapter.replace("{n}", str(n)) for n in range(1, 31)))
    fact = Fact("What was reported to the agency?", text, is_prose=True)
    rendered = pdf.render(replace(showpiece, facts=(FactGroup("The incident", (fact,), is_first=True),)))
    words = " ".join(pages(rendered))
    assert rendered.pages >= 40
    assert all(f"Chapter {n}" in words for n in range(1, 31))
    assert words.count("What was asked") == 30


def test_the_web_process_does_not_carry_the_renderer() -> None:
    code = (
        "import django, sys; django.setup(); import npcs.urls, reviews.tasks; "
        "sys.exit('weasyprint' in sys.modules or 'openpyxl' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
