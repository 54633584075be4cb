"""Saving one answer: compare-and-set on its own version, the replaced text kept, the author's hand recorded."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from jurisdictions.models import Membership
from reviews.models import Answer, Incident, Review

# Replaced texts are kept once a person, field and this long: history without every keystroke.
TYPING = dt.timedelta(minutes=10)


class Stale(Exception):
    """Somebody else saved this field since the page was read; `theirs` is what stands there now."""

    def __init__(self, theirs: Answer | None) -> None:
        self.theirs = theirs
        super().__init__("stale")


@dataclass(frozen=True)
class Place:
    """Where an answer stands: an item of a record, in one repeat of its section or in none."""

    record: Incident
    repeat: int | None
    item: str


# One round trip: lock the row at the expected version, keep what it held, set it anew. A person's first answer
# makes them an author; the composite key from answer to hand refuses an approver, whoever asks.
_REPLACE = """
WITH hand AS (
    INSERT INTO reviews_reviewhand (jurisdiction_id, review_id, membership_id, hand, since)
    VALUES (%(jurisdiction)s, %(record)s, %(author)s, 'author', %(now)s)
    ON CONFLICT DO NOTHING
), held AS (
    SELECT * FROM reviews_answer
    WHERE jurisdiction_id = %(jurisdiction)s AND record_id = %(record)s AND item = %(item)s
      AND version = %(version)s AND {repeat}
    FOR UPDATE
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
)
UPDATE reviews_answer a
SET value = %(value)s::jsonb, missing = %(missing)s, version = a.version + 1, author_id = %(author)s, at = %(now)s
FROM held WHERE a.id = held.id
RETURNING a.version
"""

_FIRST = """
WITH hand AS (
    INSERT INTO reviews_reviewhand (jurisdiction_id, review_id, membership_id, hand, since)
    VALUES (%(jurisdiction)s, %(record)s, %(author)s, 'author', %(now)s)
    ON CONFLICT DO NOTHING
)
INSERT INTO reviews_answer (jurisdiction_id, record_id, repeat_id, item, value, missing, version, author_id,
                            author_hand, at)
VALUES (%(jurisdiction)s, %(record)s, %(repeat)s, %(item)s, %(value)s::jsonb, %(missing)s, 1, %(author)s,
        'author', %(now)s)
ON CONFLICT DO NOTHING
RETURNING version
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

    Raises Stale with what stands there now when somebody else was quicker. The record needs a review.
    """
    now = now or timezone.now()
    statement = _FIRST if version == 0 else _REPLACE
    if place.repeat is None:
        statement = statement.format(repeat="repeat_id IS NULL", kept_repeat="v.repeat_id IS NULL")
    else:
        statement = statement.format(repeat="repeat_id = %(repeat)s", kept_repeat="v.repeat_id = %(repeat)s")
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "jurisdiction": place.record.jurisdiction_id,
                "record": place.record.pk,
                "repeat": place.repeat,
                "item": place.item,
                "value": None if value is None else json.dumps(value),
                "missing": missing,
                "version": version,
                "author": by.pk,
                "now": now,
                "typing_since": now - TYPING,
            },
        )
        saved = cursor.fetchone()
    if saved is None:
        raise Stale(standing_answer(place))
    return int(saved[0])


def hold_still(review: Review) -> None:
    """Keep the review in its state until this transaction ends, and read which state that is.

    A move locks the row for itself; writers share this lock, so an answer cannot slip in behind a review that
    was just sent, and writers do not wait for one another.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state FROM reviews_review WHERE jurisdiction_id = %s AND incident_id = %s FOR KEY SHARE",
            [review.jurisdiction_id, review.pk],
        )
        (review.state,) = cursor.fetchone()


def standing_answer(place: Place) -> Answer | None:
    """What stands at this place now, with its author."""
    return (
        Answer.objects.filter(record=place.record, repeat=place.repeat, item=place.item)
        .select_related("author__user")
        .first()
    )


_TYPED = """
INSERT INTO jurisdictions_auditevent (jurisdiction_id, at, by_user, kind, about, outcome, request_id, ids)
SELECT %(jurisdiction)s, %(now)s, %(user)s, 'review.answered', %(about)s, 'done', '',
       jsonb_build_object('part', %(part)s::text)
WHERE NOT EXISTS (
    SELECT FROM jurisdictions_auditevent
    WHERE jurisdiction_id = %(jurisdiction)s AND about = %(about)s AND at > %(since)s
      AND by_user = %(user)s AND kind = 'review.answered' AND ids->>'part' = %(part)s)
"""


def record_typing(record: Incident, part: str, *, by: Membership, now: dt.datetime | None = None) -> None:
    """Audit that a person works on a part: one event a person, part and ten minutes, not one a pause."""
    now = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            _TYPED,
            {
                "jurisdiction": record.jurisdiction_id,
                "now": now,
                "user": by.user_id,
                "about": f"review:{record.pk}",
                "part": part,
                "since": now - TYPING,
            },
        )
