"""The answers' part of the API's description, written from an edition: for every item what its answer may be, in the
labels that people read. One label changed in an edition is changed here, and nothing else is."""

from collections.abc import Iterable
from typing import Any

from dictionary.codebook import TYPE_WORDS
from dictionary.schema import Choice, Edition, Item, Section
from dictionary.values import PLAIN_CHARACTERS, PRECISIONS, PROSE_BYTES, TEXT_CHARACTERS

type Json = dict[str, Any]

DAY: Json = {"type": "string", "format": "date"}
PARTIAL_DATE: Json = {
    "type": "object",
    "description": "A date, as exactly as it is known.",
    "required": ["date", "precision"],
    "properties": {
        "date": DAY,
        "precision": {"oneOf": [{"const": one.code, "title": one.label} for one in PRECISIONS]},
        "time": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
    },
    "additionalProperties": False,
}


def components(edition: Edition) -> Json:
    """`item_<key>`: what an answer may be; `save_<key>`: how one is saved; `SaveAnswer`: any of them. What many of them
    say alike stands once: `entry_…`, `missing_…`, `saved_version`."""
    found: Json = {"partial_date": PARTIAL_DATE, "value": _any_value()}
    for item in edition:
        if item.type == "choices":
            found[f"code_{item.key}"] = codes(item.choices)
        found[f"item_{item.key}"] = {"title": item.label, **_described(item), **_value(item)}
        if not item.is_column:
            found[f"save_{item.key}"] = _saving(edition, item)
            found |= _said_alike(edition, item)
    saved = [item.key for item in edition if not item.is_column]
    found["SaveAnswer"] = {
        "description": f"One answer of edition {edition.number}. Reviews of another edition: see its own items.",
        "oneOf": [_ref(f"save_{key}") for key in saved],
        "discriminator": {
            "propertyName": "item",
            "mapping": {key: f"#/components/schemas/save_{key}" for key in saved},
        },
    }
    return found


def codes(choices: Iterable[Choice]) -> Json:
    """A code list with its labels."""
    return {
        "type": "string",
        "oneOf": [
            {"const": one.code, "title": one.label} | ({"description": one.help} if one.help else {})
            for one in choices
        ],
    }


def _any_value() -> Json:
    return {
        "description": "As item_<key> of its item says.",
        "type": ["string", "integer", "array", "object", "null"],
    }


def _described(item: Item) -> Json:
    words = f"{item.help} ({TYPE_WORDS[item.type]}.)" if item.help else f"{TYPE_WORDS[item.type]}."
    return {"description": words, "x-privacy": item.privacy}


def _value(item: Item) -> Json:
    match item.type:
        case "text" | "plain":
            most = TEXT_CHARACTERS if item.type == "text" else PLAIN_CHARACTERS
            return {"type": "string", "maxLength": item.max_length or most}
        case "prose":
            return {
                "type": "string",
                "contentMediaType": "text/html",
                "maxLength": item.max_length or PROSE_BYTES,
            }
        case "integer":
            bounds = {"minimum": item.min, "maximum": item.max}
            return {"type": "integer"} | {name: bound for name, bound in bounds.items() if bound is not None}
        case "date":
            return dict(DAY)
        case "partial_date":
            return {"allOf": [_ref("partial_date")]}
        case "choices":
            return {"type": "array", "items": _ref(f"code_{item.key}"), "uniqueItems": True}
        case "links":
            return {"type": "array", "items": {"type": "integer", "minimum": 1}, "uniqueItems": True}
    return codes(item.choices)


def _saving(edition: Edition, item: Item) -> Json:
    """One answer as it is sent. What many of them say alike is a component of its own (`_said_alike`)."""
    section = edition.section(item.section)
    properties: Json = {
        "item": {"const": item.key, "title": item.label},
        "entry": _ref(_entry_of(section)),
        "version": _ref("saved_version"),
        "value": {"anyOf": [_ref(f"item_{item.key}"), {"type": "null"}]},
        "missing": _ref(_missing_of(item)),
    }
    return {
        "type": "object",
        "properties": properties,
        "required": ["item", "version", "value", *(["entry"] if section.repeats else [])],
        "additionalProperties": False,
    }


def _said_alike(edition: Edition, item: Item) -> Json:
    """The components to which the saving of this item refers, besides its own."""
    section = edition.section(item.section)
    entry: Json = {"type": "integer", "minimum": 1, "description": f"The {section.repeats or 'opportunity'}."}
    if not section.repeats:
        entry = {"anyOf": [entry, {"type": "null"}]} if section.rated else {"type": "null"}
    reasons = codes(item.missing_choices)["oneOf"]
    return {
        _entry_of(section): entry,
        _missing_of(item): {"oneOf": [{"const": "", "title": "A value is given"}, *reasons]},
        "saved_version": {
            "type": "integer",
            "minimum": 0,
            "maximum": 2**31 - 1,
            "description": "The version that the change was made over; 0: nothing stood.",
        },
    }


def _entry_of(section: Section) -> str:
    return f"entry_{section.key if section.repeats else 'rated' if section.rated else 'none'}"


def _missing_of(item: Item) -> str:
    return "_or_".join(["missing_none", *(one.code for one in item.missing_choices)])


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}
