"""Saving one answer, in one statement: the review held in its state, compare-and-set on the answer's own version,
the replaced text kept, the author's hand and the typing recorded."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from jurisdictions.models import Membership
from reviews.models import Answer, Review

# Replaced texts are kept, and typing is audited, once a person, place and this long: history without every keystroke.
TYPING = dt.timedelta(minutes=10)


class Stale(Exception):
    """Somebody else saved this field since the page was read; `theirs` is what stands there now."""

    def __init__(self, theirs: Answer | None) -> None:
        self.theirs = theirs
        super().__init__("stale")


class MovedOn(Exception):
    """The review left the state in which it was read; its `state` is the new one now."""


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
        return self.review.edition.parsed.item(self.item).part


# Nothing is written unless the review is still in the state its reader saw, and never by somebody who stepped back.
# A move locks the row for itself; writers share this lock, so an answer cannot slip in behind a review that was just
# sent, and writers do not wait for one another. A person's first answer makes them an author; the composite key from
# answer to hand refuses an approver.
_STILL = """
WITH still AS (
    SELECT FROM reviews_review
    WHERE jurisdiction_id = %(jurisdiction)s AND incident_id = %(record)s AND state = %(state)s
      AND NOT EXISTS (
        SELECT FROM reviews_recusal
        WHERE jurisdiction_id = %(jurisdiction)s AND review_id = %(record)s AND membership_id = %(author)s)
    FOR KEY SHARE
), hand AS (
    INSERT INTO reviews_reviewhand (jurisdiction_id, review_id, membership_id, hand, since)
    SELECT %(jurisdiction)s, %(record)s, %(author)s, 'author', %(now)s FROM still
    ON CONFLICT DO NOTHING
)"""

_FIRST = """
, saved AS (
    INSERT INTO reviews_answer (jurisdiction_id, record_id, repeat_id, item, value, missing, version, author_id,
                                author_hand, at)
    SELECT %(jurisdiction)s, %(record)s, %(repeat)s, %(item)s, %(value)s::jsonb, %(missing)s, 1, %(author)s,
           'author', %(now)s::timestamptz
    FROM still
    ON CONFLICT DO NOTHING
    RETURNING version
)"""

# Lock the row at the expected version, keep what it held, set it anew.
_REPLACE = """
, held AS (
    SELECT a.* FROM reviews_answer a, still
    WHERE a.jurisdiction_id = %(jurisdiction)s AND a.record_id = %(record)s AND a.item = %(item)s
      AND a.version = %(version)s AND {repeat}
    FOR UPDATE OF a
), kept AS (
    INSERT INTO reviews_answerversion (jurisdiction_id, record_id, repeat_id, item, value, missing, version,
                                       author_id, at, replaced_by_id, replaced_at)
    SELECT jurisdiction_id, record_id, repeat_id, item, value, missing, version,
           author_id, at, %(author)s, %(now)s
    FROM held
    WHERE (value IS NOT NULL OR missing <> '') AND NOT EXISTS (
        SELECT FROM reviews_answerversion v
        WHERE held.author_id = %(author)s AND v.jurisdiction_id = held.jurisdiction_id
          AND v.record_id = held.record_id AND v.item = held.item AND {kept_repeat}
          AND v.replaced_by_id = %(author)s AND v.replaced_at > %(typing_since)s)
), saved AS (
    UPDATE reviews_answer a
    SET value = %(value)s::jsonb, missing = %(missing)s, version = a.version + 1, author_id = %(author)s,
        at = %(now)s
    FROM held WHERE a.id = held.id
    RETURNING a.version
)"""

# One event a person, part and ten minutes, not one a pause.
_TYPED = """
, typed AS (
    INSERT INTO jurisdictions_auditevent (jurisdiction_id, at, by_user, kind, about, outcome, request_id, ids)
    SELECT %(jurisdiction)s, %(now)s, %(user)s, 'review.answered', %(about)s, 'done', '',
           jsonb_build_object('part', %(part)s::text)
    FROM saved
    WHERE NOT EXISTS (
        SELECT FROM jurisdictions_auditevent
        WHERE jurisdiction_id = %(jurisdiction)s AND about = %(about)s AND at > %(typing_since)s
          AND by_user = %(user)s AND kind = 'review.answered' AND ids->>'part' = %(part)s)
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
    now: dt.datetime | None = None,
) -> int:
    """Set one answer, if it still stands at `version` (0: not answered yet); return its new version.

    Raises Stale with what stands there now when somebody else was quicker, MovedOn when the review has left the
    state in which `place.review` was read, SteppedBack when the person is not to see it any more.
    """
    now, review = now or timezone.now(), place.review
    with connection.cursor() as cursor:
        cursor.execute(
            _statement(place, first=version == 0),
            {
                "jurisdiction": review.jurisdiction_id,
                "record": review.pk,
                "state": review.state,
                "repeat": place.repeat,
                "item": place.item,
                "value": None if value is None else json.dumps(value),
                "missing": missing,
                "version": version,
                "author": by.pk,
                "now": now,
                "typing_since": now - TYPING,
                "user": by.user_id,
                "about": f"review:{review.pk}",
                "part": place.part,
            },
        )
        saved = cursor.fetchone()
    if saved is None:
        _raise_why(place, by)
    return int(saved[0])


def _statement(place: Place, *, first: bool) -> str:
    if first:
        return _STILL + _FIRST + _TYPED
    there = "IS NULL" if place.repeat is None else "= %(repeat)s"
    return (
        _STILL + _REPLACE.format(repeat=f"a.repeat_id {there}", kept_repeat=f"v.repeat_id {there}") + _TYPED
    )


def _raise_why(place: Place, by: Membership) -> NoReturn:
    if place.review.recusals.filter(membership=by).exists():
        raise SteppedBack
    read_in = place.review.state
    hold_still(place.review)
    if place.review.state != read_in:
        raise MovedOn
    raise Stale(standing_answer(place))


def hold_still(review: Review) -> None:
    """Keep the review in its state until this transaction ends, and read which state that is: for what is written
    beside answers, as entries and marks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state FROM reviews_review WHERE jurisdiction_id = %s AND incident_id = %s FOR KEY SHARE",
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
