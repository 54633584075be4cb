"""Amounts as people write them, and as pages show them."""

import re
from decimal import Decimal

from reviews.figures.known import COUNT, SHARE

PLACES = Decimal("0.0000000001")
LARGEST = Decimal(10) ** 12
_AMOUNT = re.compile(
    r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]{1,2})?|[0-9]+\."
)


def amount_of(text: str) -> tuple[Decimal, bool] | None:
    """The amount that a cell says, and whether it says that it is in percent; None for what is no amount.

    `25,976` and `0.14` and `19.3 %` are amounts; a comma that does not part thousands is not guessed at.
    """
    said = text.strip()
    in_percent = said.endswith("%")
    said = said.removesuffix("%").strip()
    sign, said = (-1, said[1:]) if said[:1] in "-−" else (1, said)
    if not said or len(said) > 40 or _AMOUNT.fullmatch(said) is None:
        return None
    amount = sign * Decimal(said.replace(",", ""))
    return None if abs(amount) > LARGEST else (amount.quantize(PLACES), in_percent)


def shown(value: Decimal | None, unit: str) -> str:
    """`25,976`, `19.3%`, `2.4`: an amount as tables and sentences say it; empty where there is none."""
    if value is None:
        return ""
    if unit == SHARE:
        return f"{_short(value * 100, 1)}%"
    return _short(value, 1 if unit == COUNT else 2)


def plainly(value: Decimal | None, unit: str) -> str:
    """The same in full, as it is typed: a share in percent."""
    if value is None:
        return ""
    exact = (value * 100 if unit == SHARE else value).quantize(PLACES).normalize()
    return f"{exact:f}"


def _short(value: Decimal, places: int) -> str:
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
