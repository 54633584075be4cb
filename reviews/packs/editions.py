"""What the reviews of a pack were asked: one edition for each pair of the partnership's edition and own questions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dictionary import schema
from dictionary.asked import Asked, asked_now
from dictionary.models import Edition, OwnEdition

# Keys of the partnership's edition and of the own questions beside it, which a review pins.
type Pinned = tuple[int, int | None]


@dataclass(frozen=True)
class PackEdition:
    """Everything that a review was asked, under a number that fits the names of files: `1.0`, or `1.0-own-2`."""

    number: str
    questions: schema.Edition
    source: Mapping[str, Any]  # the same as a document, for other formats


def asked_by_now() -> PackEdition:
    """For a pack without a review: what one that began now would be asked."""
    return _edition(asked_now().at_hand())


def editions_of(pinned: Iterable[Pinned]) -> dict[Pinned, PackEdition]:
    """The editions of these reviews, the newest first. The agency's scope must be open."""
    return {place: _edition(asked) for place, asked in _asked(set(pinned))}


def _asked(wanted: set[Pinned]) -> Iterator[tuple[Pinned, Asked]]:
    owns = {one.pk: one for one in OwnEdition.objects.filter(pk__in=[own for _, own in wanted if own])}
    newest = sorted(owns.values(), key=lambda own: own.number, reverse=True)
    for edition in Edition.objects.released().without_document().filter(pk__in=[pk for pk, _ in wanted]):
        for own in (*newest, None):
            place = (edition.pk, own.pk if own else None)
            if place in wanted:
                yield place, Asked(edition, own)


def _edition(asked: Asked) -> PackEdition:
    number = asked.edition.number
    if asked.own is not None:
        number = f"{number}-own-{asked.own.number}"
    return PackEdition(number, replace(asked.questions, number=number), asked.document)
