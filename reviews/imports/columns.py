"""The mapping of an upload as its pages hold it: what each column becomes, what its codes mean, what is in no column.

It is kept as the document that `reviews.imports.mapping` reads, so that a mapping made on a page and one written by
hand are the same thing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from dictionary import values
from dictionary.editions import PlainLoader
from dictionary.schema import Edition, Item
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


@dataclass(frozen=True)
class Target:
    """What a column may become: an item, of the incident (child 0) or of its first, second … child."""

    item: Item
    child: int = 0

    @property
    def name(self) -> str:
        """As forms carry it: `county`, `1.age_value`."""
        return f"{self.child}.{self.item.key}" if self.child else self.item.key

    @property
    def label(self) -> str:
        return f"{self.item.label} (child {self.child})" if self.child > 1 else self.item.label

    @property
    def is_coded(self) -> bool:
        return self.item.type in CODED_TYPES

    @property
    def is_day(self) -> bool:
        return self.item.type in ("date", "partial_date")


def targets(edition: Edition, children: int) -> list[tuple[str, list[Target]]]:
    """Everything a column may become, under headings; with the items of so many children."""
    groups: list[tuple[str, list[Target]]] = []
    for key in SECTIONS:
        section = edition.section(key)
        items = [item for item in section.items if item.type in TAKEN_TYPES]
        if key != "child":
            groups.append((section.title, [Target(item) for item in items]))
            continue
        for at in range(1, children + 1):
            groups.append(
                (f"Child {at}" if children > 1 else section.title, [Target(item, at) for item in items])
            )
    return groups


def target_named(name: str, edition: Edition) -> Target | None:
    """The target that a form or a proposal names; None for what is none."""
    child, _, key = name.rpartition(".")
    if key not in edition or (
        child and not (child.isascii() and child.isdigit() and 1 <= int(child) <= CHILDREN)
    ):
        return None
    item = edition.item(key)
    fits = item.section in SECTIONS and item.type in TAKEN_TYPES and (item.section == "child") == bool(child)
    return Target(item, int(child or 0)) if fits else None


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
    for key, spec in (document.get("items") or {}).items():
        yield key, _spec(spec)
    for at, child in enumerate(document.get("children") or [], 1):
        for key, spec in (child or {}).items():
            yield f"{at}.{key}", _spec(spec)


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


def build(chosen: Chosen, before: Document, found: Sequence[ColumnFacts], edition: Edition) -> Document:
    """The document of what was chosen. What was said of a target's codes and days stays while its column does; of a
    target that is new to its column, they are proposed."""
    facts = {column.name: column for column in found}
    old = dict(specs_of(before))
    document: Document = {"about": chosen.about, **{name: before[name] for name in ("sheet", "header_row")}}
    document |= {"key": list(chosen.keys), "items": {}}
    children: dict[int, dict[str, Spec]] = {}
    said = [(name, column) for column, name in chosen.columns.items() if name not in ("", LEFT_OUT)]
    specs = {name: _kept_or_proposed(name, column, old, facts[column], edition) for name, column in said}
    for name, spec in (specs | dict(chosen.fixed)).items():
        child, _, key = name.rpartition(".")
        (children.setdefault(int(child), {}) if child else document["items"])[key] = spec
    if children:
        document["children"] = [children.get(at, {}) for at in range(1, max(children) + 1)]
    document["ignore"] = [column for column, name in chosen.columns.items() if name == LEFT_OUT]
    return document


def _kept_or_proposed(
    name: str, column: str, old: Mapping[str, Spec], facts: ColumnFacts, edition: Edition
) -> Spec:
    if old.get(name, {}).get("column") == column:
        return old[name]
    target = target_named(name, edition)
    spec: Spec = {"column": column}
    if target is not None and target.is_coded:
        spec["codes"] = propose_codes(target.item, [value for value, _ in facts.values])
    elif target is not None and target.is_day and facts.days not in ((), (ISO,)):
        spec["format"] = list(facts.days)
    return spec


# -- What is wrong with it -----------------------------------------------------------------------


def problems(chosen: Chosen, edition: Edition) -> Iterator[Problem]:
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
            target = target_named(name, edition)
            label = target.label if target else name
            also = f"“{said[name]}”" if name in said else "what is the same in every row"
            yield Problem(
                "mapping.twice",
                f"“{column}” and {also} both become “{label}”. Keep one of them.",
                item=f"column:{column}",
            )
        said.setdefault(name, column)
    yield from _fixed_problems(chosen, edition)
    known = {*said, *chosen.fixed}
    if "incident_type" not in known:
        yield Problem(
            "mapping.incident_type",
            "Choose the column that says the type of incident, or say below that it is the same in every row.",
            item="fixed",
        )
    for at in range(1, CHILDREN + 1):
        if (f"{at}.age_value" in known) != (f"{at}.age_unit" in known):
            which = f" of child {at}" if at > 1 else ""
            yield Problem(
                "mapping.age",
                f"An age needs a number and a unit. Choose the column of each{which}, or say below that the unit is "
                "the same in every row.",
                item="fixed",
            )


def _fixed_problems(chosen: Chosen, edition: Edition) -> Iterator[Problem]:
    """What is wrong with the lines of what is the same in every row."""
    for name, value in chosen.half:
        target = target_named(name, edition)
        message = (
            f"Say what “{target.label}” is in every row, or choose no item there."
            if target is not None
            else f"Choose the item that is “{value[:60]}” in every row, or empty the field."
        )
        yield Problem("mapping.half", message, item="fixed")
    for name, spec in chosen.fixed.items():
        target = target_named(name, edition)
        try:
            if target is not None and "constant" in spec:
                values.parse(target.item, spec["constant"])
        except values.ValueProblem as problem:
            said = f"“{str(spec['constant'])[:60]}” does not fit “{target.label}”." if target else ""
            yield Problem("mapping.fixed", f"{said} {problem.message}", item="fixed")
