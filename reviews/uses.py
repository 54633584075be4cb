"""Where an item of the dictionary goes besides the form: told to the codebook, which cannot know."""

from collections.abc import Iterator

from dictionary.schema import Item
from reviews.imports.columns import SECTIONS
from reviews.imports.mapping import TAKEN_TYPES

# The items behind the columns of the list of incidents as a workbook (`reviews.exports`).
LISTED = ("incident_type", "occurred_on", "aware_on", "county", "age_value", "age_unit", "sex")


def uses_of(item: Item) -> Iterator[str]:
    if item.key in LISTED:
        yield "Stands in the list of incidents as a workbook."
    if item.section in SECTIONS and item.type in TAKEN_TYPES:
        yield "Can be brought in from a file of past incidents."
