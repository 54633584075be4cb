"""How a cell names other entries of its review: `Need 2; record 1`, or the numbers alone where only one kind can be."""

import re

from dictionary.schema import Edition, Item
from reviews.imports.proposing import plain

_NUMBERED = re.compile(r"(?:([a-z][a-z ]*?)\s*)?(?:no\.?\s*|#\s*)?([0-9]{1,4})\.?", re.ASCII | re.IGNORECASE)


def numbers(text: str) -> list[tuple[str, int]]:
    """The entries that a cell names: `Need 2; record 1` as (need, 2), (record, 1); `2; No. 3` with an empty word.
    Raises ValueError for anything else."""
    found = []
    for part in re.split(r"[;,\n]", text):
        if part.strip():
            match = _NUMBERED.fullmatch(part.strip())
            if match is None:
                raise ValueError(part)
            word = plain(match[1] or "")
            found.append(("" if word == "no" else word, int(match[2])))
    return found


def number_in(text: str, called: str) -> int:
    """The one entry that a cell names, by its number alone or with what an entry is called: `2`, `Need 2`. Raises
    ValueError for anything else."""
    [(word, number)] = numbers(text)
    if word not in ("", called) or not number:
        raise ValueError(text)
    return number


def section_of(word: str, words: dict[str, str]) -> str:
    """The section that a word names, in the singular or plural; without a word, the only one. Raises ValueError."""
    if not word and len(words) == 1:
        return next(iter(words.values()))
    for known, section in words.items():
        if word in (known, f"{known}s", section, known[:-1] + "ies"):
            return section
    raise ValueError(word)


def link_words(item: Item, edition: Edition) -> dict[str, str]:
    """The sections that an item's links may point at, by what one of their entries is called."""
    return {edition.section(target).repeats: target for target in item.links}


def not_numbered(words: dict[str, str]) -> tuple[str, str]:
    """What is wrong with a cell that names no entries, and how to mend it."""
    example = "; ".join(f"{word} 1" for word in words)
    return "These are no numbers of entries.", f"Write for example: {example}."
