"""The influences: how far each systems factor played a part."""

from collections.abc import Sequence
from dataclasses import dataclass

from jurisdictions.numbers import number_of
from reviews.charts.drawing import ACCENT, LIGHT, MIDDLE, QUIET, Chart, Picture, wrapped

_FILLS = {1: LIGHT, 2: MIDDLE, 3: ACCENT}
_LABEL, _STEP, _BAR = 250, 100, 22


@dataclass(frozen=True)
class Bar:
    """One rating from 1 to 3, and what it is of."""

    label: str
    of: str
    value: int


def influences(bars: Sequence[Bar]) -> Chart:
    """Bars of the ratings from 1 to 3, strongest first. What was rated 0, does not apply or cannot be told
    has no bar: the page counts it apart."""
    ranked = sorted(bars, key=lambda bar: -bar.value)
    title, sentence = _named_strongest(ranked)
    picture = Picture(len(ranked) * _BAR + 40, title=f"Influences. {title}.", description=sentence)
    scale = {1: "present", 2: "shaped it", 3: "strongly"}
    for value in range(4):
        x = _LABEL + value * _STEP
        picture.line(x, 20, x, 24 + len(ranked) * _BAR, stroke_width=0.8)
        if value:
            words = f"{value}  {scale[value]}"
            picture.text(x - 3, 13, words, text_anchor="end", fill=QUIET, font_size=9.5)
    for place, bar in enumerate(ranked):
        y = 26 + place * _BAR
        label = wrapped(bar.label, _LABEL - 10, 10.5, 1)[0]
        picture.text(_LABEL - 8, y + 11.5, label, text_anchor="end", font_size=10.5)
        picture.add(
            "rect",
            x=_LABEL,
            y=y,
            width=bar.value * _STEP,
            height=_BAR - 7,
            fill=_FILLS[bar.value],
            stroke=ACCENT,
            stroke_width=0.8,
        )
        end = _LABEL + bar.value * _STEP + 6
        picture.text(end, y + 11.3, str(bar.value), font_weight=700, font_size=10.5)
        picture.text(end + 10, y + 11.3, bar.of, fill=QUIET, font_size=9.5)
    return Chart(
        (picture.written(),) if ranked else (),
        title,
        sentence,
        ("Influence", "Of", "Rating"),
        tuple((bar.label, bar.of, str(bar.value)) for bar in ranked),
    )


def _named_strongest(ranked: Sequence[Bar]) -> tuple[str, str]:
    if not ranked:
        return "No influence was rated 1 or higher", "No systems factor was rated from 1 to 3 so far."
    most = [f"“{bar.label}”" for bar in ranked if bar.value == ranked[0].value]
    named = most[0] if len(most) == 1 else f"{', '.join(most[:-1])} and {most[-1]}"
    title = (
        f"{named} stood out, rated {ranked[0].value}"
        if len(most) <= 3
        else (f"{number_of(len(most), 'influence')} were rated {ranked[0].value}")
    )
    shaped = sum(bar.value >= 2 for bar in ranked)
    return title, (
        f"{number_of(len(ranked), 'rating')} from 1 to 3; {shaped} of them 2 or 3, which means that the "
        "influence shaped an opportunity."
    )
