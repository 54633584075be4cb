"""Plain text in places where other software reads markup: out so that it shows as written, in without the markup."""

import html
import re
from html.parser import HTMLParser

from jurisdictions.formulas import looks_like_a_formula

_ENTITY = re.compile(r"&(?=[#A-Za-z])")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_HAS_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--")
PIPED = re.compile(r"\[[a-z0-9_\-]+(?:\([^()\[\]]*\))?(?::[a-z]+)*\]", re.IGNORECASE)
_SILENT = ("script", "style")


def marked_up(text: str) -> str:
    """Plain text as a REDCap label: nothing in it is taken for a tag, an entity, a piped field or a formula."""
    marked = _TAG.sub("&lt;", _ENTITY.sub("&amp;", text)).replace("[", "&#91;")
    if looks_like_a_formula(marked):
        sign = marked.lstrip(" \ufeff")[0]
        return marked.replace(sign, f"&#{ord(sign)};", 1)
    return marked


def has_markup(text: str) -> bool:
    return _HAS_TAG.search(text) is not None


def plain(text: str) -> str:
    """The words of a label, without its markup. Text that `marked_up` wrote comes back as it was."""
    if not has_markup(text):
        return html.unescape(text)
    reader = _Words()
    reader.feed(text)
    reader.close()
    return " ".join("".join(reader.words).split())


class _Words(HTMLParser):
    """Collects the words between tags; a tag parts words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))
        self._part(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)

    def _part(self, tag: str) -> None:
        if tag not in ("b", "i", "u", "em", "strong", "span", "a", "sup", "sub", "font"):
            self.words.append(" ")
