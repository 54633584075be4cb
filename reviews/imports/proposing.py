"""What the columns and codes of a file most likely mean. A proposal is shown with its reason; a person confirms it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from dictionary.schema import Edition, Item
from reviews.imports.days import SERIAL
from reviews.imports.mapping import CODED_TYPES, TAKEN_TYPES
from reviews.imports.surveying import ColumnFacts

# Names under which agencies keep an item, beside its own label. [D]
ALSO_CALLED: Mapping[str, tuple[str, ...]] = {
    "incident_type": (
        "type",
        "kind",
        "status",
        "event type",
        "incident type",
        "classification",
        "fatality type",
    ),
    "occurred_on": (
        "incident date",
        "date of event",
        "event date",
        "date",
        "day",
        "doi",
        "date of incident",
        "date of death",
    ),
    "aware_on": ("date known", "date received", "date reported", "report date", "date of report", "notified"),
    "county": ("county", "county of incident", "region", "parish", "borough"),
    "case_number": ("case number", "case id", "case no", "file number", "file no", "case"),
    "what_was_reported": (
        "narrative",
        "summary",
        "description",
        "allegation",
        "what was told",
        "notes",
        "synopsis",
    ),
    "prior_contact": (
        "prior contact",
        "known before",
        "prior status",
        "known to agency",
        "prior history",
        "history",
    ),
    "place_type": ("where", "place", "location", "location type", "incident location"),
    "incident_category": ("category", "cause", "cause of death", "circumstance"),
    "manner_of_death": ("manner", "manner of death"),
    "cps_disposition": ("disposition", "finding", "cps finding", "outcome"),
    "prior_reports": ("prior reports", "number of prior reports", "prior referrals"),
    "age_value": ("age", "child age", "age at death", "age at incident"),
    "age_unit": ("unit", "age unit", "unit of age", "age type"),
    "sex": ("sex", "gender", "child sex", "child gender"),
    "race_ethnicity": ("race", "ethnicity", "race ethnicity", "race and ethnicity"),
    "died_on": ("date of death", "death date", "dod"),
}
# Words for a reason instead of a value.
REASONS: Mapping[str, tuple[str, ...]] = {
    "unknown": ("unknown", "unk", "not known", "undetermined", "unable to determine", "?", "99", "dk"),
    "not_asked": ("not asked", "not collected", "missing"),
    "not_applicable": ("n a", "na", "not applicable", "does not apply"),
    "withheld": ("withheld", "refused", "redacted"),
}
YES_NO: Mapping[str, tuple[str, ...]] = {"yes": ("y", "yes", "true", "1"), "no": ("n", "no", "false", "0")}
# What files say of an item that has no code of that name. [D]
ALSO_MEANT: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "prior_contact": {"known_when_unknown": (*YES_NO["yes"], "known", "prior contact")},
}
SURE = 0.78  # of 1: how alike two names must be
# `Child 2 age`, `Victim2Sex`, `Unit 2`: which child of a row a column is about.
_CHILD = re.compile(r"\b(?:child|victim|kid)\s*(?:no\s*)?(\d)\b|\b([1-9])$")
_KEY = re.compile(r"\b(?:id|no|number|num|ref|row|key|record)\b")


@dataclass(frozen=True)
class Proposal:
    """What a column most likely becomes (`county`, `2.sex`), and why."""

    target: str
    why: str


def propose_targets(found: Sequence[ColumnFacts], edition: Edition) -> dict[str, Proposal]:
    """A target for each column whose name or values fit one; each target once, the likeliest column first."""
    scored = [
        (score, column.name, target, why)
        for column in found
        if column.name and column.filled
        for score, target, why in _fits(column, edition)
    ]
    proposals: dict[str, Proposal] = {}
    taken: set[str] = set()
    for _, column_name, target, why in sorted(scored, key=lambda one: -one[0]):
        if column_name not in proposals and target not in taken:
            proposals[column_name] = Proposal(target, why)
            taken.add(target)
    return proposals


def propose_key(found: Sequence[ColumnFacts], taken: Iterable[str] = ()) -> str:
    """The column by which rows are most likely known: nearly every row has a value of its own there, and it is named
    like a number."""
    taken = set(taken)
    apart = [column for column in found if column.name and column.filled and _tells_rows_apart(column)]
    apart.sort(key=lambda column: (not _KEY.search(plain(column.name)), column.name in taken))
    return apart[0].name if apart else ""


def children_in(found: Sequence[ColumnFacts]) -> int:
    """How many children one row can hold, by the names of its columns."""
    numbers = [int(match[1]) for column in found if (match := _CHILD.search(plain(column.name))) and match[1]]
    return max([number for number in numbers if 1 <= number <= 6], default=1)


def propose_codes(item: Item, values: Iterable[str]) -> dict[str, str | dict[str, str]]:
    """What each value of a column means under an item: a code, or a reason for none. Values that nothing fits are left
    for a person."""
    said = {value: _meaning(item, value) or _also_meant(item, value) for value in values}
    return {value: meaning for value, meaning in said.items() if meaning is not None}


def plain(text: str) -> str:
    """A name without case, marks and the breaks that programs put between words."""
    spaced = re.sub(r"([a-z])([A-Z0-9])", r"\1 \2", text)
    return " ".join(re.findall(r"[a-z0-9?]+", spaced.lower()))


# -- Columns -------------------------------------------------------------------------------------


def _fits(column: ColumnFacts, edition: Edition) -> Iterator[tuple[float, str, str]]:
    name = plain(column.name)
    child = _CHILD.search(name)
    bare = " ".join(_CHILD.sub(" ", name).split()) or name
    for item in _items(edition):
        prefix = f"{(child[1] or child[2]) if child else 1}." if item.section == "child" else ""
        if child and child[1] and not prefix:
            continue
        likeness, why = _likeness(bare if prefix else name, item)
        if not _can_be(column, item):
            continue
        known = _share_known(column, item) if item.type in CODED_TYPES else 0.0
        if likeness >= SURE:
            yield likeness + known / 10, prefix + item.key, why
        elif known >= 0.8 and len(column.values) > 2:
            yield known / 2, prefix + item.key, "its values fit"


def _items(edition: Edition) -> Iterator[Item]:
    from reviews.imports.columns import SECTIONS

    for key in SECTIONS:
        yield from (item for item in edition.section(key).items if item.type in TAKEN_TYPES)


def _likeness(name: str, item: Item) -> tuple[float, str]:
    names = {plain(item.label), plain(item.key), *ALSO_CALLED.get(item.key, ())}
    if name in names:
        return 1.0, "same name"
    best = max(SequenceMatcher(None, name, other).ratio() for other in names)
    return best * 0.99, "similar name"


def _can_be(column: ColumnFacts, item: Item) -> bool:
    """Whether the values of the column can be values of the item at all."""
    match item.type:
        case "date" | "partial_date":
            return bool(column.days)
        case "integer":
            return column.numbers
        case "choice" | "choices":
            return bool(column.values)
        case "prose" | "plain":
            return not column.numbers and not column.days
    return True


def _share_known(column: ColumnFacts, item: Item) -> float:
    filled = sum(count for _, count in column.values)
    known = sum(count for value, count in column.values if _meaning(item, value) is not None)
    return known / filled if filled else 0.0


def _tells_rows_apart(column: ColumnFacts) -> bool:
    is_a_day = column.days not in ((), (SERIAL,))  # numbers of rows are days of a spreadsheet program as well
    if is_a_day or column.filled < 0.9 * (column.filled + column.blank):
        return False
    return not column.values or sum(count == 1 for _, count in column.values) >= 0.9 * len(column.values)


# -- Codes ---------------------------------------------------------------------------------------


def _meaning(item: Item, value: str) -> str | dict[str, str] | None:
    said = plain(value)
    codes = {choice.code: choice.label for choice in item.choices}
    for code, label in codes.items():
        if said in (plain(label), plain(code)) or said in YES_NO.get(code, ()):
            return code
    for reason, words in REASONS.items():
        if said in words:
            if reason in item.missing:
                return {"missing": reason}
            if reason in codes:
                return reason
    for fits in (_begins, _is_initials, _is_shortened):
        fitting = [code for code, label in codes.items() if said and fits(plain(label), said)]
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
