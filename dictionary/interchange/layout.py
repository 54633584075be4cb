"""An edition laid out as other software wants it: forms of named fields, with what only we can say set aside.

Both formats are written from this, so they name a question alike and fence the same.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dictionary.interchange.code_cells import legal_codes
from dictionary.interchange.logic_reading import Known
from dictionary.rules import Json
from dictionary.schema import Choice, Edition, Item, Section, load

# What a type of ours is read as where nothing is fenced.
READ_AS = {"prose": "plain", "partial_date": "date", "rating": "choice", "links": "text"}
LISTED = ("choice", "choices", "rating")
RECORD = "record"
_BESIDE = ("precision", "time")
# Of an item's document: what the cells of neither format carry.
_SET_ASIDE = ("privacy", "basis", "store", "coarsen", "when", "missing", "checks", "warnings", "links")
_LONGEST = 100
_RESERVED = re.compile(r"redcap_.*|.*_complete|.*_timestamp|record_id|record")


@dataclass(frozen=True)
class Laid:
    """One item as a field: its name there, the heading that begins with it, its fence, and its own codes and
    reasons for no answer, as written there."""

    item: Item
    name: str
    heading: str
    fence: Mapping[str, Json]
    codes: tuple[Choice, ...]
    beside: tuple[str, ...]  # the fields of a partial date that say how exact it is, and its time

    @property
    def reasons(self) -> tuple[str, ...]:
        return listed_reasons(self.item)


@dataclass(frozen=True)
class Form:
    section: Section
    name: str
    fields: tuple[Laid, ...]


@dataclass(frozen=True)
class Layout:
    edition: Edition
    fence: Mapping[str, Json]
    forms: tuple[Form, ...]
    known: Mapping[str, Known]


def lay_out(document: Mapping[str, Any]) -> Layout:
    """Raises schema.EditionError when the document is no edition."""
    edition = load(document)
    raw = {item["key"]: item for section in document["sections"] for item in section["items"]}
    names = _names((item for item in edition), lambda item: item.key)
    form_names = _names(edition.sections, lambda section: section.key)
    forms = tuple(
        Form(section, form_names[section.key], tuple(_fields(section, names, raw)))
        for section in edition.sections
    )
    known = {item.key: known_of(item, names[item.key]) for item in edition}
    return Layout(edition, _edition_fence(document, edition, form_names), forms, known)


def listed_reasons(item: Item) -> tuple[str, ...]:
    """The reasons for no answer that can stand among the item's codes."""
    codes = {choice.code for choice in item.choices}
    return tuple(reason for reason in item.missing if reason not in codes)


def known_of(item: Item, name: str) -> Known:
    codes = tuple(choice.code for choice in item.choices)
    written = legal_codes(codes)
    return Known(item.key, name, item.type, codes, listed_reasons(item), written)


def _fields(
    section: Section, names: Mapping[str, str], raw: Mapping[str, Mapping[str, Any]]
) -> Iterator[Laid]:
    standing = ""
    for item in section.items:
        heading = item.group if item.group and item.group != standing else ""
        fence = _item_fence(item, names[item.key], raw.get(item.key, {}))
        if not item.group and standing:
            fence["group"] = ""  # a heading stands until the next one
        standing = item.group or standing
        written = legal_codes(choice.code for choice in item.choices)
        codes = [Choice(written[choice.code], choice.label) for choice in item.choices]
        if item.choices:
            codes += [choice for choice in item.missing_choices if choice.code in listed_reasons(item)]
        yield Laid(item, names[item.key], heading, fence, tuple(codes), _beside(item, names))


def _beside(item: Item, names: Mapping[str, str]) -> tuple[str, ...]:
    if item.type != "partial_date":
        return ()
    taken = set(names.values())
    stem = names[item.key]
    while any(f"{stem}_{piece}" in taken for piece in _BESIDE):
        stem += "_its"
    return tuple(f"{stem}_{piece}" for piece in _BESIDE)


def _item_fence(item: Item, name: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    fence: dict[str, Any] = {} if name == item.key else {"key": item.key}
    if item.rating_of:
        return {**fence, "of": item.rating_of}
    if item.type in READ_AS:
        fence["type"] = item.type
    if item.choices_key:
        fence["choices"] = item.choices_key
    fence |= {key: raw[key] for key in _SET_ASIDE if key in raw}
    written = legal_codes(choice.code for choice in item.choices)
    if other := {legal: code for code, legal in written.items() if legal != code}:
        fence["codes"] = other
    if apart := [reason for reason in item.missing if item.choices and reason not in listed_reasons(item)]:
        fence["own_reasons"] = apart  # also codes of the list: what stands in the cell is the code
    return fence


def _edition_fence(
    document: Mapping[str, Any], edition: Edition, form_names: Mapping[str, str]
) -> dict[str, Any]:
    """What belongs to no single field: the edition, its parts and sections, and of its code lists what no list in
    a cell can carry."""
    sections = []
    for section in document["sections"]:
        about = {key: value for key, value in section.items() if key != "items"}
        if form_names[section["section"]] != section["section"]:
            about["form"] = form_names[section["section"]]
        sections.append(about)
    lists = document.get("choices") or {}
    used = {item.choices_key for item in edition}
    helps = {
        name: found
        for name, choices in lists.items()
        if name in used
        and (found := {choice["code"]: choice["help"] for choice in choices if choice.get("help")})
    }
    fence = {key: document[key] for key in ("number", "title", "about", "parts") if key in document}
    fence["sections"] = sections
    if helps:
        fence["help"] = helps
    if unused := {name: choices for name, choices in lists.items() if name not in used}:
        fence["choices"] = unused
    return fence


def _names[T: (Item, Section)](things: Iterable[T], key_of: Any) -> dict[str, str]:
    """For each key a name that every format takes: the same where it can be."""
    keys = [key_of(thing) for thing in things]
    taken = {key for key in keys if _is_legal(key)}
    names: dict[str, str] = {}
    for key in keys:
        if _is_legal(key):
            names[key] = key
            continue
        stem = re.sub(r"_+", "_", key).strip("_")[: _LONGEST - 4]
        number = 1
        while f"{stem}_{number}" in taken or not _is_legal(f"{stem}_{number}"):
            number += 1
        names[key] = f"{stem}_{number}"
        taken.add(names[key])
    return names


def _is_legal(name: str) -> bool:
    is_plain = "__" not in name and not name.endswith("_") and len(name) <= _LONGEST
    return is_plain and not _RESERVED.fullmatch(name)
