"""Reading a document into an Edition: every mistake is named with its place and its mend, all at once."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from dictionary.ratings import expand
from dictionary.rule_check import Cycle, check_rule, find_cycle
from dictionary.rules import Json, items_in
from dictionary.schema import (
    COARSEN,
    EVIDENCE_SECTIONS,
    MISSING,
    PRIVACY,
    RATING_MISSING,
    RATINGS,
    STORES,
    TEXTS,
    TYPES,
    Check,
    Choice,
    Edition,
    EditionError,
    Item,
    Part,
    Section,
)

EDITION_KEYS = {"number", "title", "about", "parts", "choices", "sections"}
PART_KEYS = {"key", "title", "group", "intro"}
SECTION_KEYS = {"section", "part", "title", "intro", "repeats", "title_item", "items"}
ITEM_KEYS = {
    *("key", "label", "help", "type", "choices", "links", "required", "store", "privacy", "coarsen", "when"),
    *("missing", "min", "max", "max_length", "group", "anchors", "checks", "warnings", "basis"),
}
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"[0-9]+\.[0-9]+")
_BASIS = re.compile(r"(ours|recalled)(: .+)?|public: .+")


def canonical(document: Mapping[str, Json]) -> str:
    """The document as text that is the same for the same content, whatever the order of its keys."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def fingerprint(document: Mapping[str, Json]) -> str:
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def read(document: Mapping[str, Json]) -> Edition:
    return _Reader().edition(document)


class _Reader:
    """Collects what is wrong while it builds; nothing half-built leaves it."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def say(self, where: str, problem: str) -> None:
        self.problems.append(f"{where}: {problem}")

    def stop_if_wrong(self) -> None:
        if self.problems:
            raise EditionError(self.problems)

    def mapping(self, raw: Any, where: str, allowed: set[str]) -> Mapping[str, Any]:
        if not isinstance(raw, Mapping):
            self.say(where, f"is {_kind(raw)}. Write it as keys with values.")
            return {}
        for key in raw:
            if key not in allowed:
                self.say(where, f"does not know “{key}”.{_meant(str(key), allowed)}")
        return raw

    def rows(self, raw: Any, where: str) -> list[Any]:
        if raw is None:
            return []
        if not isinstance(raw, list):
            self.say(where, f"is {_kind(raw)}. Write it as a list.")
            return []
        return raw

    def text(self, raw: Mapping[str, Any], key: str, where: str, *, needed: bool = False) -> str:
        value = raw.get(key)
        if value is None or value == "":
            if needed:
                self.say(where, f"has no “{key}”. Give it one.")
            return ""
        if not isinstance(value, str):
            self.say(where, f"“{key}” is {_kind(value)}. Write it as text, in quotes.")
            return ""
        return " ".join(value.split()) if "\n\n" not in value else value.strip()

    def key(self, raw: Mapping[str, Any], name: str, where: str) -> str:
        value = self.text(raw, name, where, needed=True)
        if value and not _KEY.fullmatch(value):
            self.say(where, f"“{value}” is no key. Use small letters, digits and _, beginning with a letter.")
        return value

    def one_of(self, value: str, allowed: Iterable[str], where: str, what: str) -> str:
        allowed = list(allowed)
        if value and value not in allowed:
            self.say(where, f"{what} “{value}” does not exist.{_meant(value, allowed)}")
        return value

    def number(self, raw: Mapping[str, Any], key: str, where: str) -> int | None:
        value = raw.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            self.say(where, f"“{key}” is {_kind(value)}. Write a whole number.")
            return None
        return value

    def strings(self, raw: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
        values = self.rows(raw.get(key), f"{where}, {key}")
        for value in values:
            if not isinstance(value, str):
                self.say(where, f"“{key}” holds {_kind(value)}. Put each entry in quotes.")
        return tuple(value for value in values if isinstance(value, str))

    def no_doubles(self, keys: Iterable[str], where: str, what: str) -> None:
        for key, count in Counter(keys).items():
            if key and count > 1:
                self.say(where, f"{what} “{key}” stands {count} times. Keep one, or rename the others.")

    def edition(self, raw: Mapping[str, Json]) -> Edition:
        where = "Edition"
        top = self.mapping(raw, where, EDITION_KEYS)
        number = self.text(top, "number", where, needed=True)
        if number and not _NUMBER.fullmatch(number):
            self.say(where, f"the number “{number}” has to look like 1.0, in quotes.")
        choices = self.code_lists(top.get("choices"))
        parts = tuple(self.part(part) for part in self.rows(top.get("parts"), "Edition, parts"))
        self.no_doubles((part.key for part in parts), where, "the part")
        raw_sections = self.rows(top.get("sections"), "Edition, sections")
        if not raw_sections:
            self.say(where, "has no sections. Add at least one section file.")
        sections = [self.section(section, {part.key for part in parts}, choices) for section in raw_sections]
        self.no_doubles((section.key for section in sections), where, "the section")
        self.no_doubles((item.key for section in sections for item in section.items), where, "the item")
        self.stop_if_wrong()
        sections = [self.with_ratings(section, sections) for section in sections]
        self.no_doubles((item.key for section in sections for item in section.items), where, "the item")
        self.check_links(sections)
        self.check_rules(sections)
        self.stop_if_wrong()
        return Edition(
            number=number,
            title=self.text(top, "title", where, needed=True),
            about=self.text(top, "about", where),
            parts=parts,
            sections=tuple(sorted(sections, key=lambda s: [part.key for part in parts].index(s.part))),
            choices=choices,
            sha256=fingerprint(raw),
        )

    def part(self, raw: Any) -> Part:
        where = f"Part {raw.get('key') if isinstance(raw, Mapping) else raw}"
        part = self.mapping(raw, where, PART_KEYS)
        return Part(
            key=self.key(part, "key", where),
            title=self.text(part, "title", where, needed=True),
            group=self.text(part, "group", where),
            intro=self.text(part, "intro", where),
        )

    def code_lists(self, raw: Any) -> dict[str, tuple[Choice, ...]]:
        lists = raw if isinstance(raw, Mapping) else {}
        if raw is not None and not isinstance(raw, Mapping):
            self.say("Edition, choices", "has to be code lists by name.")
        return {name: self.code_list(name, codes) for name, codes in lists.items()}

    def code_list(self, name: str, raw: Any) -> tuple[Choice, ...]:
        where = f"Code list {name}"
        choices = []
        for row in self.rows(raw, where):
            code = self.mapping(row, where, {"code", "label", "help"})
            choices.append(
                Choice(
                    self.text(code, "code", where, needed=True),
                    self.text(code, "label", f"{where}, code {code.get('code')}", needed=True),
                    self.text(code, "help", where),
                )
            )
        if len(choices) < 2:
            self.say(where, "has fewer than two codes. Add codes, or ask for text instead.")
        self.no_doubles((choice.code for choice in choices), where, "the code")
        self.no_doubles((choice.label for choice in choices), where, "the label")
        return tuple(choices)

    def section(self, raw: Any, parts: set[str], choices: Mapping[str, tuple[Choice, ...]]) -> Section:
        where = f"Section {raw.get('section') if isinstance(raw, Mapping) else raw}"
        section = self.mapping(raw, where, SECTION_KEYS)
        key = self.key(section, "section", where)
        part = self.one_of(self.text(section, "part", where, needed=True), parts, where, "the part")
        raw_items = self.rows(section.get("items"), where)
        items = tuple(self.item(item, key, part, choices) for item in raw_items)
        if not items:
            self.say(where, "has no items. Add one, or remove the section.")
        repeats = self.text(section, "repeats", where)
        title_item = self.text(section, "title_item", where) or (items[0].key if repeats and items else "")
        if title_item:
            self.one_of(title_item, [item.key for item in items], where, "the title item")
        if not repeats and section.get("title_item"):
            self.say(where, "has a title_item but does not repeat. Remove it, or say what it repeats.")
        return Section(
            key=key,
            part=part,
            title=self.text(section, "title", where, needed=True),
            items=items,
            intro=self.text(section, "intro", where),
            repeats=repeats,
            title_item=title_item,
        )

    def item(self, raw: Any, section: str, part: str, lists: Mapping[str, tuple[Choice, ...]]) -> Item:
        name = raw.get("key") if isinstance(raw, Mapping) else raw
        where = f"Section {section}, item {name}"
        item = self.mapping(raw, where, ITEM_KEYS)
        built = Item(
            key=self.key(item, "key", where),
            label=self.text(item, "label", where, needed=True),
            section=section,
            part=part,
            help=self.text(item, "help", where),
            group=self.text(item, "group", where),
            **self.answered_by(item, where, lists),
            **self.asked_when(item, where),
            **self.kept_as(item, where),
        )
        self.check_item(built, where)
        return built

    def answered_by(
        self, item: Mapping[str, Any], where: str, lists: Mapping[str, tuple[Choice, ...]]
    ) -> dict[str, Any]:
        """What an answer may be: its type, with the codes, links, bounds and anchors that belong to it."""
        list_name = self.text(item, "choices", where)
        if list_name:
            self.one_of(list_name, lists, where, "the code list")
        return {
            "type": self.one_of(self.text(item, "type", where, needed=True), TYPES, where, "the type"),
            "choices": lists.get(list_name, ()),
            "choices_key": list_name,
            "links": self.strings(item, "links", where),
            "missing": self.strings(item, "missing", where),
            "min": self.number(item, "min", where),
            "max": self.number(item, "max", where),
            "max_length": self.number(item, "max_length", where),
            "anchors": self.anchors(item.get("anchors"), where),
        }

    def asked_when(self, item: Mapping[str, Any], where: str) -> dict[str, Any]:
        """When the question is asked, whether it must be answered, and what its answer has to agree with."""
        if not isinstance(item.get("required", False), bool):
            self.say(where, f"“required” is {_kind(item['required'])}. Write true or false.")
        return {
            "required": item.get("required") is True,
            "when": item.get("when"),
            "checks": self.checks(item, "checks", where),
            "warnings": self.checks(item, "warnings", where),
        }

    def kept_as(self, item: Mapping[str, Any], where: str) -> dict[str, Any]:
        """Where an answer is stored, how closely it is kept, and on whose word the question stands."""
        basis = self.text(item, "basis", where, needed=True)
        if basis and not _BASIS.fullmatch(basis):
            self.say(where, f"the basis “{basis}” is not ours, recalled, or public: SOURCE.")
        privacy = self.text(item, "privacy", where, needed=True)
        return {
            "basis": basis,
            "privacy": self.one_of(privacy, PRIVACY, where, "the privacy class"),
            "store": self.one_of(self.text(item, "store", where) or "answer", STORES, where, "the store"),
            "coarsen": self.one_of(self.text(item, "coarsen", where), COARSEN, where, "the coarsening"),
        }

    def anchors(self, raw: Any, where: str) -> dict[str, str]:
        if raw is None:
            return {}
        anchors = self.mapping(raw, f"{where}, anchors", set(RATINGS))
        return {code: self.text(anchors, code, f"{where}, anchors") for code in RATINGS}

    def checks(self, item: Mapping[str, Any], key: str, where: str) -> tuple[Check, ...]:
        checks = []
        for row in self.rows(item.get(key), f"{where}, {key}"):
            check = self.mapping(row, f"{where}, {key}", {"rule", "message"})
            if check.get("rule") is None:
                self.say(f"{where}, {key}", "has no “rule”. Give it one.")
            message = self.text(check, "message", f"{where}, {key}", needed=True)
            checks.append(Check(check.get("rule") or {}, message))
        return tuple(checks)

    def check_item(self, item: Item, where: str) -> None:
        """What belongs to one type only stands on no other, and what a type needs is there."""
        kind = item.type
        if kind in ("choice", "choices") and not item.choices_key:
            self.say(where, f"is a {kind} without a code list. Name one with “choices”.")
        if kind not in ("choice", "choices") and item.choices_key:
            self.say(where, f"has a code list but is {kind}. Remove “choices”, or make it a choice.")
        if (kind == "links") != bool(item.links):
            self.say(where, "“links” and the type links go together. Add the other, or remove it.")
        if kind == "rating" and not all(item.anchors.get(code) for code in RATINGS):
            self.say(where, "is a rating without a text for each of 0, 1, 2 and 3. Add “anchors”.")
        if kind != "rating" and item.anchors:
            self.say(where, f"has anchors but is {kind}. Remove them, or make it a rating.")
        if kind != "integer" and (item.min, item.max) != (None, None):
            self.say(where, f"has min or max but is {kind}. Only an integer has them; write a check instead.")
        if item.min is not None and item.max is not None and item.min > item.max:
            self.say(where, f"min {item.min} is above max {item.max}. Swap them.")
        if item.max_length is not None and (kind not in TEXTS or item.max_length < 1):
            self.say(where, "“max_length” is for text, plain and prose, and at least 1.")
        if item.is_column and kind in ("rating", "links", "prose"):
            self.say(where, f"is a column of type {kind}. Keep it as an answer: remove “store”.")
        if item.coarsen and item.privacy != "quasi":
            self.say(where, f"has “coarsen” but is {item.privacy}. Only quasi items are coarsened.")
        self.no_doubles(item.missing, where, "the missing reason")
        for reason in item.missing:
            self.one_of(reason, RATING_MISSING if kind == "rating" else MISSING, where, "the missing reason")

    def with_ratings(self, section: Section, sections: list[Section]) -> Section:
        evidence = tuple(key for key in EVIDENCE_SECTIONS if key in {other.key for other in sections})
        if section.rated and not evidence:
            self.say(f"Section {section.key}", "has ratings, but no section whose entries could show why.")
        return replace(section, items=tuple(one for item in section.items for one in expand(item, evidence)))

    def check_links(self, sections: list[Section]) -> None:
        repeating = [section.key for section in sections if section.repeats]
        for section in sections:
            for item in section.items:
                for target in item.links:
                    where = f"Section {section.key}, item {item.key}"
                    self.one_of(target, repeating, where, "the repeating section")

    def check_rules(self, sections: list[Section]) -> None:
        everywhere = {item.key: item for section in sections for item in section.items}
        once = {item.key: item for section in sections if not section.repeats for item in section.items}
        for section in sections:
            reachable = once | {item.key: item for item in section.items}
            for item in section.items:
                where = f"Section {section.key}, item {item.key}"
                named: list[tuple[str, Any]] = [] if item.when is None else [("when", item.when)]
                named += [("checks", check.rule) for check in item.checks]
                named += [("warnings", check.rule) for check in item.warnings]
                for place, rule in named:
                    for problem in check_rule(rule, reachable, everywhere):
                        self.say(f"{where}, {place}", problem)
        self.stop_if_wrong()
        for section in sections:
            order = [item.key for item in section.items]
            for item in section.items:
                for other in items_in(item.when):
                    if other in order and order.index(other) > order.index(item.key):
                        self.say(
                            f"Section {section.key}, item {item.key}, when",
                            f"asks about “{other}”, which comes later. Move {item.key} below it.",
                        )
        cycle: Cycle | None = find_cycle({key: item.when for key, item in everywhere.items()})
        if cycle:
            self.say(
                f"Item {cycle[0]}, when", f"goes round in a circle: {' → '.join(cycle)}. Take one rule away."
            )


def _kind(value: Any) -> str:
    match value:
        case None:
            return "empty"
        case bool():
            return f"{str(value).lower()} (true or false)"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text “{value}”"
        case list():
            return "a list"
        case _:
            return "a set of keys"


def _meant(word: str, allowed: Iterable[str]) -> str:
    options = sorted(allowed)
    if near := get_close_matches(word, options, n=1):
        return f" Did you mean “{near[0]}”?"
    return f" Use one of: {', '.join(options)}." if options else ""
