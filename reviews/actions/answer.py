"""Saving one answer, in one statement: the review held in its state, compare-and-set on the answer's own version,
the replaced text kept, the author's hand and the typing recorded."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from jurisdictions import audit
from jurisdictions.models import Membership
from reviews.models import Answer, Review, ReviewSeat

# Replaced texts are kept, and typing is audited, once a person, place and this long: history without every keystroke.
TYPING = dt.timedelta(minutes=10)


class Stale(Exception):
    """Somebody else saved this field since the page was read; `theirs` is what stands there now."""

    def __init__(self, theirs: Answer | None) -> None:
        self.theirs = theirs
        super().__init__("stale")


class MovedOn(Exception):
    """The review left the state in which it was read (its `state` is the new one now), or the person's seat ended."""


class SteppedBack(PermissionDenied):
    """The person stepped back from the review and neither writes in it nor is told what stands there."""


@dataclass(frozen=True)
class Place:
    """Where an answer stands: an item of a review's record, in one repeat of its section or in none."""

    review: Review
    repeat: int | None
    item: str

    @property
    def part(self) -> str:
        return self.review.asked.questions.item(self.item).part


# Nothing is written unless the review is still in the state its reader saw. Whoever moves it changes its row; writers
# share this lock against that, so an answer cannot slip in behind a review that was just sent, and writers do not wait
# for one another. KEY SHARE would not do: a change that leaves the keys alone passes it by.
_HELD = """
WITH held AS (
    SELECT FROM reviews_review
    WHERE jurisdiction_id = %(jurisdiction)s AND incident_id = %(record)s AND state = %(state)s
    FOR SHARE
), free AS ({free}
)"""

# And never by somebody who stepped back. What a statement that waited for a lock sees of other rows is older than
# that lock, so the seat is locked too, after the review: stepping back ends it, and a row that was changed is read
# anew. Without a seat the review was held before (`hold_still`), and the recusal is seen.
_SEATED = """
    SELECT FROM reviews_reviewseat s, held WHERE s.id = %(seat)s AND s.ended_at IS NULL
    FOR SHARE OF s"""
_NOT_AWAY = """
    SELECT FROM held WHERE NOT EXISTS (
        SELECT FROM reviews_recusal
        WHERE jurisdiction_id = %(jurisdiction)s AND review_id = %(record)s AND membership_id = %(author)s)"""

_FIRST = """
, saved AS (
    INSERT INTO reviews_answer (jurisdiction_id, record_id, repeat_id, item, value, missing, version, author_id,
                                author_hand, at)
    SELECT %(jurisdiction)s, %(record)s, %(repeat)s, %(item)s, %(value)s::jsonb, %(missing)s, 1, %(author)s,
           'author', %(now)s::timestamptz
    FROM free
    ON CONFLICT DO NOTHING
    RETURNING version
)"""

# Lock the row at the expected version, keep what it held, set it anew. Taking words out keeps them, however fresh.
_REPLACE = """
, standing AS (
    SELECT a.* FROM reviews_answer a, free
    WHERE a.jurisdiction_id = %(jurisdiction)s AND a.record_id = %(record)s AND a.item = %(item)s
      AND a.version = %(version)s AND {repeat}
    FOR UPDATE OF a
), kept AS (
    INSERT INTO reviews_answerversion (jurisdiction_id, record_id, repeat_id, item, value, missing, version,
                                       author_id, at, replaced_by_id, replaced_at)
    SELECT jurisdiction_id, record_id, repeat_id, item, value, missing, version,
           author_id, at, %(author)s, %(now)s
    FROM standing
    WHERE (value IS NOT NULL OR missing <> '') AND (%(value)s::jsonb IS NULL OR NOT EXISTS (
        SELECT FROM reviews_answerversion v
        WHERE standing.author_id = %(author)s AND v.jurisdiction_id = standing.jurisdiction_id
          AND v.record_id = standing.record_id AND v.item = standing.item AND {kept_repeat}
          AND v.replaced_by_id = %(author)s AND v.replaced_at > %(typing_since)s))
), saved AS (
    UPDATE reviews_answer a
    SET value = %(value)s::jsonb, missing = %(missing)s, version = a.version + 1, author_id = %(author)s,
        at = %(now)s
    FROM standing WHERE a.id = standing.id
    RETURNING a.version
)"""

# A person's first answer makes them an author; the composite key from answer to hand refuses an approver. Typing is
# one event a person, part and ten minutes, not one a pause.
_WRITTEN_DOWN = """
, hand AS (
    INSERT INTO reviews_reviewhand (jurisdiction_id, review_id, membership_id, hand, since)
    SELECT %(jurisdiction)s, %(record)s, %(author)s, 'author', %(now)s FROM saved
    ON CONFLICT DO NOTHING
), typed AS (
    INSERT INTO jurisdictions_auditevent (jurisdiction_id, at, by_user, kind, about, outcome, request_id, ids)
    SELECT %(jurisdiction)s, %(now)s, %(user)s, 'review.answered', %(about)s, 'done', %(request_id)s,
           %(ids)s::jsonb
    FROM saved
    WHERE NOT EXISTS (
        SELECT FROM jurisdictions_auditevent
        WHERE jurisdiction_id = %(jurisdiction)s AND about = %(about)s AND at > %(typing_since)s
          AND by_user = %(user)s AND kind = 'review.answered' AND ids = %(ids)s::jsonb)
)
SELECT version FROM saved
"""


def save_answer(
    place: Place,
    *,
    value: Any,
    missing: str,
    version: int,
    by: Membership,
    seat: ReviewSeat | None = None,
    now: dt.datetime | None = None,
) -> int:
    """Set one answer, if it still stands at `version` (0: not answered yet); return its new version.

    `seat` is the one the person types from, where the review was not held before (`hold_still`).
    Raises Stale with what stands there now when somebody else was quicker, MovedOn when the review has left the
    state in which `place.review` was read or the seat has ended, SteppedBack when the person is not to see it any
    more. After any of them the review is held: what is read of it now stays true.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _statement(place, first=version == 0, seated=seat is not None),
            {
                **_about(place, by, now or timezone.now()),
                "seat": seat.pk if seat else None,
                "value": None if value is None else json.dumps(value),
                "missing": missing,
                "version": version,
            },
        )
        saved = cursor.fetchone()
    if saved is None:
        _raise_why(place, by, seat)
    return int(saved[0])


def _about(place: Place, by: Membership, now: dt.datetime) -> dict[str, Any]:
    """What the statement says of the place, the author and the moment."""
    review = place.review
    return {
        "jurisdiction": review.jurisdiction_id,
        "record": review.pk,
        "state": review.state,
        "repeat": place.repeat,
        "item": place.item,
        "ids": json.dumps({"part": place.part} | audit.by_token()),
        "author": by.pk,
        "user": by.user_id,
        "now": now,
        "typing_since": now - TYPING,
        "about": f"review:{review.pk}",
        "request_id": audit.request_id(),
    }


def _statement(place: Place, *, first: bool, seated: bool) -> str:
    there = "IS NULL" if place.repeat is None else "= %(repeat)s"
    replace = _REPLACE.format(repeat=f"a.repeat_id {there}", kept_repeat=f"v.repeat_id {there}")
    held = _HELD.format(free=_SEATED if seated else _NOT_AWAY)
    return held + (_FIRST if first else replace) + _WRITTEN_DOWN


def _raise_why(place: Place, by: Membership, seat: ReviewSeat | None) -> NoReturn:
    read_in = place.review.state
    hold_still(place.review)
    if place.review.recusals.filter(membership=by).exists():
        raise SteppedBack
    has_ended = seat is not None and not ReviewSeat.objects.filter(pk=seat.pk, ended_at=None).exists()
    if place.review.state != read_in or has_ended:
        raise MovedOn
    raise Stale(standing_answer(place))


def hold_still(review: Review) -> None:
    """Keep the review in its state until this transaction ends, and read which state that is: for what is written
    beside answers, as entries and marks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state FROM reviews_review WHERE jurisdiction_id = %s AND incident_id = %s FOR SHARE",
            [review.jurisdiction_id, review.pk],
        )
        (review.state,) = cursor.fetchone()


def standing_answer(place: Place) -> Answer | None:
    """What stands at this place now, with its author."""
    return (
        Answer.objects.filter(record=place.review.pk, repeat=place.repeat, item=place.item)
        .select_related("author__user")
        .first()
    )
