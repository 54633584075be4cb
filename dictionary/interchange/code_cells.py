"""A code list in one cell, as REDCap writes it: `code, Label | code, Label`."""

import re
from collections.abc import Iterable, Iterator

from dictionary.interchange import wording
from dictionary.schema import Choice

_LEGAL = re.compile(r"-?[A-Za-z0-9_.]+")


class BrokenChoices(ValueError):
    """The cell is no list of codes and labels. The message says how to mend it."""


def write(choices: Iterable[Choice]) -> str:
    return " | ".join(f"{choice.code}, {label(choice.label)}" for choice in choices)


def label(text: str) -> str:
    """A label without what parts choices and lines."""
    return wording.marked_up(text).replace("|", "&#124;").replace("\r", "&#13;").replace("\n", "&#10;")


def read(cell: str) -> list[Choice]:
    """Code and label of each choice, the label as it stands, markup and all. Raises BrokenChoices."""
    choices: list[Choice] = []
    if not cell.strip():
        raise BrokenChoices("has no choices. Write them as “1, Yes | 2, No”.")
    for number, part in enumerate(cell.split("|"), 1):
        code, comma, text = part.partition(",")
        code, text = code.strip(), text.strip()
        if not code and not text:
            raise BrokenChoices(f"choice {number} is empty. Remove the “|” that has nothing beside it.")
        if not comma:
            raise BrokenChoices(f"choice {number}, “{code[:40]}”, has no comma between code and label.")
        if not is_legal(code):
            raise BrokenChoices(
                f"choice {number} has the code “{code[:40]}”. Use letters, digits and _ for a code."
            )
        choices.append(Choice(code, text))
    for code in _twice(choice.code for choice in choices):
        raise BrokenChoices(f"the code “{code}” stands twice. Give each choice a code of its own.")
    return choices


def is_legal(code: str) -> bool:
    """Whether REDCap reads it as a code."""
    return _LEGAL.fullmatch(code) is not None


def legal_codes(codes: Iterable[str]) -> dict[str, str]:
    """For each code the one that REDCap takes: the same where it can be, else made of its letters and unique."""
    codes = list(codes)
    taken = {code for code in codes if _is_plain(code)}
    legal: dict[str, str] = {}
    for code in codes:
        if _is_plain(code):
            legal[code] = code
            continue
        stem = re.sub(r"[^A-Za-z0-9_]+", "_", code).strip("_") or "code"
        legal[code] = next(one for one in _numbered(stem) if one not in taken)
        taken.add(legal[code])
    return legal


def _is_plain(code: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_]+", code) is not None


def _numbered(stem: str) -> Iterator[str]:
    yield stem
    number = 2
    while True:
        yield f"{stem}_{number}"
        number += 1


def _twice(codes: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            yield code
        seen.add(code)
