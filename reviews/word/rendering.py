"""A review report as a .docx: what the PDF says, in headings, lists and tables that counsel can mark up."""

import hashlib
import tempfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from docx import Document as new_document
from docx.document import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.shared import Pt

from dictionary.paper import DEMO, MARKS
from dictionary.workbooks.writing import without_moment
from reviews.documents import ReportDocument
from reviews.pdf import to_html
from reviews.word import styles, tree
from reviews.word.setting import Setter

_STATEMENT = 300  # characters of a statement that fit at the foot of every page
_SEE_STATEMENT = "Confidential: see the statement on the first page"


def render(report: ReportDocument) -> tuple[bytes, str]:
    """The document and its SHA-256. The same report is the same bytes."""
    document = new_document()
    styles.dress(document, report.paper)
    _say_what_it_is(document, report)
    _head_and_foot(document, report)
    body = next(tree.read(to_html(report)).all("body"))
    Setter(document, int(styles.TEXT_WIDTH[report.paper])).set(body, document)
    content = _saved(document, report.cover.asked_at)
    return content, hashlib.sha256(content).hexdigest()


def _say_what_it_is(document: Document, report: ReportDocument) -> None:
    core = document.core_properties
    core.title, core.author, core.language = report.title, report.cover.agency, "en-US"
    core.comments = f"Internal profile, version {report.cover.version}, check code {report.check_code}"
    core.created = core.modified = _in_utc(report.cover.asked_at)
    core.last_modified_by = ""


def _head_and_foot(document: Document, report: ReportDocument) -> None:
    """On every page: whose review, whether it is approved; how it is kept, and the page."""
    section, cover = document.sections[0], report.cover
    width = styles.TEXT_WIDTH[report.paper]
    head = section.header.paragraphs[0]
    head.text = f"{cover.agency} · {cover.number}"
    if report.mark:
        head.add_run(f"\t{MARKS[report.mark]}").bold = True
    foot = section.footer.paragraphs[0]
    foot.text = f"Internal · check code {report.check_code}"
    foot.add_run(f"\t{DEMO} · Page " if report.is_demo else "\tPage ")
    styles.add_field(foot, "PAGE")
    foot.add_run(" of ")
    styles.add_field(foot, "NUMPAGES")
    for paragraph in (head, foot):
        paragraph.paragraph_format.tab_stops.clear_all()
        paragraph.paragraph_format.tab_stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT)
    if cover.statement:
        said = cover.statement if len(cover.statement) <= _STATEMENT else _SEE_STATEMENT
        section.footer.add_paragraph(said)
    for paragraph in (*section.header.paragraphs, *section.footer.paragraphs):
        for run in paragraph.runs:
            run.font.size, run.font.color.rgb = Pt(8.5), styles.QUIET


def _in_utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(UTC).replace(tzinfo=None)


def _saved(document: Document, asked_at: str) -> bytes:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "report.docx"
        document.save(str(path))
        whole = BytesIO()
        without_moment(path, whole, instead=f"{_in_utc(asked_at):%Y-%m-%dT%H:%M:%SZ}")
        return whole.getvalue()
