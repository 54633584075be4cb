"""Choosing among wordings: the same every time, and not the same one twice in a row."""

import random
from collections.abc import Sequence
from typing import Any

SEED = 20260303


class Wordings:
    """Goes through each list of wordings in turn, from a place that the seed decides."""

    def __init__(self) -> None:
        self.random = random.Random(SEED)  # noqa: S311 (must be the same every time)
        self._next: dict[str, int] = {}

    def take(self, wordings: Sequence[Any]) -> Any:
        name = repr(wordings)
        place = self._next.get(name, self.random.randrange(len(wordings)))
        self._next[name] = place + 1
        return wordings[place % len(wordings)]
