"""Action tags and notes in a field's annotation: which we understand, and which are kept as they stand."""

import re
from dataclasses import dataclass

_TAG = re.compile(r"""@[A-Z][A-Z0-9_-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s@"']+)|\([^()]*\))?""")
_LIMIT = re.compile(r"""@CHARLIMIT\s*=\s*["']?([0-9]{1,6})["']?""")


@dataclass(frozen=True)
class Annotation:
    """The tags in their order, word for word, and what stands beside them."""

    tags: tuple[str, ...]
    words: str

    @property
    def character_limit(self) -> int | None:
        found = next((limit for tag in self.tags if (limit := _LIMIT.fullmatch(tag))), None)
        return int(found[1]) or None if found else None

    @property
    def unknown(self) -> tuple[str, ...]:
        return tuple(tag for tag in self.tags if not _LIMIT.fullmatch(tag))


def read(annotation: str) -> Annotation:
    tags = tuple(found[0] for found in _TAG.finditer(annotation))
    return Annotation(tags, " ".join(_TAG.sub(" ", annotation).split()))
