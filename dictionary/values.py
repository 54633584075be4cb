"""One answer: from what a person gave to what is kept, and from what is kept to what a person reads.

`parse` never loses words: what it cannot take, it refuses with a message that says what to give instead.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date, time
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from dictionary import prose
from dictionary.rules import Json
from dictionary.schema import MISSING, RATING_MISSING, Choice, Item
from jurisdictions.numbers import number_of

PROSE_BYTES = 400_000
PROSE_RAW_BYTES = 6_000_000  # what Word puts around 400 kB of words
PLAIN_CHARACTERS = 20_000
TEXT_CHARACTERS = 500
PRECISIONS = (
    Choice("day", "To the day"),
    Choice("exact", "To the hour and minute"),
    Choice("month", "To the month"),
    Choice("about", "About then"),
)
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WRITE_THE_DATE = "Give the date as day, month and year, for example 3 March 2026."
WRITE_THE_MONTH = "Give at least the month and the year, for example March 2026."

# Cannot be kept (NUL, half a character) or would break a file we make (other control characters).
_UNKEEPABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_ISO_MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})\.?\s+([A-Za-z]+)\.?,?\s+([0-9]{4})")
_MONTH_FIRST = re.compile(r"([A-Za-z]+)\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?,?\s+([0-9]{4})")
_MONTH_ONLY = re.compile(r"([A-Za-z]+)\.?,?\s+([0-9]{4})")
_TIME = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?::[0-9]{2})?\s*([ap])?\.?(?:m\.?)?", re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?[0-9]{1,9}")


class ValueProblem(ValueError):
    """The answer cannot be kept as it is. The message says what to give instead."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


def parse(item: Item, raw: Any, *, before: Json = None, links: Collection[int] | None = None) -> Json:
    """The value to keep, or None when nothing was given.

    `before` is the kept value: prose that comes back as the plain text it was shown as (a page without
    JavaScript) stays as it was, headings and tables included. Prose may say what it is: {"html": …} or
    {"plain": …}. `links` are the entries that may be ticked, when known.
    """
    match item.type:
        case "text":
            return _text(item, raw)
        case "plain":
            return _plain(item, raw)
        case "prose":
            return _prose(item, raw, before)
        case "integer":
            return _integer(item, raw)
        case "date":
            found = _date(raw)
            return found.isoformat() if found else None
        case "partial_date":
            return _partial_date(raw)
        case "choice" | "rating":
            return _choice(item, raw)
        case "choices":
            return _choices(item, raw)
        case "links":
            return _links(raw, links)
    raise ValueError(f"{item.key} is of type {item.type}, which has no values.")


def parse_missing(item: Item, raw: Any) -> str:
    """The reason that stands instead of a value, or "" for none."""
    reason = _words(raw).strip() if raw is not None else ""
    if reason and reason not in item.missing:
        raise ValueProblem("Choose one of the reasons in the list.")
    return reason


def display(item: Item, value: Json, missing: str = "", *, links: Mapping[int, str] | None = None) -> str:
    """The answer as people read it, on pages and in documents. Prose comes back as clean HTML, marked safe;
    everything else is plain text. "" means that nothing was answered."""
    if value is None or value == "" or value == []:
        words = MISSING | RATING_MISSING if item.type == "rating" else MISSING
        return words.get(missing, missing)
    match item.type:
        case "prose":
            return _marked_safe(prose.safe(str(value)))
        case "choice":
            return item.choice_label(str(value))
        case "rating":
            return f"{value}: {item.choice_label(str(value))}"
        case "choices" if isinstance(value, list):
            return "; ".join(item.choice_label(str(code)) for code in value)
        case "links" if isinstance(value, list):
            return _link_words(value, links)
        case "date":
            return date_words(str(value))
        case "partial_date" if isinstance(value, dict):
            return partial_date_words(value)
    return str(value)


def date_words(iso: str) -> str:
    """3 March 2026. What is no date is shown as it is."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def partial_date_words(value: Mapping[str, Json]) -> str:
    """March 2026; about March 2026; 3 March 2026, 14:20. "About" on the first of a month means the month."""
    iso, precision = str(value.get("date") or ""), value.get("precision")
    words = date_words(iso)
    if words != iso and (precision == "month" or (precision == "about" and iso.endswith("-01"))):
        words = words.split(" ", 1)[1]
    if precision == "about":
        words = f"about {words}"
    at = value.get("time")
    return f"{words}, {at}" if precision == "exact" and at else words


def keepable(text: str) -> str:
    """The text without characters that no database or file can keep, and with one kind of line end."""
    return _UNKEEPABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _marked_safe(html: str) -> SafeString:
    return mark_safe(html)  # noqa: S308 (cleaned to the allow-list one call before)


def _words(raw: Any) -> str:
    if raw is None:
        return ""
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise ValueProblem("Give the answer as text.")
    return keepable(str(raw))


def _text(item: Item, raw: Any) -> str | None:
    text = " ".join(_words(raw).split())
    _not_longer(text, item.max_length or TEXT_CHARACTERS)
    return text or None


def _plain(item: Item, raw: Any) -> str | None:
    text = _words(raw).strip()
    _not_longer(text, item.max_length or PLAIN_CHARACTERS)
    return text or None


def _not_longer(text: str, limit: int) -> None:
    if len(text) > limit:
        raise ValueProblem(
            f"This text has {len(text):,} characters; {limit:,} fit here. It is still on this page, nothing "
            "is lost: shorten it, then it will be saved."
        )


def _prose(item: Item, raw: Any, before: Json) -> str | None:
    is_plain = isinstance(raw, Mapping) and "plain" in raw
    if isinstance(raw, Mapping):
        raw = raw.get("plain", raw.get("html"))
    text = _words(raw)
    if isinstance(before, str) and before and _same_words(text, prose.to_plain(before)):
        return before
    too_long = ValueProblem(
        f"This text is longer than one field can keep ({PROSE_BYTES // 1000} kB, about 120 pages). It is "
        "still on this page, nothing is lost: move a part of it to another field, then it will be saved."
    )
    if len(text.encode()) > PROSE_RAW_BYTES:
        raise too_long
    html = prose.safe(prose.from_plain(text)) if is_plain else prose.clean(text)
    if len(html.encode()) > PROSE_BYTES:
        raise too_long
    if item.max_length:
        _not_longer(prose.to_plain(html), item.max_length)
    return html or None


def _same_words(left: str, right: str) -> bool:
    return left.split() == right.split()


def _integer(item: Item, raw: Any) -> int | None:
    text = _words(raw).strip().replace(",", "")
    if not text:
        return None
    if not _WHOLE.fullmatch(text):
        raise ValueProblem("Give a whole number in figures, for example 3.")
    number = int(text)
    if item.min is not None and item.max is not None and not item.min <= number <= item.max:
        raise ValueProblem(f"Give a number from {item.min:,} to {item.max:,}.")
    if item.min is not None and number < item.min:
        raise ValueProblem(f"Give {item.min:,} or a higher number.")
    if item.max is not None and number > item.max:
        raise ValueProblem(f"Give {item.max:,} or a lower number.")
    return number


def _date(raw: Any) -> date | None:
    """A date given as text or as day, month, year. Figures with slashes are refused: 3/4 has two meanings."""
    if isinstance(raw, Mapping):
        day, month, year = (_words(raw.get(key)).strip() for key in ("day", "month", "year"))
        if not (day or month or year):
            return None
        return _day(day, _month(month), year)
    text = _words(raw).strip()
    if not text:
        return None
    if found := _ISO.fullmatch(text):
        return _day(found[3], int(found[2]), found[1])
    if found := _DAY_FIRST.fullmatch(text):
        return _day(found[1], _month(found[2]), found[3])
    if found := _MONTH_FIRST.fullmatch(text):
        return _day(found[2], _month(found[1]), found[3])
    raise ValueProblem(WRITE_THE_DATE)


def _day(day: str, month: int, year: str) -> date:
    if not re.fullmatch(r"[0-9]{4}", year) or not re.fullmatch(r"[0-9]{1,2}", day) or not 1 <= month <= 12:
        raise ValueProblem(WRITE_THE_DATE)
    if not 1900 <= int(year) <= 2200:
        raise ValueProblem(f"{year} does not look like the year that is meant. {WRITE_THE_DATE}")
    try:
        return date(int(year), month, int(day))
    except ValueError:
        name = MONTHS[month - 1]
        raise ValueProblem(f"{name} {year} has no day {int(day)}. Check the day and the month.") from None


def _month(text: str) -> int:
    """1–12 from a figure, a name or its first letters; 0 when it is none of them."""
    if re.fullmatch(r"[0-9]{1,2}", text):
        return int(text)
    word = text.lower().rstrip(".")
    if len(word) < 3:
        return 0
    return next((at for at, name in enumerate(MONTHS, 1) if name.lower().startswith(word)), 0)


def _partial_date(raw: Any) -> Json:
    if not isinstance(raw, Mapping):
        raw = {"date": raw, "precision": ""}
    given = raw.get("date")
    if given is None and any(_words(raw.get(key)).strip() for key in ("day", "month", "year")):
        given = {key: raw.get(key) for key in ("day", "month", "year")}
    precision = _words(raw.get("precision")).strip()
    if precision and precision not in {choice.code for choice in PRECISIONS}:
        raise ValueProblem("Say how exact the date is: choose one from the list.")
    found = _month_of(given)
    if found and precision in ("day", "exact"):
        raise ValueProblem("Give the day too, or choose “To the month”.")
    if found:
        precision = precision or "month"
    else:
        found = _date(given)
        precision = precision or "day"
    at = _clock(raw.get("time"))
    if found is None:
        if at:
            raise ValueProblem(WRITE_THE_DATE)
        return None
    if at and precision != "exact":
        raise ValueProblem("A time needs an exact date. Choose “To the hour and minute”, or remove the time.")
    if precision == "month":
        found = found.replace(day=1)
    value: dict[str, Json] = {"date": found.isoformat(), "precision": precision}
    return value | {"time": at} if at else value


def _month_of(given: Any) -> date | None:
    """The first of a month given without a day, or None when it was given otherwise."""
    if isinstance(given, Mapping):
        if _words(given.get("day")).strip() or not (given.get("month") or given.get("year")):
            return None
        month, year = _month(_words(given.get("month")).strip()), _words(given.get("year")).strip()
    else:
        text = _words(given).strip()
        if found := _ISO_MONTH.fullmatch(text):
            month, year = int(found[2]), found[1]
        elif found := _MONTH_ONLY.fullmatch(text):
            month, year = _month(found[1]), found[2]
        else:
            return None
    if not 1 <= month <= 12 or not re.fullmatch(r"(19|20|21)[0-9]{2}", year):
        raise ValueProblem(WRITE_THE_MONTH)
    return date(int(year), month, 1)


def _clock(raw: Any) -> str:
    text = _words(raw).strip()
    if not text:
        return ""
    found = _TIME.fullmatch(text)
    if found:
        hour, minute, half = int(found[1]), int(found[2]), (found[3] or "").lower()
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "p" else 0)
        if hour < 24 and minute < 60:
            return time(hour, minute).strftime("%H:%M")
    raise ValueProblem("Give the time in hours and minutes, for example 14:20.")


def _choice(item: Item, raw: Any) -> str | None:
    code = _words(raw).strip()
    if code and code not in {choice.code for choice in item.choices}:
        raise ValueProblem("Choose one of the answers in the list.")
    return code or None


def _choices(item: Item, raw: Any) -> Json:
    given = raw if isinstance(raw, list | tuple) else [raw]
    chosen = {code for one in given if (code := _words(one).strip())}
    if chosen - {choice.code for choice in item.choices}:
        raise ValueProblem("Choose answers from the list.")
    return [choice.code for choice in item.choices if choice.code in chosen] or None


def _links(raw: Any, allowed: Collection[int] | None) -> Json:
    given = raw if isinstance(raw, list | tuple) else [raw]
    found: list[int] = []
    for one in given:
        text = _words(one).strip()
        if not text:
            continue
        if not re.fullmatch(r"[0-9]{1,18}", text) or (allowed is not None and int(text) not in allowed):
            raise ValueProblem(
                "One of the entries ticked here no longer exists. Tick the ones you mean again."
            )
        if int(text) not in found:
            found.append(int(text))
    return list[Json](found) or None


def _link_words(value: list[Json], links: Mapping[int, str] | None) -> str:
    known = [links[entry] for entry in value if isinstance(entry, int) and entry in links] if links else []
    hidden = len(value) - len(known)
    if links is None or (hidden and not known):
        return number_of(hidden, "linked entry", "linked entries")
    # A title is often a sentence: without its period it reads well in a row.
    named = [words.removesuffix(".") for words in known]
    return "; ".join([*named, f"{hidden} removed"] if hidden else named)
