"""The columns of a table as statistics programs keep them: codes as numbers with labels, reasons beside the values."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from dictionary.schema import MISSING, Choice
from reviews.packs.columns import Column
from reviews.packs.csv_files import inert
from reviews.packs.tables import Table

type Read = Literal["text", "number", "day", "coded"]

# The reasons for no answer in their own order: each program gives them values of its own.
REASONS = tuple(MISSING)
LARGEST = 2_147_483_620  # that a `long` of Stata holds; SPSS and R hold more
_READ: dict[str, Read] = {
    "integer": "number",
    "date": "day",
    "code": "coded",
    "reason": "coded",
    "flag": "coded",
}


@dataclass(frozen=True)
class Variable:
    """One column of the file. `reasons_at` is the column (from 0) whose reasons stand among its values in the program;
    a variable that is `taken_in` is only read for that."""

    at: int
    name: str
    label: str
    read: Read
    codes: tuple[tuple[int, Choice], ...]  # number there, code and label
    reasons: tuple[Choice, ...]
    reasons_at: int | None
    taken_in: bool
    bytes: int  # of its longest cell


type Tables = Sequence[tuple[Table, Sequence[Variable], int]]  # with how many rows


def of_table(table: Table, widest: Sequence[int]) -> tuple[Variable, ...]:
    return tuple(_variables(table, widest))


def _variables(table: Table, widest: Sequence[int]) -> Iterator[Variable]:
    at = {name: place for place, name in enumerate(table.names)}
    beside = {place.value: at[place.missing] for place in table.places.values() if place.missing}
    read = [_READ.get(column.kind, "text") for column in table.columns]
    taken_in = {place for name, place in beside.items() if read[at[name]] in ("number", "coded")}
    for place, column in enumerate(table.columns):
        reasons_at = beside.get(column.name) if read[place] in ("number", "coded") else None
        yield Variable(
            place,
            column.name,
            column.label,
            read[place],
            tuple(_numbered(column)) if read[place] == "coded" else (),
            table.columns[reasons_at].codes if reasons_at is not None else (),
            reasons_at,
            place in taken_in,
            widest[place],
        )


def _numbered(column: Column) -> Iterator[tuple[int, Choice]]:
    """Codes that are numbers stay what they are; others count from 1. Each is written as it stands in its cell."""
    codes = [replace(choice, code=inert(choice.code)) for choice in column.codes]
    if all(_is_number(choice.code) for choice in codes):
        yield from ((int(choice.code), choice) for choice in codes)
    else:
        yield from enumerate(codes, 1)


def _is_number(code: str) -> bool:
    """Whether it is a number that every program holds and that no other code is too: `01` is 1 already."""
    return re.fullmatch("0|[1-9][0-9]{0,9}", code) is not None and int(code) <= LARGEST


def cut(text: str, most: int) -> str:
    """At most so many characters, and it says that it was cut."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def cut_bytes(text: str, most: int) -> str:
    text = " ".join(text.split())
    while len(text.encode()) > most:
        text = text.removesuffix("…")[:-1].rstrip() + "…"
    return text
