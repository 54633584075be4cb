"""An agency's own questions put into an edition of the partnership: what a review of that agency is asked. Pure.

They stand at the end of the section that they name, under a heading of their own, or in a part of their own. So they
change nothing that stands before them, and may ask about all of it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dictionary.rule_check import check_rule, find_cycle
from dictionary.rules import Json, Rule, items_in
from dictionary.schema import LOCAL, Edition, EditionError, Item, Section, load

PART = f"{LOCAL}questions"
TITLE = "Our own questions"
INTRO = "What our agency asks besides. These questions and their answers stay in our agency."
BASIS = "ours: a question of one agency"
TYPES = ("text", "plain", "prose", "integer", "date", "partial_date", "choice", "choices")
# Decided and rated on pages of their own; and of a debrief nothing is kept but role, outcome and themes.
_CLOSED = {"selection", "factors", "debriefs"}
_COPIED = ("key", "label", "help", "type", "privacy", "coarsen", "missing", "min", "max", "max_length")
_RULES = ("when", "warnings")

type Question = Mapping[str, Any]  # one own question, as `dictionary.models.OwnEdition` keeps it


type Kind = Literal["place", "when", "warnings"]


@dataclass(frozen=True)
class Mend:
    """What of an own question (`of`) does not fit the edition any more, and what becomes of it."""

    key: str
    label: str
    of: Kind
    message: str


@dataclass(frozen=True)
class Composed:
    """The whole that is asked; `questions` are the own ones with those of their rules that stand in it. `mends` is
    empty where every own question fits."""

    document: dict[str, Any]
    edition: Edition
    questions: tuple[Question, ...] = ()
    mends: tuple[Mend, ...] = ()


def takes_own(section: Section) -> bool:
    """Whether an agency may add to this section."""
    return section.key not in _CLOSED and not section.rated


def compose(base: Mapping[str, Json], questions: Sequence[Question]) -> Composed:
    """The edition with these questions in it. No question is ever left out: one whose section is gone moves to the
    part of own questions, and a rule that reads what is gone falls away; `mends` says so.

    Raises EditionError where a question is none, whatever the edition.
    """
    if not questions:
        return Composed(dict(base), load(base))
    homes = _homes(base)
    moved = [
        _mend(question, "place", f"The place where it stood is gone. It stands in “{TITLE}”.")
        for question in questions
        if question["section"] not in homes | {PART}
    ]
    document = _document(base, questions, homes)
    try:
        return Composed(document, load(document), tuple(questions), tuple(moved))
    except EditionError:
        bare = load(_document(base, [_without_rules(question) for question in questions], homes))
    fitting, dropped = [], []
    for question, mends in _fitted(bare, questions):
        fitting.append(question)
        dropped += mends
    document = _document(base, fitting, homes)
    return Composed(document, load(document), tuple(fitting), (*moved, *dropped))


def _mend(question: Question, of: Kind, message: str) -> Mend:
    return Mend(question["key"], question["label"], of, message)


def _homes(base: Mapping[str, Any]) -> set[str]:
    rated = {
        section["section"]
        for section in base["sections"]
        if any(item.get("type") == "rating" for item in section["items"])
    }
    return {section["section"] for section in base["sections"]} - _CLOSED - rated


def _document(
    base: Mapping[str, Any], questions: Sequence[Question], homes: Collection[str]
) -> dict[str, Any]:
    placed: dict[str, list[dict[str, Any]]] = {}
    for question in questions:
        home = question["section"] if question["section"] in homes else PART
        placed.setdefault(home, []).append(_item(question, home))
    sections = [
        {**section, "items": [*section["items"], *placed.pop(section["section"], [])]}
        for section in base["sections"]
    ]
    parts = list(base["parts"])
    if own := placed.pop(PART, []):
        parts.append({"key": PART, "title": TITLE, "group": _last_group(parts), "intro": INTRO})
        sections.append({"section": PART, "part": PART, "title": TITLE, "items": own})
    lists = {question["key"]: question["codes"] for question in questions if question.get("codes")}
    choices = {**(base.get("choices") or {}), **lists}
    return {**base, "parts": parts, "choices": choices, "sections": sections}


def _last_group(parts: Sequence[Mapping[str, Any]]) -> str:
    return str(parts[-1].get("group") or "") if parts else ""


def _item(question: Question, home: str) -> dict[str, Any]:
    item = {key: question[key] for key in (*_COPIED, *_RULES) if question.get(key) is not None}
    if question.get("codes"):
        item["choices"] = question["key"]
    if home != PART:
        item["group"] = TITLE
    return {**item, "basis": BASIS}


def _without_rules(question: Question) -> Question:
    return {key: value for key, value in question.items() if key not in _RULES}


def _fitted(edition: Edition, questions: Sequence[Question]) -> Iterator[tuple[Question, list[Mend]]]:
    """Each question with those of its rules that can stand, and what falls away; `edition` is the same without any."""
    everywhere = {item.key: item for item in edition}
    once = {item.key: item for item in edition.once}
    whens: dict[str, Rule | None] = {item.key: item.when for item in edition}
    for question in questions:
        section = edition.section(edition.item(question["key"]).section)
        reachable = once | {item.key: item for item in section.items}
        mends, rules = [], {key: question[key] for key in _RULES if question.get(key)}
        if reason := _unfit(question, section, reachable, everywhere, whens):
            mends.append(_mend(question, "when", f"It is always asked now: its condition {reason}"))
            rules.pop("when", None)
        whens[question["key"]] = rules.get("when")
        remarks = []
        for check in rules.pop("warnings", ()):
            if problem := next(check_rule(check["rule"], reachable, everywhere), ""):
                told = f"Its remark “{check['message']}” is never made now: {problem}"
                mends.append(_mend(question, "warnings", told))
            else:
                remarks.append(check)
        yield {**_without_rules(question), **rules, **({"warnings": remarks} if remarks else {})}, mends


def _unfit(
    question: Question,
    section: Section,
    reachable: Mapping[str, Item],
    everywhere: Mapping[str, Item],
    whens: Mapping[str, Rule | None],
) -> str:
    """Why the question's condition cannot stand."""
    when, key = question.get("when"), question["key"]
    if when is None:
        return ""
    for problem in check_rule(when, reachable, everywhere):
        return problem
    order = [item.key for item in section.items]
    later = [one for one in items_in(when) if one in order and order.index(one) > order.index(key)]
    if later:
        return f"asks about “{later[0]}”, which comes later."
    return "goes round in a circle." if find_cycle({**whens, key: when}) else ""
