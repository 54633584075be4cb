"""The columns in which the answers to one item stand. A value and the reason for none never share a column."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from dictionary.interchange.code_cells import legal_codes
from dictionary.schema import Choice, Item
from dictionary.values import PRECISIONS

# text and links are read as they stand; code and codes are keys of a code list; flag is 0 or 1.
type Kind = Literal["text", "links", "integer", "date", "time", "code", "codes", "flag", "reason"]

FLAGS = (Choice("0", "No"), Choice("1", "Yes"))
_KINDS: dict[str, Kind] = {
    "text": "text",
    "plain": "text",
    "prose": "text",
    "integer": "integer",
    "date": "date",
    "partial_date": "date",
    "choice": "code",
    "rating": "code",
    "choices": "codes",
    "links": "links",
}


@dataclass(frozen=True)
class Column:
    """One column of a table: its name, what it means, and the codes that may stand in it."""

    name: str
    label: str
    kind: Kind
    codes: tuple[Choice, ...] = ()
    item: Item | None = None
    editions: tuple[
        str, ...
    ] = ()  # in which the item is asked; none where the software itself knows the value
    note: str = ""


@dataclass(frozen=True)
class Place:
    """Where an item's answer stands in its table: the names of its columns, empty for those that it lacks."""

    value: str
    missing: str = ""
    precision: str = ""
    time: str = ""
    ticks: Mapping[str, str] = field(default_factory=dict)  # code: the column that says whether it was chosen


@dataclass(frozen=True)
class Wording:
    """One item as one or more editions ask it. They share a column while the kind of the answer is the same."""

    items: tuple[tuple[str, Item], ...]  # (edition, item), the newest first

    @property
    def newest(self) -> Item:
        return self.items[0][1]

    @property
    def editions(self) -> tuple[str, ...]:
        return tuple(number for number, _ in self.items)

    @property
    def codes(self) -> tuple[Choice, ...]:
        """The codes of every edition, each in its newest words."""
        found: dict[str, Choice] = {}
        for _, item in self.items:
            for choice in item.choices:
                found.setdefault(choice.code, choice)
        return tuple(found.values())

    @property
    def reasons(self) -> tuple[Choice, ...]:
        found: dict[str, Choice] = {}
        for _, item in self.items:
            for choice in () if item.is_column else item.missing_choices:
                found.setdefault(choice.code, choice)
        return tuple(found.values())


class Names:
    """Gives each column of a table a name of its own."""

    def __init__(self, taken: Sequence[str] = ()) -> None:
        self._taken = set(taken)

    def take(self, name: str) -> str:
        free, number = name, 2
        while free in self._taken:
            free, number = f"{name}_{number}", number + 1
        self._taken.add(free)
        return free


def lay_out_item(wording: Wording, names: Names, *, stem: str = "") -> tuple[Place, tuple[Column, ...]]:
    """Where the answers to an item stand, and the columns for them. `stem` is their name where the key is not."""
    item = wording.newest
    stem = stem or item.key
    columns: list[Column] = []

    def add(name: str, label: str, kind: Kind, codes: tuple[Choice, ...] = (), note: str = "") -> str:
        columns.append(Column(names.take(name), label, kind, codes, item, wording.editions, note))
        return columns[-1].name

    value = add(stem, item.label, _KINDS[item.type], wording.codes, _NOTES.get(item.type, ""))
    precision = time = ""
    if item.type == "partial_date":
        precision = add(f"{stem}_precision", f"{item.label} How exact is the date?", "code", PRECISIONS)
        time = add(f"{stem}_time", f"{item.label} At what time?", "time")
    ticks = {}
    if item.type == "choices":
        for choice, name in _tick_names(stem, wording.codes):
            ticks[choice.code] = add(name, f"{item.label} {choice.label}", "flag", FLAGS)
    missing = ""
    if wording.reasons:
        missing = add(f"{stem}_missing", f"{item.label} Why there is no answer", "reason", wording.reasons)
    return Place(value, missing, precision, time, ticks), tuple(columns)


_NOTES = {
    "choices": "The codes, parted by semicolons; each has a column of its own too.",
    "links": "What it points at, by the name and number of the entry, parted by semicolons.",
    "prose": "Rich text as plain text.",
}


def _tick_names(stem: str, codes: Sequence[Choice]) -> Iterator[tuple[Choice, str]]:
    legal = legal_codes(choice.code for choice in codes)
    for choice in codes:
        yield choice, f"{stem}___{legal[choice.code].lower()}"
