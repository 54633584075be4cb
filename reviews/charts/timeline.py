"""The timeline: what happened in the family's life above, what happened in the system below."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from jurisdictions.numbers import number_of
from reviews.charts.drawing import ACCENT, INK, LIGHT, MIDDLE, QUIET, WIDTH, Chart, Picture, wide

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SLOTS, _ROWS, _GUTTER, _ROW_HEIGHT = 26, 4, 52, 132


@dataclass(frozen=True)
class Moment:
    """One timeline entry as the chart needs it."""

    ref: str
    on: dt.date | None
    is_exact: bool  # known to the day or closer
    lane: str  # family or system
    is_decision: bool
    when: str
    text: str


def timeline(moments: Sequence[Moment], *, incident_on: dt.date | None) -> Chart:
    """Family lane above, system lane below, one evenly spaced place an entry, months between them.

    Days are not drawn to scale: most entries lie in the last weeks, and a scale would set them on top of
    each other. The months and the table keep the distances honest.
    """
    family = sum(moment.lane == "family" for moment in moments)
    decided = sum(moment.is_decision for moment in moments)
    title = (
        f"{number_of(len(moments), 'entry', 'entries')}: {family} in the life of the family, "
        f"{len(moments) - family} in the system, {number_of(decided, 'decision')}"
    )
    sentence = _closeness(moments, incident_on)
    rows = [list(moments[at : at + _SLOTS]) for at in range(0, len(moments), _SLOTS)]
    pictures = []
    for at in range(0, len(rows), _ROWS):
        some = rows[at : at + _ROWS]
        picture = Picture(len(some) * _ROW_HEIGHT + 18, title=f"Timeline. {title}.", description=sentence)
        for place, row in enumerate(some):
            before = rows[at + place - 1][-1] if at + place else None
            _timeline_row(picture, row, place * _ROW_HEIGHT, incident_on, before)
        _timeline_key(picture, len(some) * _ROW_HEIGHT + 9)
        pictures.append(picture.written())
    return Chart(
        tuple(pictures),
        title,
        sentence,
        ("", "When", "Lane", "What happened"),
        tuple((m.ref, m.when, m.lane.capitalize(), m.text) for m in moments),
    )


def _closeness(moments: Sequence[Moment], incident_on: dt.date | None) -> str:
    if incident_on is None:
        return "Entries are evenly spaced, in the order of their dates."
    close = sum(1 for m in moments if m.on and 0 <= (incident_on - m.on).days <= 30)
    return (
        f"{number_of(close, 'entry lies', 'entries lie')} in the 30 days up to the incident. Entries are evenly "
        "spaced, in the order of their dates; the strip in the middle shows the months."
    )


def _timeline_row(
    picture: Picture, row: list[Moment], top: float, incident_on: dt.date | None, before: Moment | None
) -> None:
    slot = min((WIDTH - _GUTTER - 8) / max(len(row), 1), 44)
    end = _GUTTER + slot * len(row)
    strip, family, system = top + 58, top + 36, top + 98
    for y, words in ((family, "Family"), (system, "System")):
        picture.line(_GUTTER, y, end, y, stroke_width=0.8)
        picture.text(0, y + 3.5, words, font_weight=600, fill=ACCENT)
    _months(picture, row, strip, slot)
    for place, moment in enumerate(row):
        x = _GUTTER + slot * (place + 0.5)
        earlier = row[place - 1] if place else before
        if incident_on and _first_on_or_after(moment, earlier, incident_on):
            at = _GUTTER + slot * place
            picture.line(at, top + 14, at, system + 14, stroke=INK, stroke_width=1.2, stroke_dasharray="3 2")
            anchor = "end" if at > WIDTH - 60 else "start" if at < _GUTTER + 30 else "middle"
            picture.text(at, top + 10, "Incident", text_anchor=anchor, font_weight=600)
        y = family if moment.lane == "family" else system
        edge = strip if moment.lane == "family" else strip + 18
        picture.line(x, y, x, edge, stroke=MIDDLE, stroke_width=0.8)
        _mark(
            picture, x, y, moment.ref.lstrip("T"), moment.is_decision, moment.is_exact, min(slot / 2 - 0.6, 9)
        )


def _first_on_or_after(moment: Moment, earlier: Moment | None, day: dt.date) -> bool:
    return bool(moment.on and moment.on >= day and not (earlier and earlier.on and earlier.on >= day))


def _mark(
    picture: Picture, x: float, y: float, number: str, is_decision: bool, is_exact: bool, size: float
) -> None:
    fill = ACCENT if is_decision else "#ffffff"
    look: dict[str, str | float] = {"fill": fill, "stroke": ACCENT, "stroke_width": 1.3}
    if not is_exact:
        look |= {"stroke_dasharray": "2 1.6"}
    if is_decision:
        picture.add("rect", x=x - size, y=y - size, width=2 * size, height=2 * size, rx=1.5, **look)
    else:
        picture.add("circle", cx=x, cy=y, r=size, **look)
    if number:
        colour = "#ffffff" if is_decision else INK
        fit = min(9, size * (1.05 if len(number) < 3 else 0.85))
        picture.text(
            x, y + fit * 0.35, number, text_anchor="middle", font_size=fit, font_weight=600, fill=colour
        )


def _months(picture: Picture, row: list[Moment], top: float, slot: float) -> None:
    place, shaded = 0, True
    for month, group in groupby(row, key=lambda m: (m.on.year, m.on.month) if m.on else None):
        length = len(list(group))
        x, room = _GUTTER + slot * place, slot * length
        picture.add(
            "rect", x=x, y=top, width=room, height=18, fill=LIGHT if shaded else "#eef4f6", stroke="#ffffff"
        )
        names = ["no date", "?"] if month is None else _month_names(*month)
        fitting = next((name for name in names if wide(name, 9) <= room - 3), "")
        picture.text(x + room / 2, top + 12.4, fitting, text_anchor="middle", font_size=9)
        place, shaded = place + length, not shaded


def _month_names(year: int, month: int) -> list[str]:
    short = MONTHS[month - 1]
    return [f"{short} {year}", f"{short} ’{year % 100:02}", short, f"{month}/{year % 100:02}"]


def _timeline_key(picture: Picture, y: float) -> None:
    x: float = _GUTTER
    for is_decision, is_exact, words in (
        (False, True, "what happened"),
        (True, True, "something was decided"),
        (False, False, "date known roughly"),
    ):
        _mark(picture, x + 5, y, "", is_decision, is_exact, 4.5)
        picture.text(x + 14, y + 3.4, words, fill=QUIET)
        x += 30 + wide(words, 10)
