"""What every chart is drawn with: the picture under construction, the palette, and how text is set."""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from django.utils.safestring import SafeString, mark_safe

WIDTH = 624  # 6.5 inches: the text width of a Letter page
FONT = "Source Sans 3, Source Sans Pro Web, Source Sans Pro, sans-serif"
ACCENT, MIDDLE, LIGHT, INK, QUIET, LINE = "#14566b", "#6f9fae", "#cfe0e5", "#16262d", "#4d5f67", "#b9c6cb"


@dataclass(frozen=True)
class Chart:
    """What a chart shows, three times: pictures, one sentence, and rows for a table."""

    pictures: tuple[SafeString, ...]
    title: str
    sentence: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Picture:
    """An SVG under construction."""

    def __init__(self, height: float, *, title: str, description: str) -> None:
        self.root = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {WIDTH} {figure(height)}",
                "width": str(WIDTH),
                "height": figure(height),
                "role": "img",
                "font-family": FONT,
                "font-size": "10",
                "fill": INK,
            },
        )
        ET.SubElement(self.root, "title").text = title
        ET.SubElement(self.root, "desc").text = description

    def add(self, tag: str, **attributes: str | float) -> ET.Element:
        given = {name.rstrip("_").replace("_", "-"): figure(value) for name, value in attributes.items()}
        return ET.SubElement(self.root, tag, given)

    def text(self, x: float, y: float, words: str, **attributes: str | float) -> None:
        self.add("text", x=x, y=y, **attributes).text = words

    def line(self, x1: float, y1: float, x2: float, y2: float, **attributes: str | float) -> None:
        self.add("line", x1=x1, y1=y1, x2=x2, y2=y2, **({"stroke": LINE} | attributes))

    def written(self) -> SafeString:
        # Built by an XML writer, which escapes every text and attribute.
        return mark_safe(ET.tostring(self.root, encoding="unicode"))  # noqa: S308


def figure(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def wide(text: str, size: float) -> float:
    """About how wide the words are set, a little too wide rather than too narrow."""
    narrow, broad = set("iljtfrI.,;:'’‘“”\"|!()[]- "), set("mwMW—…@%")
    ems = sum(
        0.29 if letter in narrow else 0.84 if letter in broad else 0.62 if letter.isupper() else 0.52
        for letter in text
    )
    return ems * size


def wrapped(text: str, width: float, size: float, lines: int) -> list[str]:
    """The text in lines that fit the width; what is left over ends in an ellipsis."""
    found: list[str] = []
    words = [piece for word in text.split() for piece in _pieces(word, width, size)]
    while words:
        line = words.pop(0)
        while words and wide(f"{line} {words[0]}", size) <= width:
            line = f"{line} {words.pop(0)}"
        if len(found) == lines - 1 and words:
            while " " in line and wide(f"{line}…", size) > width:
                line = line.rsplit(" ", 1)[0]
            return [*found, f"{line.rstrip(' ,;:.')}…"]
        found.append(line)
    return found


def _pieces(word: str, width: float, size: float) -> Iterable[str]:
    while len(word) > 1 and wide(word, size) > width:
        cut = len(word) - 1
        while cut > 1 and wide(word[:cut], size) > width:
            cut -= 1
        yield word[:cut]
        word = word[cut:]
    yield word
