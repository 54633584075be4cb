"""An agency's own case numbers, which stay inside: found also where somebody typed one into a text."""

import re
from collections.abc import Iterable, Sequence

SHORTEST = 5  # letters and digits: a shorter number would be found in years and counts
INSTEAD = "[case number]"
_WORD = re.compile(r"[^\W_]+")
_BETWEEN = " -–./"  # signs that people put into a number for others, or leave out


class CaseNumbers:
    """Takes these numbers out of texts, however they are spaced, in small letters or capitals."""

    def __init__(self, numbers: Iterable[str]) -> None:
        numbers = list(numbers)
        theirs = {sign for number in numbers for sign in _WORD.sub("", number)}
        self._between = re.compile(rf"[\s{re.escape(''.join(sorted(theirs | set(_BETWEEN))))}]+")
        signs = ("".join(_WORD.findall(number)).casefold() for number in numbers)
        self._known = {one for one in signs if len(one) >= SHORTEST}
        self._beginnings = {one[:length] for one in self._known for length in range(1, SHORTEST + 1)}
        self._longest = max(map(len, self._known), default=0)

    def taken_out(self, text: str) -> str:
        if not self._known:
            return text
        words = list(_WORD.finditer(text))
        parts: list[str] = []
        kept = at = 0
        while at < len(words):
            last = self._last(text, words, at) if self._may_begin(words[at][0].casefold()) else None
            if last is not None:
                parts += text[kept : words[at].start()], INSTEAD
                at, kept = last, words[last].end()
            at += 1
        return "".join((*parts, text[kept:]))

    def _may_begin(self, signs: str) -> bool:
        return signs[:SHORTEST] in self._beginnings

    def _last(self, text: str, words: Sequence[re.Match[str]], first: int) -> int | None:
        """Where the longest number that begins with this word ends, if one does."""
        joined, found = "", None
        for at in range(first, len(words)):
            if at > first and not self._between.fullmatch(text, words[at - 1].end(), words[at].start()):
                break
            joined += words[at][0].casefold()
            if len(joined) > self._longest or not self._may_begin(joined):
                break
            if joined in self._known:
                found = at
        return found
