"""From the text of one cell to the value of an item."""

from collections.abc import Callable
from html import escape

from dictionary import values
from dictionary.rules import Json
from reviews.imports.days import day_of, in_words
from reviews.imports.mapping import Given, Source, kept_code

# What is wrong with a code that the mapping does not know: nothing to mend in the cell.
UNMAPPED = "unmapped"

type Taker = Callable[[str], tuple[Json, str, str]]  # value, reason, and what is wrong with the cell


def taker(source: Source) -> Taker:
    """How the text of a cell becomes a value of this item."""
    item = source.item
    match item.type:
        case "prose":
            return lambda text: (paragraphs(text), "", "")
        case "choice" | "rating":
            return _code_taker(source)
        case "choices":
            return _codes_taker(source)
        case "date" | "partial_date" if source.formats:
            return _date_taker(source)
    limit = item.max_length or (values.TEXT_CHARACTERS if item.type == "text" else values.PLAIN_CHARACTERS)

    def take(text: str) -> tuple[Json, str, str]:
        if item.type in ("text", "plain") and len(text.strip()) > limit:
            return None, "", f"This text has {len(text.strip()):,} characters; {limit:,} fit here."
        try:
            return values.parse(item, text.strip()), "", ""
        except values.ValueProblem as problem:
            return None, "", problem.message

    return take


def _code_taker(source: Source) -> Taker:
    table = _table(source)

    def take(text: str) -> tuple[Json, str, str]:
        found = table.get(kept_code(text))
        return (None, "", UNMAPPED) if found is None else (*found, "")

    return take


def _codes_taker(source: Source) -> Taker:
    table, order = _table(source), [choice.code for choice in source.item.choices]

    def take(text: str) -> tuple[Json, str, str]:
        parts = map(kept_code, text.split(source.separator) if source.separator else [text])
        found = [table.get(part) for part in parts if part]
        chosen = {code for given in found if given and given[0] for code in _listed(given[0])}
        reason = next((given[1] for given in found if given and given[1]), "")
        value: Json = [code for code in order if code in chosen] or None
        return value, "" if value else reason, UNMAPPED if None in found else ""

    return take


def _listed(value: Json) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _table(source: Source) -> dict[str, Given]:
    if source.codes is not None:
        return dict(source.codes)
    return {choice.code: (choice.code, "") for choice in source.item.choices}


def _date_taker(source: Source) -> Taker:
    def take(text: str) -> tuple[Json, str, str]:
        day = day_of(text, source.formats)
        if day is not None and 1900 <= day.year <= 2200:
            if source.item.type == "partial_date":
                return {"date": day.isoformat(), "precision": "day"}, "", ""
            return day.isoformat(), "", ""
        return None, "", f"“{text.strip()[:40]}” is not a date {in_words(source.formats)}."

    return take


def paragraphs(text: str) -> str | None:
    """Text of a cell as rich text: an empty line parts paragraphs, and nothing in it is taken for a list or a tag."""
    kept = values.keepable(text).replace("\u00a0", " ")
    blocks: list[list[str]] = [[]]
    for line in kept.split("\n"):
        if line := " ".join(line.split()):
            blocks[-1].append(escape(line, quote=False))
        elif blocks[-1]:
            blocks.append([])
    return "".join(f"<p>{'<br>'.join(lines)}</p>" for lines in blocks if lines) or None
