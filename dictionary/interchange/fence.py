"""Our own words inside another format's annotation: `@NPCS={json}`, which other software takes for a tag it does not
know."""

import json
from collections.abc import Mapping
from typing import Any

from dictionary.rules import Json

MARK = "@NPCS="
DEPTH = 30
# What each of our words holds; the rest is checked when the edition is read.
_KINDS: dict[str, type] = {
    **dict.fromkeys(("key", "type", "privacy", "basis", "store", "coarsen", "of", "group", "section"), str),
    **dict.fromkeys(("missing", "links", "checks", "warnings", "own_reasons", "sections", "parts"), list),
    **dict.fromkeys(("when", "codes", "help"), dict),
    **dict.fromkeys(("min", "max", "max_length"), int),
}
_LISTS_OF_OBJECTS = ("checks", "warnings", "sections", "parts")


class BrokenFence(ValueError):
    """The text behind the mark is not what we wrote. The message says how to mend it."""


def write(fence: Mapping[str, Json]) -> str:
    return MARK + dump(fence)


def dump(fence: Mapping[str, Json]) -> str:
    """One line of JSON in which no other software finds a tag of its own."""
    text = json.dumps(fence, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.replace("@", "\\u0040")


def split(annotation: str) -> tuple[str, dict[str, Any] | None]:
    """What others wrote, and our fence where there is one. Raises BrokenFence."""
    before, mark, rest = annotation.partition(MARK)
    if not mark:
        return annotation, None
    fence, end = _read(rest)
    return " ".join(part for part in (before.strip(), rest[end:].strip()) if part), fence


def load(text: str) -> dict[str, Any]:
    """A fence without its mark. Raises BrokenFence."""
    return _read(text)[0]


def _read(text: str) -> tuple[dict[str, Any], int]:
    try:
        fence, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        fence, end = None, 0
    if not isinstance(fence, dict) or _depth(fence) > DEPTH or not _is_ours(fence):
        raise BrokenFence(
            f"what stands behind {MARK} is damaged. Put back the text of the file that was downloaded, "
            f"or remove {MARK} with all that follows it."
        )
    return fence, end


def _is_ours(fence: dict[str, Any]) -> bool:
    of_kind = all(isinstance(fence[key], kind) for key, kind in _KINDS.items() if key in fence)
    return of_kind and all(isinstance(one, dict) for key in _LISTS_OF_OBJECTS for one in fence.get(key, ()))


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0
