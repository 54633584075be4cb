"""Saving one field, as a page or other software sends it: found, allowed, read by its item, saved, or told why not."""

from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404

from dictionary import values
from dictionary.schema import Edition, Item
from jurisdictions.models import Membership
from jurisdictions.rules import Refused
from reviews.actions.answer import MovedOn, Place, Stale, hold_still, save_answer
from reviews.models import Answer, Entry, Review, ReviewSeat
from reviews.rules.editing import problems_before_editing
from reviews.seats import seat_of_writer


@dataclass(frozen=True)
class Sent:
    """One field as it came: where it stands, over which version, and what is given."""

    item: str
    entry: int | None
    version: int
    value: Any
    missing: Any


@dataclass(frozen=True)
class Saved:
    """What stands now."""

    review: Review
    item: Item
    entry: int | None
    version: int

    @property
    def edition(self) -> Edition:
        return self.review.asked.questions


class UnknownItem(Exception):
    """The edition of the review asks no such thing, or it stands in a column and is changed with the facts."""


class Locked(Refused):
    """The person may not change this part now."""


class EntryRemoved(Exception):
    """The entry is not there, or not one that this item is answered for."""


class NotReadable(Exception):
    """What was given is no answer to this item; `place` is what has to be mended, `value` or `missing`."""

    def __init__(self, item: Item, place: str, message: str) -> None:
        self.item, self.place, self.message = item, place, message
        super().__init__(message)


class Conflict(Exception):
    """Somebody else saved this field since it was read; `theirs` is what stands there now."""

    def __init__(self, review: Review, item: Item, value: Any, missing: str, theirs: Answer | None) -> None:
        self.review, self.item, self.value, self.missing, self.theirs = review, item, value, missing, theirs
        super().__init__(item.key)


def save_one(number: str, sent: Sent, *, by: Membership) -> Saved:
    """Save one field of the review with this number, for somebody who may see it (Http404 otherwise).

    Raises the exceptions above. What was sent before and stands already is saved.
    """
    review, seat = _found(number, by)
    edition = review.asked.questions
    if sent.item not in edition or edition.item(sent.item).is_column:
        raise UnknownItem(sent.item)
    item = edition.item(sent.item)
    if problems := problems_before_editing(review, item.part, by=by, seat=seat):
        raise Locked(problems)
    if not _belongs(review, edition, item, sent.entry):
        raise EntryRemoved
    value, missing = _read(review, item, sent)
    try:
        version = save_answer(
            Place(review, sent.entry, item.key),
            value=value,
            missing=missing,
            version=sent.version,
            by=by,
            seat=seat,
        )
    except Stale as stale:
        if stale.theirs is None or not _is_the_same(stale.theirs, value, missing, by):
            raise Conflict(review, item, value, missing, stale.theirs) from stale
        version = stale.theirs.version  # the answer to this very save was lost on its way; it stands
    except MovedOn:
        # Held now: read again, what stands stays so.
        return save_one(number, sent, by=by)
    return Saved(review, item, sent.entry, version)


def _read(review: Review, item: Item, sent: Sent) -> tuple[Any, str]:
    """(value, reason for none)."""
    try:
        value = values.parse(item, sent.value, links=_linkable(review, item))
    except values.ValueProblem as problem:
        raise NotReadable(item, "value", problem.message) from problem
    if value is not None:
        return value, ""
    try:
        return None, values.parse_missing(item, sent.missing)
    except values.ValueProblem as problem:
        raise NotReadable(item, "missing", problem.message) from problem


def _found(number: str, by: Membership) -> tuple[Review, ReviewSeat | None]:
    """The review, and the person's seat on it. Whoever types has one, as a rule: then one row tells both."""
    if (seat := seat_of_writer(number, by)) is not None:
        return seat.review, seat
    reviews = Review.objects.visible_to(by).with_questions()
    found: Review = get_object_or_404(reviews, incident__number=number)
    hold_still(found)
    return found, None


def _is_the_same(standing: Answer, value: Any, missing: str, by: Membership) -> bool:
    return standing.author_id == by.pk and standing.value == value and standing.missing == missing


def _belongs(review: Review, edition: Edition, item: Item, entry: int | None) -> bool:
    """Whether the entry is one that this item may be answered for: its section's, or a rated opportunity."""
    section = edition.section(item.section)
    if entry is None:
        return not section.repeats
    wanted = section.key if section.repeats else "opportunities" if section.rated else None
    return (
        wanted is not None
        and Entry.objects.kept().filter(pk=entry, record=review.incident, section=wanted).exists()
    )


def _linkable(review: Review, item: Item) -> frozenset[int] | None:
    if item.type != "links":
        return None
    entries = Entry.objects.kept().filter(record=review.incident, section__in=item.links)
    return frozenset(entries.values_list("pk", flat=True))
