"""The HTML of our own templates as a tree: well nested, with words whose blanks are those a browser shows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_EMPTY = {"meta", "br", "link", "img"}
BLOCKS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "section", "table", "ul", "ol", "blockquote"),
    *("thead", "tbody", "tr", "th", "td", "caption", "li"),
}


@dataclass(eq=False)
class Node:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    @property
    def is_block(self) -> bool:
        return self.tag in BLOCKS

    @property
    def has_blocks(self) -> bool:
        return any(
            isinstance(child, Node) and (child.is_block or child.has_blocks) for child in self.children
        )

    def all(self, tag: str) -> Iterator["Node"]:
        for child in self.children:
            if isinstance(child, Node):
                if child.tag == tag:
                    yield child
                yield from child.all(tag)

    def children_of(self, *tags: str) -> Iterator["Node"]:
        for child in self.children:
            if isinstance(child, Node) and child.tag in tags:
                yield child


def read(html: str) -> Node:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("root")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in _EMPTY:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """As shapes of a picture are written."""

    def handle_endtag(self, tag: str) -> None:
        if tag not in _EMPTY and len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(re.sub(r"[ \t\r\n]+", " ", data))
