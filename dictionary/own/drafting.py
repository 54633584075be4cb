"""A list of own questions with one of them added, changed, moved or taken out. Pure: lists go in and come out."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from dictionary.loading import canonical, fingerprint
from dictionary.own.composing import PART, Question
from dictionary.schema import LOCAL, Edition

MOST = 100  # own questions of one agency
MOST_CODES = 500  # of one question
_KEY_LENGTH = 40


def key_for(words: str, taken: Collection[str]) -> str:
    """A key made of the words, that no other question has."""
    slug = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_") or "question"
    stem = f"{LOCAL}{slug}"[:_KEY_LENGTH].rstrip("_")
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}_{number}", number + 1
    return key


def fingerprint_of(questions: Sequence[Question]) -> str:
    """The same for the same questions in the same order."""
    return fingerprint({"questions": [dict(question) for question in questions]})


def print_of(question: Question | None) -> str:
    """What a page remembers of a question, to notice that somebody else changed it meanwhile."""
    return fingerprint(dict(question)) if question is not None else ""


def find(questions: Iterable[Question], key: str) -> Question | None:
    return next((one for one in questions if one["key"] == key), None)


def put(questions: Sequence[Question], question: Question) -> list[Question]:
    """With this question in the place of the one with its key, or at the end."""
    if find(questions, question["key"]) is None:
        return [*questions, question]
    return [question if one["key"] == question["key"] else one for one in questions]


def without(questions: Sequence[Question], key: str) -> list[Question]:
    return [one for one in questions if one["key"] != key]


def moved(questions: Sequence[Question], key: str, *, up: bool) -> list[Question]:
    """With this question one place further up or down among those of its section."""
    if find(questions, key) is None:
        return list(questions)
    near = [at for at, one in enumerate(questions) if one["section"] == _section(questions, key)]
    here = next(at for at in near if questions[at]["key"] == key)
    place = near.index(here) + (-1 if up else 1)
    turned = list(questions)
    if 0 <= place < len(near):
        there = near[place]
        turned[here], turned[there] = turned[there], turned[here]
    return turned


def in_order(questions: Iterable[Question], edition: Edition) -> list[tuple[str, list[Question]]]:
    """The questions under the title of the place where they stand, in the order of the form."""
    titles = {section.key: place_title(edition, section.key) for section in edition.sections}
    found: dict[str, list[Question]] = {key: [] for key in [*titles, PART]}
    for question in questions:
        found.setdefault(question["section"] if question["section"] in titles else PART, []).append(question)
    return [(titles.get(key, ""), listed) for key, listed in found.items() if listed]


def place_title(edition: Edition, key: str) -> str:
    """`Incident and child › The family’s situation`, and for each of what it is asked."""
    section = edition.section(key)
    part = edition.part(section.part).title
    title = part if part == section.title else f"{part} › {section.title}"
    return f"{title}, for each {section.repeats}" if section.repeats else title


def _section(questions: Sequence[Question], key: str) -> Any:
    found = find(questions, key)
    return found["section"] if found is not None else None


def same(left: Mapping[str, Any] | None, right: Mapping[str, Any] | None) -> bool:
    """Whether two questions, or the lack of one, say the same."""
    return canonical(dict(left or {})) == canonical(dict(right or {}))
