"""Where an item of the dictionary goes besides the form, and whom a change of own questions touches: told to the
dictionary, which cannot know."""

from collections.abc import Iterator, Sequence

from django.db.models import Q

from dictionary.own.differences import Change
from dictionary.schema import Edition, Item
from jurisdictions.numbers import number_of
from reviews.documents.reader import LEFT_OUT
from reviews.imports.columns import SECTIONS
from reviews.imports.mapping import TAKEN_TYPES
from reviews.models import Answer, Review, SavedMapping
from reviews.packs.tables import RATED, REVIEWS
from reviews.past import layout

# The items behind the columns of the list of incidents as a workbook (`reviews.exports`).
LISTED = ("incident_type", "occurred_on", "aware_on", "county", "age_value", "age_unit", "sex")
# What no review report prints: days and places by which a talk or a record could be traced stay in the review.
NOT_REPORTED = LEFT_OUT | {"debrief_on", "debrief_support_offered", "record_location"}


def uses_of(edition: Edition, item: Item) -> Iterator[str]:
    if item.key in LISTED:
        yield "Stands in the list of incidents as a workbook."
    if item.key not in NOT_REPORTED:
        yield "Goes into the review report."
    yield f"In the agency’s data it stands in {_table(edition, item)}.csv."
    if item.section in SECTIONS and item.type in TAKEN_TYPES:
        yield "Can be brought in from a file of past incidents."
    if item.section not in layout.LEFT_OUT or item.type == "rating" or item.rating_of:
        yield "Can be brought in with past reviews."
    yield "It is a field of the REDCap data dictionary and of the XLSForm."


def touched_by(changes: Sequence[Change]) -> Iterator[str]:
    """What becomes of the open agency's reviews and files when it asks these questions differently."""
    under_way = Review.objects.under_way().count()
    yield f"{number_of(under_way, 'review')} under way: each keeps the questions that it began with."
    waiting = Review.objects.filter(state__in=[Review.State.NOTIFIED, Review.State.TO_BE_SELECTED]).count()
    if waiting:
        yield (
            f"{number_of(waiting, 'incident')} before the selection: the new questions are asked once selected, unless "
            "one of your own is answered there already."
        )
    gone = [change.key for change in changes if change.kind == "removed"]
    if held := Answer.objects.filter(item__in=gone).values("record").distinct().count():
        yield f"{number_of(held, 'review')} with answers to what is taken out: they stay there, and can be read."
    if columns := len(gone) + sum(change.kind == "added" for change in changes):
        yield f"The workbook for past reviews: {number_of(columns, 'column')} added or left out."
    named = Q()
    for key in gone:
        named |= Q(document__contains=key)
    if gone and (mappings := SavedMapping.objects.filter(named).count()):
        yield f"{number_of(mappings, 'saved mapping')} with what is taken out: to be looked at with the next file."


def _table(edition: Edition, item: Item) -> str:
    if item.type == "rating" or item.rating_of:
        return RATED
    return item.section if edition.section(item.section).repeats else REVIEWS
