"""What the columns of a file of yearly figures most likely are. A proposal shows its reason; people confirm it."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from difflib import SequenceMatcher

from reviews.figures.amounts import amount_of
from reviews.figures.known import KNOWN, SHARE, Known, known_as
from reviews.figures.mapping import PARTS, PERCENT
from reviews.imports.proposing import SURE, Proposal, plain
from reviews.imports.surveying import ColumnFacts

# What a column may be beside a figure; forms carry these, and figures as `figure:<key>`.
YEAR, MINE, NAMES, VALUE, SOURCE, VINTAGE = ("year", "mine", "names", "value", "source", "vintage")
OWN = "own"  # a figure under the agency's own name
ROLES = (YEAR, MINE, NAMES, VALUE, SOURCE, VINTAGE)
_CALLED = {
    YEAR: ("year", "fiscal year", "fy", "ffy", "calendar year", "report year", "data year"),
    MINE: ("state", "st", "state terr", "sta terr", "agency", "county", "jurisdiction", "region", "place", "area"),
    NAMES: ("measure", "indicator", "figure", "name", "metric", "variable", "item"),
    VALUE: ("value", "amount", "result", "number", "estimate"),
    SOURCE: ("source", "data source", "origin"),
    VINTAGE: ("vintage", "as of", "published", "edition", "release", "version"),
}  # fmt: skip
# Words that programs and people write where there is no value.
GAPS = (
    "na",
    "n a",
    "nan",
    "null",
    "none",
    "missing",
    "unknown",
    "not available",
    "not reported",
    "suppressed",
    "",
)


def propose_roles(found: Sequence[ColumnFacts]) -> dict[str, Proposal]:
    """What each column most likely is, by its name and values; each role once."""
    proposals: dict[str, Proposal] = {}
    for column in found:
        if column.name and (role := _role(column, taken=proposals.values())):
            proposals[column.name] = Proposal(role, "same name")
    is_long = {NAMES, VALUE} <= {proposal.target for proposal in proposals.values()}
    for column in found:
        if is_long or not column.name or column.name in proposals or not column.numeric:
            continue
        if known := closest(column.name):
            why = "same name" if known_as(column.name) else "similar name"
            if all(proposal.target != f"figure:{known.key}" for proposal in proposals.values()):
                proposals[column.name] = Proposal(f"figure:{known.key}", why)
    return proposals


def closest(text: str) -> Known | None:
    """The figure of the list that a text names or nearly names."""
    if known := known_as(text):
        return known
    said = plain(text)
    likeness = [
        (
            max(
                SequenceMatcher(None, said, plain(name)).ratio()
                for name in (one.label, one.key, *one.also_called)
            ),
            one,
        )
        for one in KNOWN.values()
    ]
    best, known = max(likeness, key=lambda each: each[0])
    return known if best >= SURE + 0.08 else None


def propose_written(column: ColumnFacts) -> str:
    """How a share is written, where its values say so by themselves: all of them up to 1, or none between 0 and 1.
    Values of both kinds are a person's to judge."""
    amounts = [found[0] for text in (column.lowest, column.highest) if (found := amount_of(text))]
    if len(amounts) < 2:
        return ""
    lowest, highest = amounts
    if highest <= 1:
        return PARTS
    return PERCENT if lowest == 0 or lowest >= Decimal(1) else ""


def propose_blanks(columns: Iterable[ColumnFacts]) -> list[str]:
    """What stands in columns of numbers in place of one, and means that there is none."""
    said = {value for column in columns for value, _ in column.no_numbers}
    return sorted(value for value in said if plain(value) in GAPS)


def propose_ours(column: ColumnFacts, names: Iterable[str]) -> list[str]:
    """The values of a column that are the agency, by its name."""
    ours = {plain(name) for name in names}
    return [value for value, _ in column.values if plain(value) in ours]


def unit_of(column: ColumnFacts) -> str:
    """A unit to begin with for a figure of the agency's own: a share where no value is above 1, else open."""
    found = amount_of(column.highest)
    return SHARE if found and found[0] <= 1 and column.highest not in ("0", "1") else ""


def _role(column: ColumnFacts, *, taken: Iterable[Proposal]) -> str:
    name = plain(column.name)
    free = [role for role in ROLES if role not in {proposal.target for proposal in taken}]
    role = next((role for role in free if name in _CALLED[role]), "")
    if role == VALUE and not column.numeric:
        return ""
    if role in (MINE, NAMES) and (column.numeric or not column.values):
        return ""
    return role
