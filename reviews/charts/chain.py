"""The chain: need → received → opportunity → recommendation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jurisdictions.numbers import number_of
from reviews.charts.drawing import ACCENT, MIDDLE, Chart, Picture, wrapped

_BOX, _GAP, _INSET, _TYPE, _LEAD = 141, 20, 7, 9.2, 11.4
_COLUMNS = ("Needed", "Received", "Opportunity", "Recommendation")
_SENTENCE = "Read from left to right; a line that ends before the last column has nothing after it yet."


@dataclass(frozen=True)
class Step:
    """A box of the chain: a need, an opportunity or a recommendation, and the boxes it follows from."""

    ref: str
    text: str
    received: str = ""  # a need's second box
    follows: tuple[str, ...] = ()
    is_dropped: bool = False


@dataclass
class _Box:
    column: int
    lines: list[str]
    ref: str
    is_dropped: bool = False
    y: float = 0

    @property
    def x(self) -> float:
        return self.column * (_BOX + _GAP)

    @property
    def height(self) -> float:
        return _LEAD * (len(self.lines) + (1 if self.ref else 0)) + 2 * _INSET - 2

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def chain(needs: Sequence[Step], opportunities: Sequence[Step], recommendations: Sequence[Step]) -> Chart:
    """Need → received → opportunity → recommendation: what led to what, and where a line ends."""
    lines = 5 if len(needs) <= 5 else 3 if len(needs) <= 9 else 2

    def box(column: int, step: Step, text: str, ref: str) -> _Box:
        return _Box(column, wrapped(text, _BOX - 2 * _INSET, _TYPE, lines), ref, step.is_dropped)

    boxes = {step.ref: box(0, step, step.text, step.ref) for step in needs}
    received = {step.ref: box(1, step, step.received, "") for step in needs}
    boxes |= {step.ref: box(2, step, step.text, step.ref) for step in opportunities}
    boxes |= {step.ref: box(3, step, step.text, step.ref) for step in recommendations}
    bottom = _stack(needs, opportunities, boxes, received)
    bottom = max(bottom, _settle(recommendations, boxes))
    title = _chain_title(needs, opportunities, recommendations)
    picture = Picture(bottom + 4, title=f"Chain. {title}.", description=_SENTENCE)
    for column, words in enumerate(_COLUMNS):
        picture.text(column * (_BOX + _GAP), 11, words, font_weight=600, fill=ACCENT, font_size=10.5)
    for ref, second in received.items():
        _arrow(picture, boxes[ref], second)
    for step in (*opportunities, *recommendations):
        for source in step.follows:
            _arrow(picture, received.get(source) or boxes[source], boxes[step.ref])
    for drawn in (*boxes.values(), *received.values()):
        _draw_box(picture, drawn)
    rows = tuple(_chain_rows(needs, opportunities, recommendations))
    return Chart((picture.written(),), title, _SENTENCE, _COLUMNS, rows)


def _stack(
    needs: Sequence[Step], opportunities: Sequence[Step], boxes: dict[str, _Box], received: dict[str, _Box]
) -> float:
    """Set needs one below another, each opportunity beside the first need it came from."""
    y, placed = 22.0, set()
    for need in needs:
        below = y
        for step in opportunities:
            if need.ref in step.follows and step.ref not in placed:
                boxes[step.ref].y, below = below, below + boxes[step.ref].height + 8
                placed.add(step.ref)
        boxes[need.ref].y = received[need.ref].y = y
        y = max(below, *(y + box.height + 8 for box in (boxes[need.ref], received[need.ref])))
    for step in opportunities:
        if step.ref not in placed:
            boxes[step.ref].y, y = y, y + boxes[step.ref].height + 8
    return y


def _settle(recommendations: Sequence[Step], boxes: dict[str, _Box]) -> float:
    """Set each recommendation as near to its opportunities as those above it let it be."""

    def wish(step: Step) -> float:
        middles = [boxes[ref].middle for ref in step.follows]
        return sum(middles) / len(middles) - boxes[step.ref].height / 2 if middles else 1e6

    y = 22.0
    for step in sorted(recommendations, key=wish):
        box = boxes[step.ref]
        box.y = max(y, wish(step)) if step.follows else y
        y = box.y + box.height + 8
    return y


def _arrow(picture: Picture, source: _Box, target: _Box) -> None:
    x1, y1, x2, y2 = source.x + _BOX, source.middle, target.x, target.middle
    bend = (x2 - x1) / 2
    path = f"M{x1:.1f} {y1:.1f}C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} {x2 - 4:.1f} {y2:.1f}"
    picture.add("path", d=path, fill="none", stroke=ACCENT, stroke_width=1.1)
    head = f"M{x2:.1f} {y2:.1f}l-5.5 -3v6z"
    picture.add("path", d=head, fill=ACCENT)


def _draw_box(picture: Picture, box: _Box) -> None:
    look: dict[str, str | float] = {"fill": "#ffffff", "stroke": ACCENT if box.column > 1 else MIDDLE}
    if box.is_dropped:
        look |= {"stroke_dasharray": "3 2"}
    picture.add("rect", x=box.x, y=box.y, width=_BOX, height=box.height, rx=3, **look)
    y = box.y + _INSET + _TYPE - 2
    if box.ref:
        words = f"{box.ref}, withdrawn" if box.is_dropped else box.ref
        picture.text(box.x + _INSET, y, words, font_size=_TYPE, font_weight=700, fill=ACCENT)
        y += _LEAD
    for line in box.lines:
        picture.text(box.x + _INSET, y, line, font_size=_TYPE)
        y += _LEAD


def _chain_title(needs: Sequence[Step], opportunities: Sequence[Step], recs: Sequence[Step]) -> str:
    answered = {ref for step in recs if not step.is_dropped for ref in step.follows}
    led = sum(step.ref in answered for step in opportunities)
    return (
        f"{number_of(len(needs), 'need')} led to {number_of(len(opportunities), 'opportunity', 'opportunities')}; "
        f"{led} of {len(opportunities)} {'has' if led == 1 else 'have'} a recommendation"
    )


def _chain_rows(
    needs: Sequence[Step], opportunities: Sequence[Step], recs: Sequence[Step]
) -> Iterable[tuple[str, ...]]:
    def answers(opportunity: Step) -> str:
        return ", ".join(step.ref for step in recs if opportunity.ref in step.follows) or "None"

    for need in needs:
        led_to = [step for step in opportunities if need.ref in step.follows]
        for step in led_to:
            yield (f"{need.ref} {need.text}", need.received, f"{step.ref} {step.text}", answers(step))
        if not led_to:
            yield (f"{need.ref} {need.text}", need.received, "None", "None")
    for step in opportunities:
        if not step.follows:
            yield ("Not from one need", "", f"{step.ref} {step.text}", answers(step))
    for step in recs:
        if not step.follows:
            yield ("Not from one need", "", "Not from one opportunity", step.ref)
