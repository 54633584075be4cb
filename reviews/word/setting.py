"""From a tree of our own HTML to paragraphs, lists and tables of a document."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docx.document import Document
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from reviews.word.tree import Node

_HEADINGS = {"h1": "Title", **{f"h{level}": f"Heading {level - 1}" for level in range(2, 7)}}
_WIDTH = re.compile(r"width:\s*([0-9]+)%")
_FIRST_OF_FACTS = 38  # percent, as on paper
# On paper these stand on a line of their own within a cell.
_OWN_LINE = {"when-note", "known"}
_ENDS_PAGE = {"cover", "story", "contents"}
_DEEPEST = 3  # levels of lists for which the document has a style

type Holder = Document | _Cell
type Line = tuple[list[Node], bool, str]  # the cells of a row, whether it heads the columns, and its id


@dataclass(frozen=True)
class Look:
    """How the paragraphs of a block look."""

    style: str = "Normal"
    bold: bool = False


PLAIN, QUOTED, HEADING_CELL = Look(), Look("Quote"), Look(bold=True)


class Setter:
    """Sets a tree into a document, block by block. Pictures are left out: their tables say the same."""

    def __init__(self, document: Document, width: int) -> None:
        self.document, self.width = document, width
        self._begins_page = False
        self._marked = 0  # bookmarks so far

    def set(self, node: Node, into: Holder, look: Look = PLAIN) -> None:
        """Set what stands in the node, in its order; `look` is that of its paragraphs."""
        for block in _blocks(node):
            self._block(block, into, look)

    def _block(self, node: Node, into: Holder, look: Look = PLAIN, *, depth: int = 0) -> None:
        """`depth` is that of the list in which the block stands."""
        match node.tag:
            case "table":
                self._table(node, into)
            case "ul" | "ol":
                self._list(node, into, depth=depth + 1)
            case "p":
                self._words(node, into, look)
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self._words(node, into, Look(_HEADINGS[node.tag]))
            case "blockquote":
                self.set(node, into, QUOTED)
            case _:
                self._wrapper(node, into, look)

    def _wrapper(self, node: Node, into: Holder, look: Look) -> None:
        before = len(self.document.paragraphs) if "id" in node.attributes else -1
        self.set(node, into, look)
        if before >= 0 and len(self.document.paragraphs) > before:
            self._bookmark(self.document.paragraphs[before], node.attributes["id"])
        if node.classes & _ENDS_PAGE:
            self._begins_page = True

    def _words(self, node: Node, into: Holder, look: Look) -> Paragraph:
        paragraph = self._paragraph(into, look.style)
        if "new-page" in node.classes:
            paragraph.paragraph_format.page_break_before = True
        if "label" in node.classes:
            paragraph.paragraph_format.keep_with_next = True
        self._inline(node, paragraph, bold=look.bold or bool(node.classes & {"label", "chart-title"}))
        if "id" in node.attributes:
            self._bookmark(paragraph, node.attributes["id"])
        return paragraph

    def _paragraph(self, into: Holder, style: str = "Normal") -> Paragraph:
        is_fresh = isinstance(into, _Cell) and len(into.paragraphs) == 1 and not into.paragraphs[0].runs
        paragraph = into.paragraphs[0] if is_fresh else into.add_paragraph()
        paragraph.style = self.document.styles[style]
        if self._begins_page and not isinstance(into, _Cell):
            paragraph.paragraph_format.page_break_before = True
            self._begins_page = False
        return paragraph

    # -- Words

    def _inline(self, node: Node, paragraph: Paragraph, *, bold: bool = False, italic: bool = False) -> None:
        parts = list(_runs(node, bold=bold, italic=italic))
        for place, (text, is_bold, is_italic, target) in enumerate(parts):
            text = text.lstrip(" ") if place == 0 or parts[place - 1][0].endswith((" ", "\n")) else text
            text = text.rstrip(" ") if place == len(parts) - 1 or parts[place + 1][0] == "\n" else text
            if text == "\n":
                paragraph.add_run().add_break(WD_BREAK.LINE)
            elif text:
                run = paragraph.add_run(text)
                run.bold, run.italic = is_bold or None, is_italic or None
                if target:
                    _link(paragraph, run, target)

    def _bookmark(self, paragraph: Paragraph, name: str) -> None:
        self._marked += 1
        start, end = _element("w:bookmarkStart"), _element("w:bookmarkEnd")
        for one in (start, end):
            one.set(qn("w:id"), str(self._marked))
        start.set(qn("w:name"), name)
        properties = paragraph._p.pPr
        paragraph._p.insert(0 if properties is None else 1, start)
        paragraph._p.append(end)

    # -- Lists

    def _list(self, node: Node, into: Holder, *, depth: int) -> None:
        style = "List Number" if node.tag == "ol" else "List Bullet"
        number = self._own_numbers(style) if node.tag == "ol" and depth == 1 else None
        for entry in _blocks(node):
            if entry.tag == "li":
                self._entry(list(_blocks(entry)), into, style, depth=depth, number=number)
            else:
                self._block(entry, into, _of_list("List Continue", depth), depth=depth)

    def _entry(self, blocks: list[Node], into: Holder, style: str, *, depth: int, number: int | None) -> None:
        """One entry: its first words have the bullet or number, what follows stands below them in its order."""
        starts = blocks[:1] if blocks and (blocks[0].tag == "p" or blocks[0].tag in _HEADINGS) else []
        look = _of_list(style, depth, bold=any(one.tag in _HEADINGS for one in starts))
        for one in starts or [Node("p")]:
            first = self._words(one, into, look)
            if number is not None:
                _number(first, number)
        for block in blocks[len(starts) :]:
            self._block(block, into, _of_list("List Continue", depth), depth=depth)

    def _own_numbers(self, style: str) -> int:
        """Numbers that begin at 1 again: without them every numbered list goes on where the last one ended."""
        numbering: Any = self.document.part.numbering_part.element
        own: Any = self.document.styles[style].element
        kept = own.pPr.numPr.numId.val
        abstract = next(one for one in numbering.num_lst if one.numId == kept).abstractNumId.val
        added = numbering.add_num(abstract)
        added.add_lvlOverride(ilvl=0).add_startOverride(1)
        return int(added.numId)

    # -- Tables

    def _table(self, node: Node, into: Holder) -> None:
        for caption in node.children_of("caption"):
            self._inline(caption, self._paragraph(into, "Caption"))
        rows = list(_rows(node))
        columns = max((sum(_span(cell) for cell in cells) for cells, *_ in rows), default=0)
        if not columns:
            return
        table: Table = (
            into.add_table(rows=0, cols=columns)
            if isinstance(into, _Cell)
            else self.document.add_table(rows=0, cols=columns)
        )
        table.style, table.autofit = self.document.styles["Table Grid"], False
        widths = list(self._widths(node, rows, columns))
        taken: dict[tuple[int, int], bool] = {}
        for at, (cells, heads, name) in enumerate(rows):
            row = table.add_row()  # type: ignore[no-untyped-call]
            _keep_together(row, repeats=heads)
            self._row(row, at, cells, widths, taken)
            if name:
                self._bookmark(row.cells[0].paragraphs[0], name)
        if not isinstance(into, _Cell):
            into.add_paragraph().paragraph_format.space_after = 0

    def _row(
        self, row: Any, at: int, cells: list[Node], widths: list[int], taken: dict[tuple[int, int], bool]
    ) -> None:
        column = 0
        for node in cells:
            while taken.get((at, column)) and column < len(widths) - 1:
                column += 1
            last = min(column + _span(node), len(widths)) - 1
            cell = row.cells[column] if last == column else row.cells[column].merge(row.cells[last])
            cell.width = sum(widths[column : last + 1])
            for below in range(1, int(node.attributes.get("rowspan", "1"))):
                taken |= {(at + below, one): True for one in range(column, last + 1)}
            self.set(node, cell, HEADING_CELL if node.tag == "th" else PLAIN)
            column = min(last + 1, len(widths) - 1)
        for one, width in zip(row.cells, widths, strict=True):
            one.width = one.width or width

    def _widths(self, node: Node, rows: list[Line], columns: int) -> Iterator[int]:
        shares = [0] * columns
        for at, cell in enumerate(rows[0][0] if rows else []):
            found = _WIDTH.search(cell.attributes.get("style", ""))
            shares[at] = int(found[1]) if found else 0
        if "facts" in node.classes and columns == 2 and not any(shares):
            shares[0] = _FIRST_OF_FACTS
        rest = shares.count(0)
        for share in shares:
            percent = share or max(5, (100 - sum(shares)) // max(rest, 1))
            yield int(self.width * percent / 100)


def _blocks(node: Node) -> Iterator[Node]:
    """The blocks of a node in their order; words between them are paragraphs."""
    loose: list[Node | str] = []
    for child in node.children:
        if isinstance(child, str) or not (child.is_block or child.has_blocks):
            loose.append(child)
            continue
        yield from _paragraph_of(loose)
        yield child
        loose = []
    yield from _paragraph_of(loose)


def _paragraph_of(loose: list[Node | str]) -> Iterator[Node]:
    if any(one.tag != "svg" if isinstance(one, Node) else one.strip() for one in loose):
        yield Node("p", children=loose)


def _of_list(style: str, depth: int, *, bold: bool = False) -> Look:
    level = min(depth, _DEEPEST)
    return Look(style if level == 1 else f"{style} {level}", bold)


def _rows(node: Node) -> Iterator[Line]:
    for child in node.children_of("tr", "thead", "tbody"):
        for row in [child] if child.tag == "tr" else child.children_of("tr"):
            cells = list(row.children_of("td", "th"))
            yield cells, child.tag == "thead", row.attributes.get("id", "")


def _span(node: Node) -> int:
    return int(node.attributes.get("colspan", "1"))


def _runs(node: Node, *, bold: bool, italic: bool) -> Iterator[tuple[str, bool, bool, str]]:
    """Words with how they look, and where a link leads: (text, bold, italic, target); a line break is a run."""
    for child in node.children:
        if isinstance(child, str):
            yield child, bold, italic, ""
        elif child.tag == "br":
            yield "\n", False, False, ""
        elif child.tag != "svg":
            if child.classes & _OWN_LINE:
                yield "\n", False, False, ""
            is_bold = bold or child.tag in ("strong", "b") or "tag" in child.classes
            inner = _runs(child, bold=is_bold, italic=italic or child.tag == "em" or "empty" in child.classes)
            target = child.attributes.get("href", "").removeprefix("#") if child.tag == "a" else ""
            for text, *look, deeper in inner:
                yield text, look[0], look[1], target or deeper


def _link(paragraph: Paragraph, run: Any, target: str) -> None:
    """To another place of the document."""
    link = _element("w:hyperlink")
    link.set(qn("w:anchor"), target)
    paragraph._p.replace(run._r, link)
    link.append(run._r)


def _number(paragraph: Paragraph, number: int) -> None:
    properties: Any = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_numId().val = number
    properties.get_or_add_ilvl().val = 0
    paragraph.paragraph_format.left_indent = Inches(0.25)


def _keep_together(row: Any, *, repeats: bool) -> None:
    """A row is not torn over pages; one that heads the columns stands on each."""
    properties = row._tr.get_or_add_trPr()
    properties.append(_element("w:cantSplit"))
    if repeats:
        properties.append(_element("w:tblHeader"))


def _element(name: str) -> Any:
    return OxmlElement(name)
