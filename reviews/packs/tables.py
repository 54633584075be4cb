"""The tables of a data pack: one row a review, one row for each entry, one for each rating.

Reviews of several editions stand side by side: an item is one column in all of them, as long as its answers are of one
kind. Where an older edition asked it for another kind of answer, that one has a column of its own.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dictionary.ratings import SCALE
from dictionary.schema import RATING_MISSING, TEXTS, Choice, Edition, Item, Section
from reviews.models import Review
from reviews.packs.columns import FLAGS, Column, Names, Place, Wording, lay_out_item

REVIEWS, RATED = "reviews", "ratings"
OPPORTUNITIES = "opportunities"
KEY, NUMBER, FROM_NEED = "review", "no", "from_need_no"
STATES = tuple(Choice(code, label) for code, label in Review.State.choices)
_KEY = Column(KEY, "Number of the review", "text", note="Joins the rows of all tables.")
_NUMBER = Column(
    NUMBER, "Number of the entry in its review", "integer", note="With the review, the key of the row."
)


@dataclass(frozen=True)
class Table:
    """One table: its columns, and where the answers to each item of an edition stand in it."""

    key: str
    title: str
    about: str
    columns: tuple[Column, ...]
    places: Mapping[tuple[str, str], Place] = field(default_factory=dict)  # by edition and item

    @property
    def file(self) -> str:
        return f"{self.key}.csv"

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


@dataclass(frozen=True)
class Choosing:
    """What of each review goes into the tables."""

    with_direct: bool = True  # free text and whatever else can name a person
    with_case_numbers: bool = False

    def takes(self, item: Item) -> bool:
        if item.key == "case_number":
            return self.with_case_numbers
        # An answer in words may name somebody whatever was meant to be asked.
        return self.with_direct or (item.privacy != "direct" and item.type not in TEXTS)


def tables_of(editions: Sequence[Edition], choosing: Choosing) -> tuple[Table, ...]:
    """The tables for reviews of these editions, the newest first."""
    repeating: dict[str, list[tuple[str, Section]]] = {}
    for edition in editions:
        for section in edition.sections:
            if section.repeats:
                repeating.setdefault(section.key, []).append((edition.number, section))
    return (
        _table(REVIEWS, "Reviews", "One row for each review.", _OF_REVIEW, _once(editions), choosing),
        *(_entries(sections, choosing) for sections in repeating.values()),
        *_ratings(editions, choosing),
    )


_OF_REVIEW = (
    _KEY,
    Column("edition", "Edition of the dictionary that the review keeps", "text"),
    Column("state", "Where the review stands", "code", STATES),
    Column(
        "as_reported",
        "Closed before it came here, not approved here",
        "flag",
        FLAGS,
        note="Leave these rows out where only reviews that were approved here may count.",
    ),
    Column("due_on", "Day on which the review is due", "date"),
    Column("approved_on", "Day of the approval", "date"),
    Column("closed_on", "Day on which the agency closed it, where it came as reported", "date"),
    Column("times_returned", "How often it went back to its team", "integer"),
    Column("held_days", "Days for which the clock stood still", "integer"),
    Column("children", "Number of children", "integer"),
)


def _once(editions: Iterable[Edition]) -> Iterator[tuple[str, Item]]:
    """What is asked once of a review; ratings have a table of their own."""
    for edition in editions:
        for item in edition.once:
            if item.type != "rating" and not item.rating_of:
                yield edition.number, item


def _entries(sections: Sequence[tuple[str, Section]], choosing: Choosing) -> Table:
    _, newest = sections[0]
    own: tuple[Column, ...] = (_KEY, _NUMBER)
    if newest.key == OPPORTUNITIES:
        own += (Column(FROM_NEED, "Number of the need from which it was made", "integer"),)
    items = ((number, item) for number, section in sections for item in section.items)
    about = f"One row for each {newest.repeats} of a review."
    return _table(newest.key, newest.title, about, own, items, choosing)


def _ratings(editions: Sequence[Edition], choosing: Choosing) -> Iterator[Table]:
    """One row for each rating; the reason and the evidence beside it, under names that all factors share."""
    rated = [(edition.number, item) for edition in editions for item in edition if item.type == "rating"]
    if not rated:
        return
    factors = tuple({item.key: Choice(item.key, item.label) for _, item in reversed(rated)}.values())
    numbers = tuple(dict.fromkeys(number for number, _ in rated))
    reasons = tuple(Choice(code, label) for code, label in RATING_MISSING.items())
    columns = [
        _KEY,
        Column("opportunity_no", "Number of the opportunity; empty: of the whole review", "integer"),
        Column("factor", "Systems factor", "code", factors[::-1], editions=numbers),
        Column(
            "rating",
            "Rating",
            "code",
            SCALE,
            editions=numbers,
            note="Each factor’s own words: see the codes.",
        ),
        Column("rating_missing", "Rating Why there is none", "reason", reasons, editions=numbers),
    ]
    places = {(number, item.key): Place("rating", "rating_missing") for number, item in rated}
    names = Names([column.name for column in columns])
    for suffix, label in (("why", "Why this rating?"), ("evidence", "What shows it?")):
        beside = [
            (edition.number, item)
            for edition in editions
            for item in edition
            if item.rating_of and item.key == f"{item.rating_of}_{suffix}" and choosing.takes(item)
        ]
        if beside:
            shared = replace(beside[0][1], key=suffix, label=label, when=None, required_when=None)
            place, added = lay_out_item(Wording(tuple((one, shared) for one in numbers)), names)
            columns += added
            places |= {(number, item.key): place for number, item in beside}
    about = "One row for each rating of a systems factor, of one opportunity or of the whole review."
    yield Table(RATED, "Ratings of systems factors", about, tuple(columns), places)


def _table(
    key: str,
    title: str,
    about: str,
    own: Sequence[Column],
    items: Iterable[tuple[str, Item]],
    choosing: Choosing,
) -> Table:
    names = Names([column.name for column in own])
    columns = list(own)
    places: dict[tuple[str, str], Place] = {}
    for stem, wording in _wordings(items, choosing):
        place, added = lay_out_item(wording, names, stem=stem)
        columns += added
        places |= {(number, item.key): place for number, item in wording.items}
    return Table(key, title, about, tuple(columns), places)


def _wordings(items: Iterable[tuple[str, Item]], choosing: Choosing) -> Iterator[tuple[str, Wording]]:
    """The items that share columns, by key and kind of answer. The newest kind has the key as its name, an older one
    the edition behind it."""
    found: dict[tuple[str, str], list[tuple[str, Item]]] = {}
    for number, item in items:
        if choosing.takes(item):
            found.setdefault((item.key, item.type), []).append((number, item))
    seen: set[str] = set()
    for (key, _), wording in found.items():
        edition = re.sub(r"\W", "_", wording[0][0])
        yield f"{key}_e{edition}" if key in seen else key, Wording(tuple(wording))
        seen.add(key)
