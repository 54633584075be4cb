"""HTML of our own templates as a tagged PDF (PDF/UA-1). Runs in a worker, with no transaction open.

WeasyPrint takes more than a second to import and is imported here alone, on first use. It reaches neither
network nor files: fonts and pictures are `data:` addresses made once for each process, and every other
address is refused.
"""

import base64
import gc
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Literal

from django.conf import settings

# What stands on every page: nothing on a report of an approved review.
type Mark = Literal["", "draft", "as_reported"]
MARKS: dict[Mark, str] = {"draft": "DRAFT, not approved", "as_reported": "AS REPORTED, not approved here"}
DEMO = "Invented data for demonstration"
_MEMORY = 1536 * 1024 * 1024  # a report takes a third of it
_FONTS = settings.BASE_DIR / "static" / "fonts"
_STYLES = settings.BASE_DIR / "templates" / "documents" / "document.css"
_MARK = settings.BASE_DIR / "static" / "img" / "npcs.svg"
_FACES = [
    (family, file, weight, style)
    for family, file in (("Source Serif 4", "source-serif-4"), ("Source Sans 3", "source-sans-3"))
    for weight, style in ((400, "normal"), (400, "italic"), (600, "normal"))
]
# Which letters each file of a family holds, as its makers cut them.
_RANGES = {
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,"
    "U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
    "latin-ext": "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1D00-1DBF,U+1E00-1E9F,"
    "U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C4,U+2113,U+2C60-2C7F,U+A720-A7FF",
}
_BLOCKS = r"(?:td|th|p|li|h[1-6]|caption|div|section|tr|tbody|thead|table|ul|ol)"
_BEFORE_CLOSING = re.compile(rf"\s+(</{_BLOCKS}>)")
_AFTER_OPENING = re.compile(rf"(<{_BLOCKS}(?: [^<>]*)?>)\s+")
_PAPERS = {"letter": "8.5in 11in", "a4": "210mm 297mm"}
# The word as strokes, so that no reader and no search finds it in the text.
_WATERMARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 520 520" width="520" height="520">'
    '<g transform="translate(260 260) rotate(-45) translate(-228 -50)" fill="none" stroke="#ebeff1" '
    'stroke-width="15"><path d="M8 0v100h22c30 0 46-20 46-50S60 0 30 0zM112 100V0h32c22 0 33 10 33 28s-11 28-33 '
    '28h-32m32 0l35 44M206 100L242 0l36 100M219 66h46M308 100V0h56M308 48h46M384 0h72M420 0v100"/></g></svg>'
)


@dataclass(frozen=True)
class Rendered:
    """A finished document: its bytes, their SHA-256, and how many pages they make."""

    content: bytes
    sha256: str
    pages: int


@dataclass(frozen=True)
class _Press:
    """What every document of this process shares: the closed fetcher, the fonts, the parsed styles."""

    weasyprint: Any
    fetcher: Any
    fonts: Any
    base: Any
    papers: dict[str, Any]
    marks: dict[Mark, Any]
    demo: Any


def print_html(html: str, *, paper: str, mark: Mark = "", demo: bool = False) -> Rendered:
    """HTML of our own templates as PDF/UA-1. The same HTML gives the same bytes."""
    html = _closed_up(html)
    press = _press()
    styles = [press.base, press.papers[paper]]
    styles += [press.marks[mark]] if mark else []
    styles += [press.demo] if demo else []
    laid_out = press.weasyprint.HTML(string=html, url_fetcher=press.fetcher).render(
        stylesheets=styles, font_config=press.fonts, pdf_variant="pdf/ua-1", pdf_tags=True
    )
    content = laid_out.write_pdf(
        pdf_variant="pdf/ua-1", pdf_tags=True, finisher=_finish, pdf_identifier=_identifier(html)
    )
    return Rendered(content, hashlib.sha256(content).hexdigest(), len(laid_out.pages))


def check_code(html: str) -> str:
    """Sixteen signs made of the page and of how it is set: another page, or another look, has another code."""
    return hashlib.sha256(html.encode() + _STYLES.read_bytes()).hexdigest()[:16]


def _identifier(html: str) -> bytes:
    return hashlib.sha256(html.encode()).hexdigest()[:32].encode()


def _closed_up(html: str) -> str:
    """Without the blanks that templates leave inside cells and paragraphs: WeasyPrint 70 breaks a line too
    early where a cell's text ends in one."""
    return _AFTER_OPENING.sub(r"\1", _BEFORE_CLOSING.sub(r"\1", html))


# -- Shared by every document of a process ------------------------------------------------------


@cache
def _press() -> _Press:
    weasyprint: Any = import_module("weasyprint")
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=["data"], allow_redirects=False)
    fonts = weasyprint.text.fonts.FontConfiguration()

    def parsed(css: str) -> Any:
        return weasyprint.CSS(string=css, url_fetcher=fetcher, font_config=fonts)

    styles = _STYLES.read_text().replace("MARK", _data("image/svg+xml", _MARK.read_bytes()))
    watermark = _data("image/svg+xml", _WATERMARK.encode())
    return _Press(
        weasyprint=weasyprint,
        fetcher=fetcher,
        fonts=fonts,
        base=parsed(_font_faces() + styles),
        papers={name: parsed(f"@page {{ size: {size} }}") for name, size in _PAPERS.items()},
        marks={
            "draft": parsed(
                f'@page {{ background: url("{watermark}") center / 5.4in no-repeat;'
                f' @top-right {{ content: "{MARKS["draft"]}" }} }}'
            ),
            "as_reported": parsed(f'@page {{ @top-right {{ content: "{MARKS["as_reported"]}" }} }}'),
        },
        demo=parsed(f'@page {{ @bottom-center {{ content: "{DEMO}" }} }}'),
    )


def _font_faces() -> str:
    rules = []
    for family, file, weight, style in _FACES:
        for part, letters in _RANGES.items():
            font = _data("font/woff2", (_FONTS / f"{file}-{part}-{weight}-{style}.woff2").read_bytes())
            rules.append(
                f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style};'
                f' unicode-range: {letters}; src: url("{font}") format("woff2") }}\n'
            )
    return "".join(rules)


def _data(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def _finish(document: Any, pdf: Any) -> None:
    """Mend what WeasyPrint 70 leaves out of PDF/UA: which cells a header heads, and that links print."""
    import pydyf

    for page in document.pages:
        for box in page._page_box.descendants():
            mark = getattr(box, "mark", None)
            if isinstance(mark, pydyf.Dictionary) and mark.get("S") == "/TH":
                is_row = box.element.attrib.get("scope") == "row"
                mark["A"]["Scope"] = "/Row" if is_row else "/Column"
    for thing in pdf.objects:
        if isinstance(thing, pydyf.Dictionary) and thing.get("Subtype") == "/Link":
            thing["F"] = 4  # printed with the page


# -- A worker's processes -----------------------------------------------------------------------


def load() -> None:
    """Before a worker forks: import what takes long, and keep the garbage collector from walking it again."""
    import_module("weasyprint")
    gc.collect()
    gc.freeze()


def limit_memory() -> None:
    """In each forked process: a document that grows without end fails there, not the whole machine."""
    import resource  # not on every system that may run the site

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _MEMORY if hard == resource.RLIM_INFINITY else min(_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
