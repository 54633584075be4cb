"""One figure over the years: a line with a gap where a year has no value."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from jurisdictions.numbers import number_of
from reviews.charts.drawing import ACCENT, QUIET, WIDTH, Chart, Picture

_LEFT, _RIGHT, _TOP, _BOTTOM = 64, WIDTH - 34, 22, 128
_HEIGHT = 156
_LABELS = 16  # years that are written under the line


@dataclass(frozen=True)
class Year:
    """What a figure was in one year."""

    year: int
    value: Decimal


def over_years(label: str, years: Sequence[Year], words: Callable[[Decimal], str]) -> Chart:
    """The line from nought to the most, a dot for each year. `words` says a value as pages do."""
    known = sorted(years, key=lambda one: one.year)
    title, sentence = _title(label, known, words), _sentence(known, words)
    rows = tuple((str(one.year), words(one.value)) for one in known)
    if len(known) < 2:  # one dot is no line: the table says it
        return Chart((), title, sentence, ("Year", label), rows)
    picture = Picture(_HEIGHT, title=f"{title}.", description=sentence)
    first, last = known[0].year, known[-1].year
    top = max(one.value for one in known) or Decimal(1)

    def x(year: int) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (year - first) / (last - first)

    def y(value: Decimal) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * float(value / top)

    for value in (Decimal(0), top):
        picture.line(_LEFT, y(value), _RIGHT, y(value), stroke_width=0.8)
        picture.text(_LEFT - 8, y(value) + 3.5, words(value), text_anchor="end", fill=QUIET)
    for before, after in pairwise(known):
        if after.year == before.year + 1:
            picture.line(
                x(before.year), y(before.value), x(after.year), y(after.value), stroke=ACCENT, stroke_width=2
            )
    step = -(-(last - first + 1) // _LABELS)
    for year in range(first, last + 1, step):
        picture.text(x(year), _HEIGHT - 10, str(year), text_anchor="middle", fill=QUIET)
    for one in known:
        picture.add("circle", cx=x(one.year), cy=y(one.value), r=3.2, fill=ACCENT)
    return Chart((picture.written(),), title, sentence, ("Year", label), rows)


def _title(label: str, known: Sequence[Year], words: Callable[[Decimal], str]) -> str:
    if not known:
        return f"{label}: no value yet"
    first, last = known[0], known[-1]
    if first is last:
        return f"{label}: {words(first.value)} in {first.year}"
    return f"{label}: {words(first.value)} in {first.year}, {words(last.value)} in {last.year}"


def _sentence(known: Sequence[Year], words: Callable[[Decimal], str]) -> str:
    if not known:
        return "No year has a value."
    low, high = min(known, key=lambda one: one.value), max(known, key=lambda one: one.value)
    span = f"lowest in {low.year} ({words(low.value)}), highest in {high.year} ({words(high.value)})"
    have = {one.year for one in known}
    gaps = [str(year) for year in range(known[0].year, known[-1].year) if year not in have]
    said = f"{number_of(len(known), 'year')}"
    said += f", {span}." if len(known) > 1 else "."
    return f"{said} No value for {', '.join(gaps)}." if gaps else said
