"""Reviews for other software: the list, one of them with its parts and open moves, and a move."""

import datetime as dt
from dataclasses import replace
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone
from rest_framework.exceptions import ParseError

from jurisdictions import audit
from jurisdictions.api import Api, ApiProblem, ApiRequest, Shown, door, may_read, refused, take
from jurisdictions.api.described import Asked
from jurisdictions.api.door import Scope
from jurisdictions.paging import PAGE, read_key
from jurisdictions.roles import Permission
from jurisdictions.rules import Refused
from reviews.actions.moves import make_move
from reviews.api import shapes
from reviews.models import Review
from reviews.querysets import ReviewQuerySet
from reviews.rules.moves import MOVES, WITH_PAGES_OF_THEIR_OWN
from reviews.rules.who import may_make
from reviews.views.lists import REPORTED, SHOWN, filtered, next_url, page_of
from reviews.views.page import ReviewPage, find_review, read_review

FILTERS = (
    Asked(
        "show",
        "Which of the tabs; those under way without it.",
        {"oneOf": [{"const": key, "title": label} for key, label in SHOWN.items()]},
    ),
    Asked("after", "A place, as `next` names it, with id.", {"type": "string", "format": "date"}),
    Asked("id", "A place, as `next` names it.", {"type": "string", "pattern": "^[0-9]{1,18}$"}),
)

MISSING = "Something is missing in this entry."


class Row(NamedTuple):
    """One line of the list, read without its models."""

    pk: int
    number: str
    incident_type: str
    occurred_on: dt.date | None
    state: str
    due_on: dt.date | None
    held_until: dt.date | None
    version: int


_COLUMNS = [
    "pk",
    "incident__number",
    "incident__incident_type",
    "incident__occurred_on",
    "state",
    "due_on",
    "held_until",
    "version",
]


def _rows(reviews: ReviewQuerySet) -> list[Row]:
    return list(map(Row._make, reviews.values_list(*_COLUMNS)))


class ReviewList(Api):
    @door(
        Permission.REVIEW_VIEW,
        scope=Scope.READ,
        summary="List reviews, soonest due first, 25 at a time",
        answers=shapes.Reviews,
        asks=FILTERS,
    )
    def get(self, request: ApiRequest) -> dict[str, Any]:
        by, given = request.membership, request.query_params
        shown = _shown(given.dict())
        reviews = filtered(Review.objects.visible_to(by), shown, by, timezone.localdate())
        rows = _rows(page_of(reviews, given, shown))
        keys = [row.pk for row in rows[:PAGE]]
        audit.record("review.listed", about="reviews", by=by, shown=shown, reviews=keys)
        further = request.path + next_url(shown, rows[PAGE - 1]) if len(rows) > PAGE else None
        return {"next": further, "previous": None, "results": [_listed(row) for row in rows[:PAGE]]}


class ReviewOverview(Api):
    @door(
        Permission.REVIEW_VIEW,
        scope=Scope.READ,
        summary="Read where one review stands: its parts, its people, the moves that are open",
        answers=shapes.ReviewDetail,
    )
    def get(self, request: ApiRequest, number: str) -> dict[str, Any]:
        return _told(read_review(request, number))


class ReviewMoves(Api):
    @door(
        Permission.REVIEW_VIEW,
        scope=Scope.WRITE,
        summary="Move a review on",
        takes=shapes.MoveMade,
        answers=shapes.StateNow,
    )
    def post(self, request: ApiRequest, number: str) -> dict[str, Any]:
        """Those with pages of their own (select, do_not_select, withdraw) have addresses of their own."""
        sent = take(shapes.MoveMade, request.data)
        move = MOVES.get(sent["action"])
        if move is None or move.action in WITH_PAGES_OF_THEIR_OWN:
            raise Http404
        review = find_review(request, number)
        if not may_make(move, review, request.membership):
            raise PermissionDenied
        try:
            return state_of(make_move(review, move.action, by=request.membership, note=sent["note"]))
        except Refused as refusal:
            raise _refused(refusal, review, request) from None


def _refused(refusal: Refused, review: Review, request: ApiRequest) -> ApiProblem:
    """What is missing, by the titles of the entries in which it is, where the token may be told; else by places."""
    if may_read(request):
        return refused(refusal.problems, shown=Shown("review.read", review))
    return refused(replace(one, message=MISSING) if one.entry else one for one in refusal.problems)


def state_of(review: Review) -> dict[str, Any]:
    """Where it stands now: what every change of it answers."""
    return {"number": review.incident.number, "state": review.state, "version": review.version}


def _shown(given: dict[str, str]) -> str:
    shown = given.get("show") or "under_way"
    if shown not in SHOWN:
        raise ParseError("show: this is not one of its answers.")
    after, key = given.get("after"), given.get("id")
    if key is not None and read_key(key) is None:
        raise ParseError("id: this is no place in this list. Take it from next.")
    if after is not None and (key is None or not _is_day(after)):
        raise ParseError("after: this is no place in this list. Take it from next, with its id.")
    if key is not None and after is None and shown != REPORTED:
        raise ParseError("id: this is half a place. Take it from next, with its after.")
    return shown


def _is_day(text: str) -> bool:
    try:
        return bool(dt.date.fromisoformat(text))
    except ValueError:
        return False


def _day(day: dt.date | dt.datetime | None) -> str | None:
    return day.isoformat() if day else None


def _listed(row: Row) -> dict[str, Any]:
    return {
        "number": row.number,
        "incident_type": row.incident_type,
        "occurred_on": _day(row.occurred_on),
        "state": row.state,
        "due_on": _day(row.due_on),
        "held_until": _day(row.held_until),
        "version": row.version,
    }


def _told(page: ReviewPage) -> dict[str, Any]:
    review, incident = page.review, page.review.incident
    return {
        "number": incident.number,
        "incident_type": incident.incident_type,
        "occurred_on": _day(incident.occurred_on),
        "state": review.state,
        "due_on": _day(review.due_on),
        "held_until": _day(review.held_until),
        "version": review.version,
        "edition": review.edition.number,
        "own_questions": review.own_edition.number if review.own_edition else None,
        "state_since": _day(review.state_since),
        "selected_on": _day(review.selected_on),
        "selection_reasons": list(review.selection_reasons),
        "selection_note": review.selection_note,
        "hold_reason": review.hold_reason or None,
        "times_returned": review.times_returned,
        "approved_at": _day(review.approved_at),
        "reported_closed_on": _day(review.reported_closed_on),
        "seats": [
            {
                "person": seat.membership_id,
                "name": str(seat.membership),
                "seat": seat.seat,
                "statement": seat.statement,
            }
            for seat in page.seats
        ],
        "parts": [_part(page, status) for status in page.statuses],
        "moves": [
            {
                "action": move.action,
                "label": move.label,
                "explains": move.explained(page.open_remarks.total()),
                "asks_note": move.asks_note,
            }
            for move in page.moves
        ],
        "open_remarks": page.open_remarks.total(),
    }


def _part(page: ReviewPage, status: Any) -> dict[str, Any]:
    locked = page.why_locked(status.key)
    return {
        "part": status.key,
        "title": status.title,
        "mark": status.mark,
        "words": status.words,
        "note": status.note,
        "locked": locked[0].message if locked else None,
    }
