"""Rich text: what is pasted from Word or typed becomes a small, clean HTML that keeps its shape.

Three steps: nh3 reads the markup as a browser would and drops scripts, comments and unknown tags; `_Tree`
restores the shape Word hides in styles (its lists are paragraphs, its headings may be classes); nh3 cleans
again, strictly.
"""

import re
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser

import nh3

HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
INLINE = {"strong", "em"}
TABLE = {"table", "thead", "tbody", "tr", "th", "td"}
BLOCKS = {"h2", "h3", "h4", "p", "ul", "ol", "li", "blockquote", *TABLE}
ALLOWED = BLOCKS | INLINE | {"br"}
_DROPPED_WHOLE = {
    "script",
    "style",
    "title",
    "template",
    "iframe",
    "object",
    "noscript",
    "textarea",
    "select",
}
_WRAPPERS = {
    "div",
    "section",
    "article",
    "header",
    "footer",
    "center",
    "main",
    "figure",
    "figcaption",
    "dl",
    "dt",
}
_READ = ALLOWED | set(HEADINGS) | _WRAPPERS | {"b", "i", "span", "dd", "caption", "tfoot", "pre"}
_RENAMED = {**HEADINGS, "b": "strong", "i": "em", "tfoot": "tbody", "caption": "p", "pre": "p", "dd": "p"}
_DEEPEST = 60
_CELL_SPAN = re.compile(r"[1-9][0-9]?")
_LOOKS_LIKE_HTML = re.compile(
    r"<(?:!--|!\[|/?(?:html|body|meta|p|div|span|h[1-6]|ul|ol|li|table|tr|td|br|b|i|strong|em|blockquote|a|o:p"
    r"|font|section|script|style|img|u)\b[^<>]*>)",
    re.IGNORECASE,
)
_LIST_LEVEL = re.compile(r"mso-list:\s*(l\d+)\s+level(\d+)", re.IGNORECASE)
_LIST_MARK = re.compile(r"mso-list:\s*ignore", re.IGNORECASE)
_NUMBERED = re.compile(r"\(?(?:[0-9]{1,3}|[a-zA-Z]|[ivxlcIVXLC]{1,6})[.)]")
_BOLD = re.compile(r"(?:^|[;\s])font-weight:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_ITALIC = re.compile(r"(?:^|[;\s])font-style:\s*italic", re.IGNORECASE)
_UPRIGHT = re.compile(r"(?:^|[;\s])font-(?:weight:\s*(?:normal|400)|style:\s*normal)", re.IGNORECASE)
_WORD_HEADING = re.compile(r"MsoHeading([1-9])|MsoTitle")
_BULLET_LINE = re.compile(r"[•·▪◦‣*–-][ \t]+(?=\S)")
_NUMBER_LINE = re.compile(r"[0-9]{1,3}[.)][ \t]+(?=\S)")


def clean(raw: str) -> str:
    """The allowed HTML of what was typed or pasted. Cleaning it again changes nothing."""
    if not _LOOKS_LIKE_HTML.search(raw):
        return safe(from_plain(unescape(raw) if "&" in raw and "<" not in raw else raw))
    read = nh3.clean(
        raw,
        tags=_READ,
        clean_content_tags=_DROPPED_WHOLE,
        attributes={tag: {"style", "class", "colspan", "rowspan"} for tag in _READ},
        strip_comments=True,
    )
    tree = _Tree()
    tree.feed(read)
    tree.close()
    return safe(_written(tree.root))


def safe(html: str) -> str:
    """Only what is on the list. Asked again on the way out: what is stored may be older than the list."""
    return nh3.clean(
        html,
        tags=ALLOWED,
        clean_content_tags=_DROPPED_WHOLE,
        attributes={"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
        attribute_filter=lambda _tag, _name, value: value if _CELL_SPAN.fullmatch(value) else None,
        strip_comments=True,
    )


def from_plain(text: str) -> str:
    """Plain text as paragraphs: an empty line parts them, and lines with bullets or numbers are a list."""
    blocks = []
    for paragraph in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        # As a browser shows them: any run of blanks is one.
        lines = [re.sub(r"[ \t\u00a0]+", " ", line).strip(" ") for line in paragraph.split("\n")]
        blocks += _runs([line for line in lines if line])
    return "".join(blocks)


def _runs(lines: list[str]) -> list[str]:
    runs: list[tuple[str, list[str]]] = []
    for line in lines:
        kind = "p"
        if mark := _BULLET_LINE.match(line):
            kind = "ul"
        elif mark := _NUMBER_LINE.match(line):
            kind = "ol"
        text = escape(line[mark.end() :] if mark else line, quote=False)
        if runs and runs[-1][0] == kind:
            runs[-1][1].append(text)
        else:
            runs.append((kind, [text]))
    return [
        f"<p>{'<br>'.join(texts)}</p>"
        if kind == "p"
        else f"<{kind}>{''.join(f'<li>{text}</li>' for text in texts)}</{kind}>"
        for kind, texts in runs
    ]


def to_plain(html: str) -> str:
    """Readable plain text of clean HTML: a bullet or number before each entry, a bar between cells."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [line.strip() for line in "".join(reader.out).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.lists: list[int | None] = []
        self.cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("ul", "ol"):
            self.out.append("" if self.lists else "\n\n")
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            count = self.lists[-1] if self.lists else None
            if count is not None:
                self.lists[-1] = count + 1
            self.out.append("\n" + ("• " if count is None else f"{count + 1}. "))
        elif tag in ("td", "th"):
            self.out.append(" | " if self.cells else "")
            self.cells += 1
        elif tag == "tr":
            self.cells = 0
            self.out.append("\n")
        elif tag == "br":
            self.out.append("\n")
        elif tag in BLOCKS and not self.lists and not self.cells:
            self.out.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
            self.out.append("" if self.lists else "\n\n")
        elif tag == "table":
            self.cells = 0
            self.out.append("\n\n")
        elif tag in BLOCKS - TABLE - {"li"}:
            self.out.append(" " if self.lists or self.cells else "\n\n")

    def handle_data(self, data: str) -> None:
        self.out.append(re.sub(r"[ \t\n\u00a0]+", " ", data))


@dataclass(eq=False)
class _Node:
    tag: str
    spans: str = ""  # colspan and rowspan, as written
    level: int = 0  # > 0: a paragraph that Word means as a list entry
    ordered: bool = False
    children: list["_Node | str"] = field(default_factory=list)


class _Tree(HTMLParser):
    """A tree of what nh3 left (well nested), with styles turned into tags and then forgotten."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Node("root")
        self.open: list[_Node] = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        style = given.get("style", "")
        if tag == "br":
            self.open[-1].children.append(_Node("br"))
            return
        if len(self.open) > _DEEPEST:
            self.open.append(self.open[-1])  # its words join what is open, so nothing is lost
            return
        node = _Node(_meaning(tag, style, given.get("class", "")))
        node.spans = "".join(
            f' {name}="{given[name]}"'
            for name in ("colspan", "rowspan")
            if tag in ("td", "th") and _CELL_SPAN.fullmatch(given.get(name, ""))
        )
        if node.tag in ("p", *HEADINGS.values()) and (level := _LIST_LEVEL.search(style)):
            node.level = min(int(level[2]), 6) if node.tag == "p" else 0
        self.open[-1].children.append(node)
        self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) == 1:
            return
        node = self.open.pop()
        if node.tag == "mark":
            self._take_mark(node)

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def _take_mark(self, mark: _Node) -> None:
        """Word writes a list entry's bullet or number as text: read which it is, and drop the text."""
        self.open[-1].children = [child for child in self.open[-1].children if child is not mark]
        for ancestor in reversed(self.open):
            if ancestor.level:
                ancestor.ordered = bool(_NUMBERED.match(_text(mark).strip(" \u00a0")))


def _meaning(tag: str, style: str, classes: str) -> str:
    """The tag that says what this element means, or "" for one that only carries looks."""
    if tag in ("span", "b", "strong", "i", "em"):
        if _LIST_MARK.search(style):
            return "mark"
        if tag == "span":
            return "strong" if _BOLD.search(style) else "em" if _ITALIC.search(style) else ""
        if _UPRIGHT.search(style):
            return ""  # Google Docs wraps the whole text in such a <b>
        return _RENAMED.get(tag, tag)
    if tag == "p" and (heading := _WORD_HEADING.search(classes)):
        return HEADINGS.get(f"h{heading[1]}", "h4") if heading[1] else "h2"
    return "div" if tag in _WRAPPERS else _RENAMED.get(tag, tag)


def _text(node: "_Node | str") -> str:
    return node if isinstance(node, str) else "".join(_text(child) for child in node.children)


def _is_block(node: "_Node | str") -> bool:
    if isinstance(node, str):
        return False
    return node.tag in BLOCKS or node.tag == "div" or any(_is_block(child) for child in node.children)


def _written(node: _Node) -> str:
    """The content of a container: blocks one after another, and loose words between them in paragraphs."""
    out: list[str] = []
    loose: list[str] = []
    listed: list[_Node] = []

    def close_paragraph() -> None:
        if text := _trimmed("".join(loose)):
            out.append(f"<p>{text}</p>")
        loose.clear()

    def close_list() -> None:
        if listed:
            out.append(_list(listed))
            listed.clear()

    for child in node.children:
        if isinstance(child, _Node) and child.level:
            close_paragraph()
            listed.append(child)
        elif isinstance(child, _Node) and _is_block(child):
            close_paragraph()
            if _text(child).strip(" \n\t\u00a0") or child.tag in TABLE:
                close_list()
            stray = child.tag == "li"
            out.append(_list_as_is(_Node("ul", children=[child])) if stray else _block(child))
        else:
            loose.append(_inline(child))
            if _trimmed(loose[-1]):
                close_list()
    close_paragraph()
    close_list()
    return "".join(out)


def _block(node: _Node) -> str:
    if node.tag in ("p", *HEADINGS.values()):
        if any(_is_block(child) for child in node.children):
            return _written(node)
        text = _trimmed("".join(_inline(child) for child in node.children))
        return f"<{node.tag}>{text}</{node.tag}>" if text else ""
    if node.tag in ("ul", "ol"):
        return _list_as_is(node)
    if node.tag in ("li", "td", "th"):
        inner = _written(node)
        if inner.count("<p>") == 1 and inner.startswith("<p>"):
            inner = inner[3:].replace("</p>", "", 1)  # one paragraph in a cell or entry is just its words
        return f"<{node.tag}{node.spans}>{inner}</{node.tag}>"
    if node.tag in TABLE:
        inner = "".join(_block(child) for child in node.children if isinstance(child, _Node))
        return f"<{node.tag}>{inner}</{node.tag}>" if inner else ""
    if node.tag == "blockquote":
        inner = _written(node)
        return f"<blockquote>{inner}</blockquote>" if inner else ""
    return _written(node)  # wrappers, and inline elements around blocks


def _list_as_is(node: _Node) -> str:
    """A list; what stands loose in it, such as a list directly inside a list, joins the entry before."""
    entries: list[_Node] = []
    for child in node.children:
        if isinstance(child, _Node) and child.tag == "li":
            entries.append(child)
        elif entries:
            entries[-1].children.append(child)
        elif _text(child).strip():
            entries.append(_Node("li", children=[child]))
    written = [text for entry in entries if (text := _block(entry)) != "<li></li>"]
    return f"<{node.tag}>{''.join(written)}</{node.tag}>" if written else ""


def _list(paragraphs: list[_Node]) -> str:
    """Word's list paragraphs as nested lists. A level that skips one is taken as the next deeper."""
    out: list[str] = []
    stack: list[tuple[int, str]] = []
    for paragraph in paragraphs:
        text = _trimmed("".join(_inline(child) for child in paragraph.children))
        if not text:
            continue
        tag = "ol" if paragraph.ordered else "ul"
        while stack and stack[-1][0] > paragraph.level:
            out.append(f"</li></{stack.pop()[1]}>")
        if stack and stack[-1] == (paragraph.level, tag):
            out.append("</li>")
        else:
            if stack and stack[-1][0] == paragraph.level:
                out.append(f"</li></{stack.pop()[1]}>")
            out.append(f"<{tag}>")
            stack.append((paragraph.level, tag))
        out.append(f"<li>{text}")
    while stack:
        out.append(f"</li></{stack.pop()[1]}>")
    return "".join(out)


def _inline(node: "_Node | str") -> str:
    if isinstance(node, str):
        return re.sub(r"[ \t\r\n]+", " ", escape(node.replace("\u00a0", " "), quote=False))
    if node.tag == "br":
        return "<br>"
    inner = "".join(_inline(child) for child in node.children)
    if node.tag not in INLINE or not inner.strip():
        return inner
    return f"<{node.tag}>{inner}</{node.tag}>"


def _trimmed(html: str) -> str:
    """Without blanks and line breaks at the ends, and none doubled within."""
    html = re.sub(r" {2,}", " ", html)
    return re.sub(r"^(?: |<br>)+|(?: |<br>)+$", "", html)
