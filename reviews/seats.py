"""The seat from which somebody writes, found with every pause in their typing.

In SQL, because Django would take longer to write this statement than PostgreSQL to answer it. What it does not ask
for is read when somebody asks for it, as of any row that was read in part.
"""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models

from dictionary.models import Edition, OwnEdition
from jurisdictions.models import Membership
from reviews.models import Review, ReviewSeat

_SEAT = """
SELECT s.id, s.statement, r.incident_id, r.state, e.id, e.sha256, o.id, o.sha256
FROM reviews_incident i
JOIN reviews_reviewseat s ON s.jurisdiction_id = i.jurisdiction_id AND s.review_id = i.id
JOIN reviews_review r ON r.jurisdiction_id = s.jurisdiction_id AND r.incident_id = s.review_id
JOIN dictionary_edition e ON e.id = r.edition_id
LEFT JOIN dictionary_ownedition o ON o.jurisdiction_id = r.jurisdiction_id AND o.id = r.own_edition_id
WHERE i.jurisdiction_id = %s AND i.number = %s AND s.membership_id = %s AND s.ended_at IS NULL
"""


def seat_of_writer(number: str, by: Membership) -> ReviewSeat | None:
    """This person's seat on the review with this number, with what saving one answer asks of the review. Whoever
    stepped back holds none (`step_back`); saving locks the seat."""
    with connection.cursor() as cursor:
        cursor.execute(_SEAT, [by.jurisdiction_id, number, by.pk])
        row = cursor.fetchone()
    if row is None:
        return None
    key, statement, review_key, state, edition, edition_print, own, own_print = row
    seat = _read(ReviewSeat, id=key, jurisdiction_id=by.jurisdiction_id, statement=statement)
    review = _read(Review, incident_id=review_key, jurisdiction_id=by.jurisdiction_id, state=state)
    review.edition = _read(Edition, id=edition, sha256=edition_print)
    review.own_edition = _read(OwnEdition, id=own, sha256=own_print) if own is not None else None
    seat.review = review
    return seat


def _read[Row: models.Model](model: type[Row], **known: Any) -> Row:
    """A row of which only this is known yet."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in known]
    return model.from_db(DEFAULT_DB_ALIAS, names, [known[name] for name in names])
