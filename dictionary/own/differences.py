"""What one list of own questions asks differently from another, in words; and whom that touches."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from dictionary.codebook import PRIVACY_WORDS, TYPE_WORDS, in_words
from dictionary.own.composing import Question
from dictionary.own.drafting import find, place_title, same
from dictionary.schema import MISSING, Edition

type Kind = Literal["added", "changed", "removed"]


@dataclass(frozen=True)
class Change:
    """One question that is new, gone or asked differently; `words` say in what."""

    kind: Kind
    key: str
    label: str
    place: str
    words: tuple[str, ...] = ()


# What the apps above know of those whom a change touches, as sentences; each adds its own.
TOUCHED: list[Callable[[Sequence[Change]], Iterator[str]]] = []


@dataclass(frozen=True)
class Side:
    """Own questions, in the edition that they make."""

    questions: Sequence[Question]
    edition: Edition

    def place(self, question: Question) -> str:
        return place_title(self.edition, self.edition.item(question["key"]).section)


def differences(before: Side, after: Side) -> list[Change]:
    """Added and changed in the order of the new list, then what is gone."""
    found = []
    for question in after.questions:
        standing = find(before.questions, question["key"])
        if standing is None:
            found.append(Change("added", question["key"], question["label"], after.place(question)))
        elif words := tuple(changed(standing, question, before, after)):
            found.append(Change("changed", question["key"], question["label"], after.place(question), words))
    for question in before.questions:
        if find(after.questions, question["key"]) is None:
            found.append(Change("removed", question["key"], question["label"], before.place(question)))
    if not found and [one["key"] for one in before.questions] != [one["key"] for one in after.questions]:
        first = after.questions[0]
        found.append(
            Change("changed", first["key"], first["label"], after.place(first), ("The order is new.",))
        )
    return found


def changed(was: Question, now: Question, before: Side, after: Side) -> Iterator[str]:
    """What is different about one question, a sentence each."""
    if same(was, now):
        return
    if was["label"] != now["label"]:
        yield f"It read “{was['label']}”."
    if was.get("help") != now.get("help"):
        yield f"Its help reads “{now['help']}”." if now.get("help") else "Its help is gone."
    if was["type"] != now["type"]:
        yield f"Its answer was: {TYPE_WORDS[was['type']].lower()}. Now: {TYPE_WORDS[now['type']].lower()}."
    yield from _codes(was, now)
    if before.place(was) != after.place(now):
        yield f"It stood in {before.place(was)}."
    if was["privacy"] != now["privacy"]:
        was_kept, now_kept = (PRIVACY_WORDS[one["privacy"]].partition(":")[0].lower() for one in (was, now))
        yield f"Its privacy class was {was_kept}. Now: {now_kept}."
    if was.get("when") != now.get("when"):
        yield _shown(now, after.edition)
    if was.get("missing") != now.get("missing"):
        reasons = ", ".join(MISSING[reason].lower() for reason in now.get("missing") or ())
        yield f"Reasons for no answer: {reasons or 'none'}."
    if _bounds(was) != _bounds(now):
        yield f"Bounds: {_bounds(now) or 'none'}."
    if was.get("warnings") != now.get("warnings"):
        yield "Its remarks on answers are different."


def touched(changes: Sequence[Change]) -> list[str]:
    return [sentence for told in TOUCHED for sentence in told(changes)]


def _codes(was: Question, now: Question) -> Iterator[str]:
    old = {one["code"]: one["label"] for one in was.get("codes") or ()}
    new = {one["code"]: one["label"] for one in now.get("codes") or ()}
    if added := [label for code, label in new.items() if code not in old]:
        yield f"New answers: {_quoted(added)}."
    if gone := [label for code, label in old.items() if code not in new]:
        yield f"Answers no longer offered: {_quoted(gone)}."
    for code, label in new.items():
        if code in old and old[code] != label:
            yield f"The answer “{old[code]}” reads “{label}”."
    if [code for code in old if code in new] != [code for code in new if code in old]:
        yield "The answers stand in another order."


def _shown(question: Question, edition: Edition) -> str:
    when = edition.item(question["key"]).when
    return f"It is shown when {in_words(when, edition)}." if when else "It is always shown."


def _bounds(question: Question) -> str:
    told = [
        f"{words} {question[key]:,}"
        for key, words in (("min", "at least"), ("max", "at most"), ("max_length", "characters, at most"))
        if question.get(key) is not None
    ]
    return ", ".join(told)


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{one}”" for one in words)
