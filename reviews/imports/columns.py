"""The mapping of an upload as its pages hold it: what each column becomes, what its codes mean, what is in no column.

It is kept as the document that `reviews.imports.mapping` reads, so that a mapping made on a page and one written by
hand are the same thing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from dictionary import values
from dictionary.editions import PlainLoader
from dictionary.schema import Edition, Item, Section
from jurisdictions.rules import Problem
from reviews.imports.days import ISO
from reviews.imports.mapping import CHILDREN, CODED_TYPES, TAKEN_TYPES
from reviews.imports.proposing import propose_codes
from reviews.imports.surveying import ColumnFacts

type Document = dict[str, Any]
type Spec = dict[str, Any]

# What a file of past incidents may say, by section; what belongs to a review comes in with reviews.
SECTIONS = ("incident", "child", "household", "official", "history", "safety")
LEFT_OUT = "-"
BETWEEN_BOXES = "|"  # stands in no answer of REDCap, whose own lists part choices by it


# Where something of an entry stands: in a review's own row, which entry it is; in the rows of an instrument, which.
_PLACE = re.compile(r"(?:r?[1-9][0-9]?)?")


@dataclass(frozen=True)
class Target:
    """What a column may become: an item, and of which entry. `place` is empty where the item is answered once, the
    entry's number where a row holds several (the second child), `r1` where each row of the first repeating instrument
    is an entry. `one` is what an entry is called."""

    item: Item
    place: str = ""
    one: str = ""

    @property
    def name(self) -> str:
        """As forms carry it: `county`, `1.age_value`."""
        return f"{self.place}.{self.item.key}" if self.place else self.item.key

    @property
    def label(self) -> str:
        """Which entry is said where it could be another one than a child that is the only one."""
        is_plain = not self.place.isdigit() or (self.place == "1" and self.one == "child")
        return self.item.label if is_plain else f"{self.item.label} ({self.one} {self.place})"

    @property
    def is_coded(self) -> bool:
        return self.item.type in CODED_TYPES

    @property
    def is_day(self) -> bool:
        return self.item.type in ("date", "partial_date")


def told_of_incidents(edition: Edition) -> Edition:
    """The edition as a file of past incidents may answer it."""
    sections = [edition.section(key) for key in SECTIONS]
    taken = [tuple(item for item in one.items if item.type in TAKEN_TYPES) for one in sections]
    kept = tuple(replace(one, items=items) for one, items in zip(sections, taken, strict=True))
    return replace(edition, sections=kept)


def targets(told: Edition, children: int) -> tuple[tuple[str, tuple[Target, ...]], ...]:
    """Everything a column of incidents may become, under headings; with the items of so many children."""
    groups: list[tuple[str, tuple[Target, ...]]] = []
    for section in told.sections:
        for at in range(1, children + 1) if section.repeats else [0]:
            title = f"Child {at}" if section.repeats and children > 1 else section.title
            groups.append((title, entry_of(section, str(at or ""))))
    return tuple(groups)


def entry_of(section: Section, place: str = "") -> tuple[Target, ...]:
    """The items of one entry of a section, or of one that is answered once."""
    return tuple(Target(item, place, section.repeats) for item in section.items)


def target_named(name: str, told: Edition) -> Target | None:
    """The target that a form or a proposal names; None for what is none."""
    place, _, key = name.rpartition(".")
    if key not in told or not _PLACE.fullmatch(place) or (place.isdigit() and int(place) > CHILDREN):
        return None
    section = told.section(told.item(key).section)
    if section.rated and place:  # ratings of an opportunity, instead of the whole review
        return Target(told.item(key), place, "opportunity")
    return Target(told.item(key), place, section.repeats) if bool(place) == bool(section.repeats) else None


# -- The document --------------------------------------------------------------------------------


def parse(text: str) -> Document:
    """The document of a mapping that was kept; empty where nothing was."""
    document = yaml.load(text, Loader=PlainLoader) if text else None  # noqa: S506 (a safe loader)
    return document if isinstance(document, dict) else {}


def written(document: Document) -> str:
    return str(yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=110))


def keys_of(document: Document) -> list[str]:
    """The names of the columns by which a row is found again."""
    key = document.get("key") or []
    return [str(name) for name in (key if isinstance(key, list) else [key])]


def specs_of(document: Document) -> Iterator[tuple[str, Spec]]:
    """Each target's name and where its value comes from."""
    for place, items in _places(document):
        for key, spec in items.items():
            yield f"{place}.{key}" if place else key, _spec(spec)


def with_specs(document: Document, said: Mapping[str, Spec]) -> Document:
    """The document with other specs for some of its targets."""
    changed = deepcopy(document)
    for place, items in _places(changed):
        items |= {key: said[name] for key in items if (name := f"{place}.{key}" if place else key) in said}
    return changed


def _places(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """The document's own dicts of items, by their places."""
    yield "", document.get("items") or {}
    for listed in (document.get("children"), *(document.get("entries") or {}).values()):
        yield from ((str(at), items or {}) for at, items in enumerate(listed or [], 1))
    for at, instrument in enumerate(document.get("instruments") or [], 1):
        yield f"r{at}", instrument.get("items") or {}


def instruments_of(document: Document) -> dict[str, str]:
    """The section of each repeating instrument, by its name."""
    listed = document.get("instruments") or []
    return {str(one["name"]): str(one.get("section") or "") for one in listed}


def _spec(given: Any) -> Spec:
    return dict(given) if isinstance(given, dict) else {"column": given}


def chosen_in(document: Document) -> dict[str, str]:
    """What each column becomes, by its name: the name of a target, or LEFT_OUT."""
    chosen = {str(name): LEFT_OUT for name in document.get("ignore") or []}
    for name, spec in specs_of(document):
        if "column" in spec:
            chosen.setdefault(str(spec["column"]), name)
    return chosen


def fixed_in(document: Document) -> dict[str, Spec]:
    """What is in no column: the same value in every row, or the reason for none."""
    return {name: spec for name, spec in specs_of(document) if "column" not in spec}


@dataclass(frozen=True)
class Chosen:
    """What a person said on the page of columns, by the columns' names and the targets' names."""

    about: str
    keys: Sequence[str]
    columns: Mapping[str, str]  # "" where nothing is said yet
    fixed: Mapping[str, Spec]
    half: Sequence[tuple[str, str]] = ()  # lines of what is fixed that say an item or a value only
    instruments: Mapping[str, str] = field(default_factory=dict)  # the section of each that repeats, by name


def build(chosen: Chosen, before: Document, found: Sequence[ColumnFacts], told: Edition) -> Document:
    """The document of what was chosen. What was said of a target's codes and days stays while its column does; of a
    target that is new to its column, they are proposed."""
    facts = {column.name: column for column in found}
    old = dict(specs_of(before))
    document: Document = {"about": chosen.about, **{name: before[name] for name in ("sheet", "header_row")}}
    document |= {"key": list(chosen.keys), "items": {}}
    said = [(name, column) for column, name in chosen.columns.items() if name not in ("", LEFT_OUT)]
    specs = {name: _kept_or_proposed(name, column, old, facts[column], told) for name, column in said}
    numbered: dict[str, dict[int, dict[str, Spec]]] = {}
    instruments: list[Document] = [
        {"name": name, "section": section, "items": {}} for name, section in chosen.instruments.items()
    ]
    for name, spec in (specs | dict(chosen.fixed)).items():
        place, _, key = name.rpartition(".")
        if place.startswith("r"):
            instruments[int(place[1:]) - 1]["items"][key] = spec
        elif place:
            section = told.section(told.item(key).section)
            of = "opportunities" if section.rated else section.key
            numbered.setdefault(of, {}).setdefault(int(place), {})[key] = spec
        else:
            document["items"][key] = spec
    lists = {of: [found.get(at, {}) for at in range(1, max(found) + 1)] for of, found in numbered.items()}
    if children := lists.pop("child", []):
        document["children"] = children
    if lists:
        document["entries"] = lists
    if instruments:
        document["instruments"] = instruments
    document["ignore"] = [column for column, name in chosen.columns.items() if name == LEFT_OUT]
    return document


def _kept_or_proposed(
    name: str, column: str, old: Mapping[str, Spec], facts: ColumnFacts, told: Edition
) -> Spec:
    if old.get(name, {}).get("column") == column:
        return old[name]
    target = target_named(name, told)
    spec: Spec = {"column": column}
    if target is not None and target.is_coded:
        words = dict(facts.words)
        spec["codes"] = propose_codes(
            target.item, {value: words.get(value, value) for value, _ in facts.values}
        )
        if facts.boxes:
            spec["separator"] = BETWEEN_BOXES
    elif target is not None and target.is_day and facts.days not in ((), (ISO,)):
        spec["format"] = list(facts.days)
    return spec


# -- What is wrong with it -----------------------------------------------------------------------


def problems(chosen: Chosen, told: Edition) -> Iterator[Problem]:
    """What a person has to say still, in words for them; `item` names the control on the page of columns."""
    if not chosen.keys:
        yield Problem(
            "mapping.key",
            "Tick the column by which your agency knows each row, such as a file number. Without it a row could not be "
            "found again.",
            item="key",
        )
    said: dict[str, str] = {}
    for column, name in chosen.columns.items():
        if name in ("", LEFT_OUT):
            continue
        if name in said or name in chosen.fixed:
            target = target_named(name, told)
            label = target.label if target else name
            also = f"“{said[name]}”" if name in said else "what is the same in every row"
            yield Problem(
                "mapping.twice",
                f"“{column}” and {also} both become “{label}”. Keep one of them.",
                item=f"column:{column}",
            )
        said.setdefault(name, column)
    yield from _fixed_problems(chosen, told)
    known = {*said, *chosen.fixed}
    if not known & {"incident_type", "number_in_npcs"}:
        yield Problem(
            "mapping.incident_type",
            "Choose the column that says the type of incident, or say below that it is the same in every row.",
            item="fixed",
        )
    for place in sorted({name.rpartition(".")[0] for name in known if "." in name}):
        if (f"{place}.age_value" in known) != (f"{place}.age_unit" in known):
            which = f" of child {place}" if place.isdigit() and place != "1" else ""
            yield Problem(
                "mapping.age",
                f"An age needs a number and a unit. Choose the column of each{which}, or say below that the unit is "
                "the same in every row.",
                item="fixed",
            )


def _fixed_problems(chosen: Chosen, told: Edition) -> Iterator[Problem]:
    """What is wrong with the lines of what is the same in every row."""
    for name, value in chosen.half:
        target = target_named(name, told)
        message = (
            f"Say what “{target.label}” is in every row, or choose no item there."
            if target is not None
            else f"Choose the item that is “{value[:60]}” in every row, or empty the field."
        )
        yield Problem("mapping.half", message, item="fixed")
    for name, spec in chosen.fixed.items():
        target = target_named(name, told)
        try:
            if target is not None and "constant" in spec:
                values.parse(target.item, spec["constant"])
        except values.ValueProblem as problem:
            said = f"“{str(spec['constant'])[:60]}” does not fit “{target.label}”." if target else ""
            yield Problem("mapping.fixed", f"{said} {problem.message}", item="fixed")
