"""What the columns and codes of a file most likely mean. A proposal is shown with its reason; a person confirms it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from dictionary.schema import Choice, Edition, Item, Section
from reviews.imports.called import (
    ALSO_CALLED,
    ALSO_CALLED_IN_REVIEWS,
    ALSO_MEANT,
    INSTRUMENTS_CALLED,
    REASONS,
    YES_NO,
)
from reviews.imports.days import SERIAL
from reviews.imports.mapping import CODED_TYPES
from reviews.imports.surveying import ColumnFacts

SURE = 0.78  # of 1: how alike two names must be
# `Child 2 age`, `Victim2Sex`, `Rec 3 owner`: by which words a column says of which entry it is; `Unit 2` of a child.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "child": ("child", "victim", "kid"),
    "entry": ("entry", "event"),
    "debrief": ("debrief", "interview"),
    "opportunity": ("opportunity", "opp", "finding", "issue"),
    "recommendation": ("recommendation", "recom", "rec", "action"),
}
_LAST = re.compile(r"\b([1-9])$")
_KEY = re.compile(r"\b(?:id|no|number|num|ref|row|key|record)\b")


@dataclass(frozen=True)
class Proposal:
    """What a column most likely becomes (`county`, `2.sex`), and why."""

    target: str
    why: str


def propose_targets(
    found: Sequence[ColumnFacts], told: Edition, instruments: Mapping[str, str] | None = None
) -> dict[str, Proposal]:
    """A target for each column whose name, label or values fit one; each target once, the likeliest column first.
    Columns of a repeating instrument become items of its section, which `instruments` says by its name."""
    names = _Names(told)
    places = {name: (f"r{at}", section) for at, (name, section) in enumerate((instruments or {}).items(), 1)}
    scored = [
        (score, column.name, target, why)
        for column in found
        if column.name and column.filled
        for score, target, why in names.fits(column, places)
    ]
    proposals: dict[str, Proposal] = {}
    taken: set[str] = set()
    for _, column_name, target, why in sorted(scored, key=lambda one: -one[0]):
        if column_name not in proposals and target not in taken:
            proposals[column_name] = Proposal(target, why)
            taken.add(target)
    return proposals


def propose_section(instrument: str, told: Edition) -> str:
    """The section whose entries the rows of an instrument most likely are; empty where no name fits."""
    name = plain(instrument)
    fitting = [
        (max(_alike(name, other) for other in (*called, plain(told.section(key).title))), key)
        for key, called in INSTRUMENTS_CALLED.items()
    ]
    likeness, section = max(fitting)
    return section if likeness >= SURE else ""


def propose_key(found: Sequence[ColumnFacts], taken: Iterable[str] = ()) -> str:
    """The column by which rows are most likely known: nearly every row has a value of its own there, and it is named
    like a number."""
    taken = set(taken)
    apart = [column for column in found if column.name and column.filled and _tells_rows_apart(column)]
    apart.sort(key=lambda column: (not _KEY.search(plain(column.name)), column.name in taken))
    return apart[0].name if apart else ""


def children_in(found: Sequence[ColumnFacts]) -> int:
    """How many children one row can hold, by the names of its columns."""
    named = [_entry_in((plain(column.name), ""), "child") for column in found]
    return max([entry.number for entry in named if entry.is_named and entry.number <= 6], default=1)


def propose_codes(item: Item, values: Mapping[str, str]) -> dict[str, str | dict[str, str]]:
    """What each value of a column means under an item, by what it says in words: a code, or a reason for none. Values
    that nothing fits are left for a person."""
    said = {value: _meaning(item, words) or _also_meant(item, words) for value, words in values.items()}
    return {value: meaning for value, meaning in said.items() if meaning is not None}


def plain(text: str) -> str:
    """A name without case, marks and the breaks that programs put between words."""
    spaced = re.sub(r"([a-z])([A-Z0-9])", r"\1 \2", text)
    return " ".join(re.findall(r"[a-z0-9?]+", spaced.lower()))


# -- Columns -------------------------------------------------------------------------------------


class _Names:
    """Under which names the items of an edition are known."""

    def __init__(self, told: Edition) -> None:
        self._sections = {section.key: section for section in told.sections}
        self._names = {
            item.key: {
                plain(item.label),
                plain(item.key),
                *ALSO_CALLED.get(item.key, ()),
                *ALSO_CALLED_IN_REVIEWS.get(item.key, ()),
            }
            for item in told
        }

    def fits(
        self, column: ColumnFacts, places: Mapping[str, tuple[str, str]]
    ) -> Iterator[tuple[float, str, str]]:
        """What a column may become, as (how sure, target, why)."""
        said = (plain(column.name), plain(column.label))
        if column.repeats:
            place, key = places.get(column.form, ("", ""))
            if key in self._sections:
                bare = (_without(_begun(self._sections[key].repeats), said[0]), said[1])
                yield from self._of(column, self._sections[key], f"{place}.", [said, bare])
            return
        entries = {key: _entry_in(said, section.repeats) for key, section in self._sections.items()}
        named = [key for key, entry in entries.items() if entry.is_named]
        for key in named or self._sections:
            entry = entries[key]
            if not self._sections[key].repeats:
                yield from self._of(column, self._sections[key], "", [said])
            elif entry.number:
                yield from self._of(column, self._sections[key], f"{entry.number}.", entry.bare)
            else:
                found = self._of(column, self._sections[key], "1.", [said])
                yield from (one for one in found if one[0] >= 1)

    def _of(
        self, column: ColumnFacts, section: Section, prefix: str, said: Sequence[tuple[str, str]]
    ) -> Iterator[tuple[float, str, str]]:
        words = dict(column.words)
        # Bare numbers tell nothing of what they stand for.
        has_words = len(column.values) > 2 and any(
            words.get(value, value).upper() != words.get(value, value).lower() for value, _ in column.values
        )
        for item in section.items:
            if not _can_be(column, item):
                continue
            likeness, why = max(self._likeness(one, item) for one in said)
            is_asked = item.type in CODED_TYPES and (
                likeness >= SURE or (has_words and item.type != "rating")
            )
            known = _share_known(column, item) if is_asked else 0.0
            if likeness >= SURE:
                yield likeness + known / 10, prefix + item.key, why
            elif known >= 0.8:
                yield known / 2, prefix + item.key, "its values fit"

    def _likeness(self, said: tuple[str, str], item: Item) -> tuple[float, str]:
        name, label = said
        names = self._names[item.key]
        if name in names or label in names:
            return 1.0, "same name" if name in names else "same label"
        by_name, by_label = (
            max(_alike(one, other) for other in names) if one else 0.0 for one in (name, label)
        )
        return max((by_name * 0.99, "similar name"), (by_label * 0.99, "similar label"))


@dataclass(frozen=True)
class _Entry:
    """Which entry of a section a name is about, and the name and label without what says so. It is named where both
    word and number stand (`need 2`); 0 where it is about none."""

    number: int = 0
    bare: Sequence[tuple[str, str]] = ()
    is_named: bool = False


def _entry_in(said: tuple[str, str], word: str) -> _Entry:
    """A child needs neither word nor number: most files are about one."""
    words = _WORDS.get(word, (word,))
    if not word:
        return _Entry()
    numbered = re.compile(rf"\b(?:{'|'.join(words)})s?\s*(?:no\s*)?([1-9][0-9]?)\b")
    found = numbered.search(said[0]) or numbered.search(said[1])
    if found:
        kept = re.compile(r"\b[1-9][0-9]?\b")
        bare = [tuple(_without(pattern, one) for one in said) for pattern in (numbered, kept)]
        return _Entry(int(found[1]), [(name or word, label) for name, label in bare], is_named=True)
    if word == "child":
        last = _LAST.search(said[0])
        return _Entry(int(last[1]) if last else 1, [(_without(_LAST, said[0]) or said[0], said[1])])
    begun = _begun(word)
    return _Entry(1, [said, (_without(begun, said[0]), said[1])]) if begun.match(said[0]) else _Entry()


def _begun(word: str) -> re.Pattern[str]:
    """A name that begins with what an entry is called."""
    return re.compile(rf"^(?:{'|'.join(_WORDS.get(word, (word,)))})s?\b")


def _without(pattern: re.Pattern[str], text: str) -> str:
    return " ".join(pattern.sub(" ", text).split())


def _alike(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1; exact only where they could be alike enough."""
    if 2 * min(len(one), len(other)) < SURE * (len(one) + len(other)):
        return 0.0
    matcher = SequenceMatcher(None, one, other)
    return matcher.ratio() if matcher.quick_ratio() >= SURE else 0.0


def _can_be(column: ColumnFacts, item: Item) -> bool:
    """Whether the values of the column can be values of the item at all."""
    match item.type:
        case "date" | "partial_date":
            return bool(column.days)
        case "integer":
            return column.numbers
        case "choice":
            return bool(column.values) and not column.boxes
        case "choices" | "rating":
            return bool(column.values)
        case "prose" | "plain":
            return not column.numbers and not column.days
    return True


def _share_known(column: ColumnFacts, item: Item) -> float:
    filled = sum(count for _, count in column.values)
    words = dict(column.words)
    known = sum(
        count for value, count in column.values if _meaning(item, words.get(value, value)) is not None
    )
    return known / filled if filled else 0.0


def _tells_rows_apart(column: ColumnFacts) -> bool:
    is_a_day = column.days not in ((), (SERIAL,))  # numbers of rows are days of a spreadsheet program as well
    if is_a_day or column.filled < 0.9 * (column.filled + column.blank):
        return False
    return not column.values or sum(count == 1 for _, count in column.values) >= 0.9 * len(column.values)


# -- Codes ---------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def _plain_codes(choices: tuple[Choice, ...]) -> Mapping[str, tuple[str, str]]:
    """A list's codes with the plain names of label and code; asked for each value of each column of a project."""
    return {choice.code: (plain(choice.label), plain(choice.code)) for choice in choices}


def _meaning(item: Item, value: str) -> str | dict[str, str] | None:
    said, codes = plain(value), _plain_codes(item.choices)
    for code, names in codes.items():
        if said in names or said in YES_NO.get(code, ()):
            return code
    for reason, words in REASONS.items():
        if said in words:
            if reason in item.missing:
                return {"missing": reason}
            if reason in codes:
                return reason
    for fits in (_begins, _is_initials, _is_shortened):
        fitting = [code for code, (label, _) in codes.items() if said and fits(label, said)]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _also_meant(item: Item, value: str) -> str | None:
    codes = {choice.code for choice in item.choices}
    also = ALSO_MEANT.get(item.key, {}).items()
    return next((code for code, words in also if plain(value) in words and code in codes), None)


def _begins(label: str, said: str) -> bool:
    return label.startswith(said)


def _is_initials(label: str, said: str) -> bool:
    """`nf` of `near fatality`."""
    return len(said) > 1 and said == "".join(word[0] for word in label.split())


def _is_shortened(label: str, said: str) -> bool:
    """`yr` of `years`: its first letter, then others in their order."""
    left = iter(label)
    return len(said) > 1 and " " not in label and label[:1] == said[:1] and all(char in left for char in said)
