"""The workbook of past reviews: one sheet for what is said once, one for each kind of entry, one for ratings.

It is drawn from the dictionary, and so is the reading: a sheet is known by its title or its section's key, a column by
its label or its item's key, whichever stands there and in whatever order.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dictionary.schema import Edition, Item, Section
from reviews.imports.proposing import plain

REVIEWS, RATINGS = "reviews", "ratings"
HELP, LISTS = "How to fill this in", "Lists"
OWN_SHEETS = (HELP, LISTS, "Receipt")  # beside those that hold reviews
# Parts of a review that is done: how it was chosen, and who met no conflict, are not told of a past one.
LEFT_OUT = {"selection", "factors"}


@dataclass(frozen=True)
class Column:
    """One column: the item that it holds, or what it says of the row itself."""

    label: str
    key: str
    item: Item | None = None
    note: str = ""

    def is_called(self, name: str) -> bool:
        return plain(name) in (plain(self.label), plain(self.key))


REVIEW = Column(
    "Review", "review", note="Your own number of the review. It ties the rows of all sheets together."
)
NUMBER = Column("No.", "no", note="1, 2, 3 … within the review. Other sheets name the entry by it.")
OURS = Column(
    "Number in NPCS", "number_in_npcs", note="Only if the incident is here already, such as 2019-014."
)
CLOSED_ON = Column("Closed on", "closed_on", note="The day on which your agency closed the review.")
FROM_NEED = Column("From need no.", "from_need", note="The need that this opportunity came from, if any.")
OPPORTUNITY = Column("Opportunity no.", "opportunity", note="Empty: the rating is of the whole review.")
FACTOR = Column("Factor", "factor", note="As in the list on the sheet “Lists”.")
RATING = Column("Rating", "rating", note="0 to 3, “Does not apply” or “Not enough information”.")
WHY = Column("Why", "why", note="What happened, and how it shaped the work. Name roles, not people.")


@dataclass(frozen=True)
class SheetLayout:
    """One sheet: its title, the key of its section (or REVIEWS, RATINGS), its columns."""

    title: str
    key: str
    columns: tuple[Column, ...]

    def is_called(self, name: str) -> bool:
        return plain(name) in (plain(self.title), plain(self.key))


def layout(edition: Edition) -> tuple[SheetLayout, ...]:
    """The sheets of the workbook under an edition, in the order of its parts."""
    repeating = [section for section in edition.sections if section.repeats]
    return (
        SheetLayout("Reviews", REVIEWS, (REVIEW, OURS, CLOSED_ON, *_columns(_once(edition)))),
        *(SheetLayout(_title(section), section.key, tuple(_entry_columns(section))) for section in repeating),
        SheetLayout("Ratings", RATINGS, (REVIEW, OPPORTUNITY, FACTOR, RATING, WHY)),
    )


def factors(edition: Edition) -> list[Item]:
    """The factors that a rating may be of."""
    return [item for section in edition.sections for item in section.items if item.type == "rating"]


def _once(edition: Edition) -> Iterator[Item]:
    for section in edition.sections:
        if not section.repeats and section.key not in LEFT_OUT:
            yield from section.items


def _entry_columns(section: Section) -> Iterator[Column]:
    yield REVIEW
    if section.key != "child":
        yield NUMBER
    if section.key == "opportunities":
        yield FROM_NEED
    yield from _columns(section.items)


def _columns(items: "Iterator[Item] | tuple[Item, ...]") -> Iterator[Column]:
    for item in items:
        if item.type != "rating" and not item.rating_of:
            yield Column(item.label, item.key, item, item.help)


def _title(section: Section) -> str:
    return "Children" if section.key == "child" else section.title
