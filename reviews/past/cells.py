"""From a cell of the workbook to the value of an item. People write what they see: labels as well as codes."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from dictionary import values
from dictionary.rules import Json
from dictionary.schema import Choice, Item
from reviews.imports.called import REASONS
from reviews.imports.cells import paragraphs
from reviews.imports.days import ISO, day_of
from reviews.imports.mapping import Given, kept_code
from reviews.imports.proposing import plain

DAY_FORMS = (ISO, "%m/%d/%Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y")
NOTHING_MEANT: Mapping[str, Given] = {}
_NAMED = 5  # answers of a list that a remark names
_SEMICOLONS, _COMMAS = re.compile(r"[;\n]"), re.compile(",")
_ABOUT = re.compile(r"(?:about|around|ca\.?|approximately)\b", re.IGNORECASE)


class Taken(NamedTuple):
    """What a cell says: a value, or a reason for none, or what is wrong with it and how it can be mended. `unknown` are
    its words that are in no list, where that is all that is wrong."""

    value: Json = None
    missing: str = ""
    wrong: str = ""
    fix: str = ""
    unknown: tuple[str, ...] = ()


def take(item: Item, text: str, meant: Mapping[str, Given] = NOTHING_MEANT) -> Taken:
    """The value of a cell under its item, where the lists or the meanings of the agency's own words say one. Links are
    not taken here: what they point at is on other rows."""
    said = text.strip()
    if not said:
        return Taken()
    if reason := _coded(said, item.missing_choices) or _reason(item, said):
        return Taken(missing="" if item.is_column else reason)
    match item.type:
        case "choice" | "rating":
            return _choice(item, said, meant)
        case "choices":
            return _choices(item, said, meant)
        case "prose":
            return Taken(paragraphs(text))
    try:
        return Taken(values.parse(item, _day_or_text(item, said)))
    except values.ValueProblem as problem:
        return Taken(wrong=f"“{said[:60]}”: {problem.message}")


def _day_or_text(item: Item, said: str) -> Json:
    """What `values.parse` takes: a day in its own form, `about March 2019` with how exact it is, else the text."""
    if item.type == "partial_date" and (about := _ABOUT.match(said)):
        return {"date": said[about.end() :].strip(), "precision": "about"}
    if item.type in ("date", "partial_date") and (day := day_of(said, DAY_FORMS)) is not None:
        return day.isoformat()
    return said


def _choice(item: Item, said: str, meant: Mapping[str, Given]) -> Taken:
    given = _listed(item, said, meant)
    if given is not None:
        return Taken(*given)
    message = f"“{said[:60]}” is not in the list of this column."
    return Taken(wrong=message, fix=_instead([said], item.choices), unknown=(kept_code(said),))


def _choices(item: Item, said: str, meant: Mapping[str, Given]) -> Taken:
    found: dict[str, Given | None] = {}
    for part in _parts(_SEMICOLONS, said):
        given = _listed(item, part, meant)
        parted = {one: _listed(item, one, meant) for one in _parts(_COMMAS, part)} if given is None else {}
        # No guess where none of them is an answer as it stands.
        found |= parted if any(parted.values()) else {part: given}
    if unknown := [part for part, given in found.items() if given is None]:
        named = ", ".join(f"“{part[:60]}”" for part in unknown)
        message = f"{named}: not in the list of this column. Part several answers by semicolons."
        words = tuple(map(kept_code, unknown))
        return Taken(wrong=message, fix=_instead(unknown, item.choices), unknown=words)
    codes = {code for given in found.values() if given for code in _codes(given[0])}
    reason = next((given[1] for given in found.values() if given and given[1]), "")
    return Taken([one.code for one in item.choices if one.code in codes]) if codes else Taken(missing=reason)


def _parts(marks: re.Pattern[str], said: str) -> list[str]:
    return [part.strip() for part in marks.split(said) if part.strip()]


def _listed(item: Item, said: str, meant: Mapping[str, Given]) -> Given | None:
    """What the list says of a word, else what the agency has said of it."""
    if code := _coded(said, item.choices):
        return code, ""
    return meant.get(kept_code(said))


def _codes(value: Json) -> list[str]:
    return (
        [str(one) for one in value] if isinstance(value, list) else [str(value)] if value is not None else []
    )


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
