"""The mapping of a file of figures as its pages hold it: built from what a person chose, with the rest proposed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jurisdictions.rules import Problem
from reviews.figures.known import DENOMINATOR, INDICATOR, KNOWN, SHARE, known_as, label_of
from reviews.figures.mapping import Document
from reviews.figures.proposing import (
    MINE,
    NAMES,
    OWN,
    SOURCE,
    VALUE,
    VINTAGE,
    YEAR,
    propose_blanks,
    propose_ours,
    propose_written,
    unit_of,
)
from reviews.imports.columns import LEFT_OUT
from reviews.imports.surveying import ColumnFacts

ROLE_LABELS = {
    YEAR: "The year",
    MINE: "Whose row it is (agency, state or county)",
    NAMES: "The name of the figure (one figure in each row)",
    VALUE: "The value of the figure (one figure in each row)",
    SOURCE: "The source",
    VINTAGE: "As of: when or in which edition the source said so",
}
FIGURE = "figure:"  # what a column becomes: a figure of the list, by its key


@dataclass(frozen=True)
class Chosen:
    """What a person said on the page of columns. `columns` names a role, a figure, OWN or LEFT_OUT, or is empty."""

    about: str
    columns: Mapping[str, str]
    source: str = ""
    vintage: str = ""

    def at(self, role: str) -> str:
        """The column of a role; empty where none is."""
        return next((column for column, chosen in self.columns.items() if chosen == role), "")

    @property
    def figures(self) -> dict[str, str]:
        """The columns that hold a figure, and which."""
        return {
            column: chosen
            for column, chosen in self.columns.items()
            if chosen == OWN or chosen.startswith(FIGURE)
        }


@dataclass(frozen=True)
class Group:
    title: str
    choices: list[tuple[str, str]] = field(default_factory=list)


def groups() -> list[Group]:
    """Everything a column may become, under headings."""
    return [
        Group("What the row is", list(ROLE_LABELS.items())),
        *(
            Group(title, [(f"{FIGURE}{one.key}", one.label) for one in KNOWN.values() if one.group == title])
            for title in (INDICATOR, DENOMINATOR)
        ),
        Group("Not in the list", [(OWN, "A figure under a name of our own")]),
    ]


def names() -> set[str]:
    return {"", LEFT_OUT, *(name for group in groups() for name, _ in group.choices)}


def chosen_in(document: Document) -> Chosen:
    """What stands in a document."""
    said: dict[str, str] = {str(name): LEFT_OUT for name in document.get("ignore") or []}
    long, mine = document.get("long") or {}, document.get("mine") or {}
    roles = {
        YEAR: document.get("year"),
        MINE: mine.get("column"),
        NAMES: long.get("names"),
        VALUE: long.get("value"),
        SOURCE: (document.get("source") or {}).get("column"),
        VINTAGE: (document.get("vintage") or {}).get("column"),
    }
    said |= {str(column): role for role, column in roles.items() if column}
    for column, spec in (document.get("wide") or {}).items():
        name = str(spec.get("figure") or "")
        said[column] = f"{FIGURE}{name}" if name in KNOWN else OWN
    return Chosen(
        str(document.get("about") or ""),
        said,
        str((document.get("source") or {}).get("constant") or ""),
        str((document.get("vintage") or {}).get("constant") or ""),
    )


def build(chosen: Chosen, before: Document, found: Sequence[ColumnFacts], agency: Iterable[str]) -> Document:
    """The document of what was chosen. What was said of a column before stays while it is the same; the rest is
    proposed. `agency` are the names of the agency."""
    facts = {column.name: column for column in found}
    document: Document = {
        "about": chosen.about,
        "shape": "figures",
        **{name: before[name] for name in ("sheet", "header_row")},
        "year": chosen.at(YEAR),
        "source": _said(chosen.at(SOURCE), chosen.source),
        "vintage": _said(chosen.at(VINTAGE), chosen.vintage),
    }
    old_wide = before.get("wide") or {}
    document["wide"] = {
        column: _kept_or_proposed(name, old_wide.get(column) or {}, facts[column])
        for column, name in chosen.figures.items()
    }
    if mine := chosen.at(MINE):
        kept = (before.get("mine") or {}) if (before.get("mine") or {}).get("column") == mine else {}
        document["mine"] = {"column": mine, "values": kept.get("values") or propose_ours(facts[mine], agency)}
    if (named := chosen.at(NAMES)) and (value := chosen.at(VALUE)):
        kept = (before.get("long") or {}) if (before.get("long") or {}).get("names") == named else {}
        figures = kept.get("figures") or _proposed_names(facts[named], facts[value])
        document["long"] = {"names": named, "value": value, "figures": figures}
    held = [facts[column] for column in (*chosen.figures, *filter(None, [chosen.at(VALUE)]))]
    document["blank"] = before["blank"] if "blank" in before else propose_blanks(held)
    document["ignore"] = [column for column, name in chosen.columns.items() if name == LEFT_OUT]
    return document


def _said(column: str, fixed: str) -> dict[str, str]:
    return {"column": column} if column else {"constant": fixed}


def _kept_or_proposed(name: str, old: Mapping[str, Any], column: ColumnFacts) -> dict[str, str]:
    if name == OWN:
        if old.get("figure") and old["figure"] not in KNOWN:
            return dict(old)
        unit = unit_of(column)
        spec = {"figure": column.name.replace("_", " ").replace(".", " ").capitalize(), "unit": unit}
        return spec | ({"written": propose_written(column)} if unit == SHARE else {})
    known = KNOWN[name.removeprefix(FIGURE)]
    if old.get("figure") == known.key:
        return dict(old)
    spec = {"figure": known.key, "unit": known.unit}
    return spec | ({"written": propose_written(column)} if known.unit == SHARE else {})


def _proposed_names(named: ColumnFacts, value: ColumnFacts) -> dict[str, dict[str, str] | None]:
    """The names that the list knows; the others are left for a person."""
    found: dict[str, dict[str, str] | None] = {}
    for said, _ in named.values:
        if known := known_as(said):
            found[said] = {"figure": known.key, "unit": known.unit}
            if known.unit == SHARE:
                found[said] = {**found[said], "written": propose_written(value)}  # type: ignore[dict-item]
    return found


def problems(chosen: Chosen, found: Sequence[ColumnFacts]) -> Iterator[Problem]:
    """What a person has to say still on the page of columns; `item` names the control."""
    if not chosen.at(YEAR):
        yield Problem("figures.year", "Choose the column that says the year.", item="columns")
    if bool(chosen.at(NAMES)) != bool(chosen.at(VALUE)):
        message = "A file with one figure in each row needs both: the column of its name and the column of its value."
        yield Problem("figures.long", message, item="columns")
    if not (chosen.figures or chosen.at(NAMES)):
        yield Problem("figures.none", "Choose at least one column that holds a figure.", item="columns")
    if not (chosen.at(SOURCE) or chosen.source):
        message = "Say where the figures come from: choose the column, or write it here."
        yield Problem("figures.source", message, item="source")
    seen: dict[str, str] = {}
    facts = {column.name: column for column in found}
    for column, name in chosen.columns.items():
        if name in ("", LEFT_OUT, OWN):
            continue
        if name in seen:
            label = ROLE_LABELS.get(name) or label_of(name.removeprefix(FIGURE))
            message = f"“{column}” and “{seen[name]}” both become “{label}”. Keep one of them."
            yield Problem("figures.twice", message, item=f"column:{column}")
        seen.setdefault(name, column)
        if name in (MINE, NAMES) and not facts[column].values:
            message = f"“{column}” has too many different values to choose from here. Choose another column."
            yield Problem("figures.too_many", message, item=f"column:{column}")
