"""How the document looks: paper, type and colors of the printed report, in the names that a word processor knows."""

from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

ACCENT, QUIET, INK = RGBColor(0x14, 0x56, 0x6B), RGBColor(0x4D, 0x5F, 0x67), RGBColor(0x16, 0x26, 0x2D)
_PAPERS = {"letter": (Inches(8.5), Inches(11)), "a4": (Mm(210), Mm(297))}
# Sizes in points, as on paper (templates/documents/document.css).
_HEADINGS = {
    "Title": 25,
    "Heading 1": 18,
    "Heading 2": 12.5,
    "Heading 3": 10.5,
    "Heading 4": 10,
    "Heading 5": 10,
}
TEXT_WIDTH = {"letter": Inches(6.5), "a4": Mm(210) - Inches(2)}


def dress(document: Document, paper: str) -> None:
    """Set paper and styles of an empty document."""
    section = document.sections[0]
    section.page_width, section.page_height = _PAPERS[paper]
    section.left_margin = section.right_margin = Inches(1)
    section.top_margin = section.bottom_margin = Inches(0.95)
    _font(document, "Normal", 10.5, INK)
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    for name, size in _HEADINGS.items():
        color = ACCENT if name in ("Title", "Heading 1") else INK
        _font(document, name, size, color, bold=True)
    _font(document, "Caption", 9, QUIET)
    document.styles["Caption"].paragraph_format.keep_with_next = True
    quiet = document.styles.add_style("Quiet", WD_STYLE_TYPE.CHARACTER)
    quiet.font.color.rgb = QUIET


def _font(document: Document, name: str, size: float, color: RGBColor, *, bold: bool = False) -> None:
    style: Any = document.styles[name]
    style.font.name, style.font.size, style.font.color.rgb = "Calibri", Pt(size), color
    style.font.bold, style.font.italic = bold, False
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for letters in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{letters}"), "Calibri")
    for theme in ("asciiTheme", "hAnsiTheme", "cstheme", "eastAsiaTheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)


def add_field(paragraph: Paragraph, code: str) -> None:
    """A field that the word processor fills in, such as the number of the page."""
    field: Any = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run: Any = OxmlElement("w:r")
    text: Any = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)
