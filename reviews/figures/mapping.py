"""How a file of yearly figures is read: which column says the year, whose row it is, and what each figure is.

A YAML document like that of incidents (`reviews.imports.mapping`). Wide: a column holds a figure. Long: one column
names the figure and another holds its value. Whatever it does not say is not read; nothing is guessed.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yaml import YAMLError, load

from dictionary.editions import PlainLoader
from reviews.figures.known import SHARE, UNITS, listed_as
from reviews.imports.mapping import HEADER_ROWS, MappingError, kept_code

NAME_CHARACTERS, SOURCE_CHARACTERS, VINTAGE_CHARACTERS = 120, 200, 60
PARTS, PERCENT = "parts", "percent"
# How a share is written in a file.
WRITTEN: Mapping[str, str] = {
    PARTS: "as parts of one: 0.14 is 14 percent",
    PERCENT: "in percent: 14 is 14 percent",
}

type Document = dict[str, Any]


@dataclass(frozen=True)
class Spec:
    """One figure as a file says it: its name, its unit, and of a share how it is written."""

    name: str
    unit: str
    written: str = ""


@dataclass(frozen=True)
class Said:
    """Where source or vintage stand: in a column, or the same for the whole file."""

    column: str = ""
    fixed: str = ""


@dataclass(frozen=True)
class FigureMapping:
    """How one kind of file is read. `mine` is the column that says whose row it is, with the values that are ours."""

    year: str
    source: Said
    vintage: Said
    mine: str = ""
    ours: frozenset[str] = frozenset()
    wide: Mapping[str, Spec] = field(default_factory=dict)  # by column
    names: str = ""  # the column that names the figure
    value: str = ""
    long: Mapping[str, Spec | None] = field(default_factory=dict)  # by what stands there; None is left out
    blanks: frozenset[str] = frozenset({""})
    ignored: frozenset[str] = frozenset()
    sheet: str = ""
    header_row: int = 1
    sha256: str = ""
    about: str = ""

    @property
    def columns(self) -> set[str]:
        """Every column that the mapping reads."""
        named = {self.year, self.mine, self.names, self.value, self.source.column, self.vintage.column}
        return {*filter(None, named), *self.wide}


def read_figure_mapping(text: str) -> FigureMapping:
    """The mapping that this YAML describes. Raises MappingError with everything that is missing or wrong."""
    try:
        document = load(text, Loader=PlainLoader)  # noqa: S506 (a safe loader, without YAML's traps)
    except YAMLError as error:
        raise MappingError([f"The mapping is not YAML: {' '.join(str(error).split())}"]) from None
    if not isinstance(document, dict):
        raise MappingError(["Say what the columns mean first."])
    reader = _Reader(document)
    mapping = reader.read(hashlib.sha256(text.encode()).hexdigest())
    if reader.problems:
        raise MappingError(reader.problems)
    return mapping


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[str] = []

    def read(self, sha256: str) -> FigureMapping:
        mine, long = self._object("mine"), self._object("long")
        mapping = FigureMapping(
            year=self._text("year"),
            source=self._said("source", SOURCE_CHARACTERS),
            vintage=self._said("vintage", VINTAGE_CHARACTERS),
            mine=str(mine.get("column") or ""),
            ours=frozenset(map(kept_code, self._texts("mine.values", mine.get("values")))),
            wide={column: self._spec(given, column) for column, given in self._object("wide").items()},
            names=str(long.get("names") or ""),
            value=str(long.get("value") or ""),
            long={
                kept_code(str(said)): None if given is None else self._spec(given, str(said))
                for said, given in self._settings("long.figures", long.get("figures")).items()
            },
            blanks=frozenset({"", *map(kept_code, self._texts("blank", self.document.get("blank")))}),
            ignored=self._texts("ignore", self.document.get("ignore")),
            sheet=str(self.document.get("sheet") or ""),
            header_row=self._header_row(),
            sha256=sha256,
            about=" ".join(str(self.document.get("about") or "").split()),
        )
        self._look_over(mapping)
        return mapping

    def _look_over(self, mapping: FigureMapping) -> None:
        if not mapping.year:
            self.problems.append("Choose the column that says the year.")
        if not (mapping.source.column or mapping.source.fixed):
            self.problems.append("Say where the figures come from: choose the column, or write the source.")
        if mapping.mine and not mapping.ours:
            self.problems.append(
                f"Say which rows are yours: what stands in “{mapping.mine}” for your agency."
            )
        if bool(mapping.names) != bool(mapping.value):
            self.problems.append(
                "Choose both the column that names the figure and the one that holds its value."
            )
        if not (mapping.wide or mapping.names):
            self.problems.append("Choose at least one column that holds a figure.")
        if mapping.names and not any(mapping.long.values()):
            self.problems.append(f"Say what at least one name in “{mapping.names}” means.")

    def _spec(self, given: Any, where: str) -> Spec:
        said = given if isinstance(given, dict) else {}
        name = " ".join(str(said.get("figure") or "").split())
        known = listed_as(name)
        unit = known.unit if known else str(said.get("unit") or "")
        written = str(said.get("written") or "")
        if not name or len(name) > NAME_CHARACTERS:
            self.problems.append(
                f"Give the figure in “{where}” a name of up to {NAME_CHARACTERS} characters."
            )
        elif unit not in UNITS:
            self.problems.append(f"Say in which unit “{name}” is.")
        elif unit == SHARE and written not in WRITTEN:
            label = known.label if known else name
            self.problems.append(f"Say how “{label}” is written: as parts of one (0.14), or in percent (14).")
        return Spec(known.key if known else name, unit, written)

    def _said(self, key: str, characters: int) -> Said:
        given = self._object(key)
        fixed = " ".join(str(given.get("constant") or "").split())
        if len(fixed) > characters:
            self.problems.append(f"Say the {key} in up to {characters} characters.")
        return Said(str(given.get("column") or ""), fixed)

    def _object(self, key: str) -> Document:
        return self._settings(key, self.document.get(key))

    def _settings(self, name: str, given: Any) -> Document:
        given = given or {}
        if isinstance(given, dict):
            return given
        self.problems.append(f"`{name}` must be a list of settings.")
        return {}

    def _texts(self, name: str, given: Any) -> frozenset[str]:
        if isinstance(given or [], list):
            return frozenset(map(str, given or []))
        self.problems.append(f"`{name}` must be a list.")
        return frozenset()

    def _text(self, key: str) -> str:
        return str(self.document.get(key) or "")

    def _header_row(self) -> int:
        row = self.document.get("header_row", 1)
        if isinstance(row, int) and 1 <= row <= HEADER_ROWS:
            return row
        self.problems.append(f"`header_row` must be the number of a row, from 1 to {HEADER_ROWS}.")
        return 1
