"""The codebook: every item of an edition in words, for people who read data or write questions."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from dictionary.rules import Json, Rule
from dictionary.schema import Choice, Edition, Item, Section
from dictionary.values import date_words

TYPE_WORDS = {
    "text": "One line of text",
    "plain": "Several lines of text",
    "prose": "Long text with headings, lists and tables",
    "integer": "Whole number",
    "date": "Date",
    "partial_date": "Date, as exactly as it is known",
    "choice": "One answer from a list",
    "choices": "Any number of answers from a list",
    "rating": "Rating from 0 to 3",
    "links": "Links to entries",
}
PRIVACY_WORDS = {
    "direct": "Direct: can name or point to a person. Stays inside the agency.",
    "quasi": "Quasi: together with others it can point to a person. Leaves the agency only in coarser form.",
    "sensitive": "Sensitive: about a person’s life. Stays inside the agency.",
    "open": "Open: tells nothing about a person.",
}
# Of an agency's own question: whatever its class, it leaves the agency in no form.
LOCAL_PRIVACY_WORDS = {
    key: f"{words.partition('. ')[0].rstrip('.')}. Never leaves the agency."
    for key, words in PRIVACY_WORDS.items()
}
COARSEN_WORDS = {
    "year": "shared as the year",
    "quarter": "shared as the quarter",
    "age_band": "shared as an age group",
    "count_band": "shared as a range",
    "none": "shared as it is",
}


# What the apps above do with an item, as sentences; each adds its own.
USES: list[Callable[[Edition, Item], Iterator[str]]] = []
# Items without which the apps above note no incident, whatever the edition asks for before a review is sent.
REQUIRED_ABOVE: set[str] = set()


@dataclass(frozen=True)
class CodebookItem:
    """One item in words. What it does not have is empty."""

    item: Item
    type: str
    limits: str
    shown_when: str
    asked_for: str
    privacy: str
    used_in: str
    uses: tuple[str, ...]
    kept_as: str
    codes: tuple[Choice, ...]
    no_answer: tuple[Choice, ...]
    checks: tuple[str, ...]
    basis: str
    history: str = ""

    @property
    def privacy_title(self) -> str:
        return self.privacy.partition(":")[0]


@dataclass(frozen=True)
class CodebookSection:
    section: Section
    part_title: str
    items: tuple[CodebookItem, ...]


def codebook(
    edition: Edition,
    *,
    section: str = "",
    privacy: str = "",
    query: str = "",
    history: Mapping[str, str] = MappingProxyType({}),
) -> tuple[CodebookSection, ...]:
    """The edition's items in words, less what the filters leave out; `history` says of each where it came from.

    Every word of the query must be found in the item's key, label, help, codes or basis.
    """
    words = query.casefold().split()
    found = []
    for one in edition.sections:
        if section and one.key != section:
            continue
        items = tuple(
            replace(describe(edition, item), history=history.get(item.key, ""))
            for item in one.items
            if privacy in ("", item.privacy) and _is_found(item, words)
        )
        if items:
            found.append(CodebookSection(one, edition.part(one.part).title, items))
    return tuple(found)


def describe(edition: Edition, item: Item) -> CodebookItem:
    """One item in words."""
    section = edition.section(item.section)
    part = edition.part(item.part).title
    place = part if part == section.title else f"{part} › {section.title}"
    times = f"once for each {section.repeats}" if section.repeats else "once"
    if section.rated:
        times = "for the whole review, or for one improvement opportunity"
    return CodebookItem(
        item=item,
        type=_type_words(edition, item),
        limits=_limits(item),
        shown_when=f"Shown when {in_words(item.when, edition)}." if item.when else "",
        asked_for=_asked_for(edition, item),
        privacy=_privacy(item),
        used_in=f"{place}, {times}",
        uses=tuple(use for uses_of in USES for use in uses_of(edition, item)),
        kept_as="a fact of its own, by which the software searches and counts"
        if item.is_column
        else "an answer",
        codes=item.choices,
        no_answer=() if item.is_column else item.missing_choices,
        checks=tuple(check.message for check in (*item.checks, *item.warnings)),
        basis=_basis(item.basis),
    )


def is_required(item: Item) -> bool:
    """Whether nothing goes on without an answer, wherever the item is asked."""
    return item.key in REQUIRED_ABOVE or (item.required and item.required_when is None)


def required_where(edition: Edition, item: Item) -> str:
    """Where an answer is asked for that is optional elsewhere, as a sentence's end; empty for none."""
    return in_words(item.required_when, edition) if item.required and item.required_when else ""


def _asked_for(edition: Edition, item: Item) -> str:
    if item.key in REQUIRED_ABOVE:
        return "Required"
    if where := required_where(edition, item):
        return f"Required before sending where {where}"
    return "Required before sending" if item.required else "Optional"


def _privacy(item: Item) -> str:
    if item.is_local:
        return LOCAL_PRIVACY_WORDS[item.privacy]
    words = PRIVACY_WORDS[item.privacy]
    if item.privacy == "quasi" and item.coarsen == "none":
        return f"{words.partition('. ')[0]}. Leaves the agency as it is."
    coarser = f" ({COARSEN_WORDS[item.coarsen]})" if item.coarsen and item.coarsen != "none" else ""
    return f"{words.rstrip('.')}{coarser}."


def in_words(rule: Rule | None, edition: Edition) -> str:
    """A rule as a sentence's end: 'Was the need met?' is 'Unmet'."""
    if rule is None:
        return "always"
    operator, operand = next(iter(rule.items()))
    match operator:
        case "all" | "any":
            joined = " and " if operator == "all" else " or "
            parts = [
                f"({in_words(part, edition)})"
                if _is_mixed(part) and len(operand) > 1
                else in_words(part, edition)
                for part in operand
            ]
            return joined.join(parts)
        case "not":
            return f"not ({in_words(operand, edition)})"
        case "answered":
            return f"{_name(edition, operand)} is answered"
        case "missing":
            return f"{_name(edition, operand)} was left with a reason"
    item = edition.item(operand[0])
    is_date = item.type in ("date", "partial_date")
    verb = {
        "=": "is",
        "!=": "is not",
        "in": "is",
        "<": "is before" if is_date else "is less than",
        "<=": "is on or before" if is_date else "is at most",
    }[operator]
    wanted = operand[1] if isinstance(operand[1], list) else [operand[1]]
    return f"{_name(edition, operand[0])} {verb} {_either([_value(edition, item, one) for one in wanted])}"


def section_choices(edition: Edition) -> Iterator[tuple[str, str]]:
    """(key, title) for the filter by section."""
    for section in edition.sections:
        yield section.key, section.title


def _is_mixed(rule: Rule) -> bool:
    return next(iter(rule)) in ("all", "any")


def _is_found(item: Item, words: list[str]) -> bool:
    text = " ".join(
        [item.key, item.label, item.help, item.group, item.basis]
        + [f"{choice.code} {choice.label} {choice.help}" for choice in item.choices]
    ).casefold()
    return all(word in text for word in words)


def _name(edition: Edition, key: str) -> str:
    return f"“{edition.item(key).label}”"


def _value(edition: Edition, item: Item, wanted: Json) -> str:
    if isinstance(wanted, Mapping):
        return _name(edition, str(wanted["item"]))
    text = str(wanted)
    if item.type == "rating":
        return text
    if item.choices:
        return f"“{item.choice_label(text)}”"
    return date_words(text) if item.type in ("date", "partial_date") else text


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _type_words(edition: Edition, item: Item) -> str:
    words = TYPE_WORDS[item.type]
    if item.links:
        words += f" in {_and([edition.section(key).title for key in item.links])}"
    return words


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _limits(item: Item) -> str:
    limits: list[Any] = []
    if item.min is not None and item.max is not None:
        limits.append(f"{item.min:,} to {item.max:,}")
    elif item.min is not None:
        limits.append(f"{item.min:,} or more")
    elif item.max is not None:
        limits.append(f"{item.max:,} or less")
    if item.max_length is not None:
        limits.append(f"up to {item.max_length:,} characters")
    return ", ".join(limits)


def _basis(basis: str) -> str:
    kind, _, source = basis.partition(": ")
    words = {
        "ours": "Our own wording",
        "recalled": "Recalled from practice, source not checked",
        "public": "",
    }[kind]
    if kind == "public":
        return f"Public source: {source}"
    return f"{words} ({source})" if source else words
