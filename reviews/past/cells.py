"""From a cell of the workbook to the value of an item. People write what they see: labels as well as codes."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

from dictionary import values
from dictionary.rules import Json
from dictionary.schema import Choice, Item
from reviews.imports.called import REASONS
from reviews.imports.cells import paragraphs
from reviews.imports.days import ISO, day_of
from reviews.imports.proposing import plain

DAY_FORMS = (ISO, "%m/%d/%Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y")
_NAMED = 5  # answers of a list that a remark names
_PARTS = re.compile(r"[;\n]")
_ABOUT = re.compile(r"(?:about|around|ca\.?|approximately)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"([a-z ]*)([0-9]{1,4})")


class Taken(NamedTuple):
    """What a cell says: a value, or a reason for none, or what is wrong with it and how it can be mended."""

    value: Json = None
    missing: str = ""
    wrong: str = ""
    fix: str = ""


def take(item: Item, text: str) -> Taken:
    """The value of a cell under its item. Links are not taken here: what they point at is on other rows."""
    said = text.strip()
    if not said:
        return Taken()
    if reason := _coded(said, item.missing_choices) or _reason(item, said):
        return Taken(missing="" if item.is_column else reason)
    match item.type:
        case "choice" | "rating":
            return _choice(item, said)
        case "choices":
            return _choices(item, said)
        case "prose":
            return Taken(paragraphs(text))
    try:
        return Taken(values.parse(item, _day_or_text(item, said)))
    except values.ValueProblem as problem:
        return Taken(wrong=f"“{said[:60]}”: {problem.message}")


def numbers(text: str) -> list[tuple[str, int]]:
    """The entries that a cell names: `Need 2; record 1` as (need, 2), (record, 1); `2; 3` with an empty word.
    Raises ValueError for anything else."""
    found = []
    for part in re.split(r"[;,\n]", text):
        if part.strip():
            match = _NUMBERED.fullmatch(plain(part))
            if match is None:
                raise ValueError(part)
            found.append((match[1].strip(), int(match[2])))
    return found


def _day_or_text(item: Item, said: str) -> Json:
    """What `values.parse` takes: a day in its own form, `about March 2019` with how exact it is, else the text."""
    if item.type == "partial_date" and (about := _ABOUT.match(said)):
        return {"date": said[about.end() :].strip(), "precision": "about"}
    if item.type in ("date", "partial_date") and (day := day_of(said, DAY_FORMS)) is not None:
        return day.isoformat()
    return said


def _choice(item: Item, said: str) -> Taken:
    code = _coded(said, item.choices)
    if code:
        return Taken(code)
    return Taken(
        wrong=f"“{said[:60]}” is not in the list of this column.", fix=_instead([said], item.choices)
    )


def _choices(item: Item, said: str) -> Taken:
    parts = [part.strip() for part in _PARTS.split(said) if part.strip()]
    codes = {_coded(part, item.choices) or part: part for part in parts}
    unknown = [part for code, part in codes.items() if code not in {choice.code for choice in item.choices}]
    if unknown and ";" not in said and "," in said:  # no guess where each of them is an answer as it stands
        parted = [_coded(part, item.choices) for part in said.split(",")]
        codes, unknown = (dict.fromkeys(parted, ""), []) if all(parted) else (codes, unknown)
    if unknown:
        named = ", ".join(f"“{part[:60]}”" for part in unknown)
        message = f"{named}: not in the list of this column. Part several answers by semicolons."
        return Taken(wrong=message, fix=_instead(unknown, item.choices))
    return Taken([choice.code for choice in item.choices if choice.code in codes])


def _reason(item: Item, said: str) -> str:
    """A reason for no answer in other usual words (`N/A`), where the item knows it."""
    return next((reason for reason in item.missing if plain(said) in REASONS.get(reason, ())), "")


def _instead(unknown: Sequence[str], choices: Sequence[Choice]) -> str:
    """What may be meant: for one answer the closest of the list, else the first of the list."""
    labels = {plain(choice.label): choice.label for choice in choices}
    if len(unknown) == 1 and (close := get_close_matches(plain(unknown[0]), labels, 1)):
        return f"Is “{labels[close[0]]}” meant?"
    named = "; ".join(choice.label for choice in choices[:_NAMED])
    more = f" and {len(choices) - _NAMED} more" if len(choices) > _NAMED else ""
    return f"Answers of this column are: {named}{more}."


def _coded(said: str, choices: tuple[Choice, ...]) -> str:
    """The code that is meant, by itself or by its label, in whatever case; empty for none."""
    wanted = plain(said)
    for choice in choices:
        if said == choice.code or wanted in (plain(choice.code), plain(choice.label)):
            return choice.code
    return ""
