"""What is still missing or does not fit before a record is sent on, and answers left behind by branching.

Nothing here stops a save: what a person typed is kept, and told about later.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from dictionary.rules import Json, Values
from dictionary.schema import Item, Section
from dictionary.sheet import AnswerSheet, EntryId


@dataclass(frozen=True)
class Problem:
    """One thing to mend (hard) or to look at again (soft), and where."""

    key: str
    entry: EntryId
    message: str
    hard: bool
    section: str
    part: str


@dataclass(frozen=True)
class HiddenAnswer:
    """An answer to an item that is not asked any more: the person removes it, or brings the item back."""

    key: str
    entry: EntryId
    value: Json
    missing: str


def problems(sheet: AnswerSheet, parts: Collection[str] | None = None) -> list[Problem]:
    """Everything to mend or to look at in these parts (None: in all), in the order of the edition."""
    return [problem for section in _sections(sheet, parts) for problem in section_problems(sheet, section)]


def section_problems(sheet: AnswerSheet, section: Section) -> Iterator[Problem]:
    targets = sheet.targets(section)
    for entry in targets:
        asked, facts = sheet.asked(section, entry), sheet.facts(section, entry)
        for item in section.demanding:
            if item.key not in asked:
                continue
            if section.rated and not item.rating_of and item.required and not _settled(sheet, item, entry):
                # A rating of any opportunity answers for the review: ask once, only when there is none.
                if entry is None and not any(_settled(sheet, item, other) for other in targets):
                    yield _required(item, entry)
                continue
            yield from item_problems(sheet, item, entry, facts)


def item_problems(sheet: AnswerSheet, item: Item, entry: EntryId, facts: Values) -> Iterator[Problem]:
    """The problems of one asked item for one entry."""
    if not sheet.is_answered(item.key, entry):
        if item.is_required(facts) and not item.is_column and not _settled(sheet, item, entry):
            yield _required(item, entry)
        return
    for hard, checks in ((True, item.checks), (False, item.warnings)):
        for check in checks:
            if not check.holds(facts):
                yield Problem(item.key, entry, check.message, hard, item.section, item.part)


def check_one(sheet: AnswerSheet, item: Item, entry: EntryId = None) -> list[Problem]:
    """What to tell beside a field that was just saved: broken checks and warnings, not what is missing."""
    section = sheet.edition.section(item.section)
    if item.key not in sheet.asked(section, entry) or not sheet.is_answered(item.key, entry):
        return []
    return list(item_problems(sheet, item, entry, sheet.facts(section, entry)))


def hidden_answers(sheet: AnswerSheet, parts: Collection[str] | None = None) -> list[HiddenAnswer]:
    """Answers in these parts (None: in all) whose item is not asked any more, in the order of the edition."""
    found = []
    for section in _sections(sheet, parts):
        for entry in sheet.targets(section):
            asked = sheet.asked(section, entry)
            for item in section.answer_items:
                value, missing = sheet.answer(item.key, entry)
                if item.key not in asked and (missing or sheet.is_answered(item.key, entry)):
                    found.append(HiddenAnswer(item.key, entry, value, missing))
    return found


def _sections(sheet: AnswerSheet, parts: Collection[str] | None) -> list[Section]:
    return [section for section in sheet.edition.sections if parts is None or section.part in parts]


def _settled(sheet: AnswerSheet, item: Item, entry: EntryId) -> bool:
    """Answered, or left with a reason this item accepts."""
    return sheet.is_answered(item.key, entry) or sheet.answer(item.key, entry)[1] in item.missing


def _required(item: Item, entry: EntryId) -> Problem:
    message = f"Answer “{item.label}”"
    message += ", or say why there is no answer." if item.missing else "."
    return Problem(item.key, entry, message, True, item.section, item.part)
