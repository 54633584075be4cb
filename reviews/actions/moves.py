"""Moving a review along its table: under lock, guarded by its rules, recorded, and told to whose turn it is."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dictionary.validation import problems as dictionary_problems
from dictionary.values import keepable
from inbox.actions import queue_message
from jurisdictions import audit
from jurisdictions.models import Membership
from jurisdictions.rules import Problem, Refused
from reviews.content import read_content
from reviews.models import Review, ReviewHand, ReviewMove
from reviews.rules.moves import MOVES, REMARK_FIRST, Move
from reviews.rules.sending import problems_before_sending
from reviews.rules.who import has_written, people_told, people_who_may_be_told, seats_of

# What must be known about the other children before anything else is decided.
SAFETY_FIRST = {"other_children_in_home", "safety_checked"}


# A review is never sent where nobody can take it up.
NEEDS_SOMEBODY = {
    "send_to_quality_lead": "Nobody in the agency is a quality lead now. The agency administrator can give "
    "somebody the role.",
    "send_to_director": "Nobody can approve this review now: whoever could has written in it. The coordinator "
    "can name an approver from outside, on the review’s own page.",
}


LONGEST_NOTE = 2000


class CannotMove(Refused):
    """The move is not allowed now; the review stays where it is."""


@transaction.atomic
def make_move(
    review: Review, action: str, *, by: Membership, note: str = "", now: dt.datetime | None = None
) -> Review:
    """Make one move of the table. A review that is already where the move ends is left as it is.

    Raises CannotMove with every reason. Whether the person may is the entry point's question (rules.who).
    """
    now = now or timezone.now()
    move = MOVES[action]
    review = Review.objects.locked(review.pk)
    if review.state == move.ends:
        return review
    if problems := problems_before_move(move, review, by=by, note=note):
        raise CannotMove(problems)
    step = ReviewMove.objects.create(
        jurisdiction_id=review.jurisdiction_id,
        review=review,
        action=action,
        from_state=review.state,
        to_state=move.ends,
        by=by,
        at=now,
        note=keepable(note).strip(),
    )
    _enter(review, move, by=by, now=now)
    audit.record(f"review.{action}", about=review, by=by, move=step.pk)
    remarks = open_remarks(review)
    others = [person for person in people_told(move, review) if person.pk != by.pk]
    _owe(others, move.message, review, occasion=f"move:{step.pk}", count=remarks, page="home")
    return review


def _enter(review: Review, move: Move, *, by: Membership, now: dt.datetime) -> None:
    """The review stands where the move ends; a return is counted, and who approves signs as its approver."""
    review.state, review.state_since = move.ends, now
    review.version += 1
    changed = ["state", "state_since", "version"]
    if move.action in {"return_to_team", "return_from_director"}:
        review.times_returned += 1
        changed.append("times_returned")
    if move.action == "approve":
        ReviewHand.objects.get_or_create(
            jurisdiction_id=review.jurisdiction_id,
            review=review,
            membership=by,
            defaults={"hand": ReviewHand.Hand.APPROVER},
        )
        review.approver, review.approved_at = by, now
        changed += ["approver", "approved_at"]
    review.save(update_fields=changed)


def open_remarks(review: Review) -> int:
    """How many remarks wait for the team."""
    return review.remarks.filter(settled_at=None).count()


def tell(
    people: Iterable[Membership],
    kind: str,
    review: Review,
    *,
    occasion: str,
    count: int | None = None,
    page: str = "home",
) -> None:
    """Owe each of these people one message about a review; it carries the number, a count of remarks, and nothing
    else. Somebody who may not be told of the review, is not."""
    told = people_who_may_be_told(review, people)
    _owe(told, kind, review, occasion=occasion, count=count, page=page)


def _owe(
    people: Iterable[Membership], kind: str, review: Review, *, occasion: str, count: int | None, page: str
) -> None:
    for person in people:
        queue_message(
            kind,
            to=person,
            number=review.incident.number,
            count=count,
            path=reverse(f"reviews:{page}", args=[person.jurisdiction.slug, review.incident.number]),
            occasion=occasion,
        )


def problems_before_move(
    move: Move, review: Review, *, by: Membership, note: str | None = None
) -> list[Problem]:
    """Why the move cannot happen now; the same list explains a button and guards the act.

    `note` is None while the person has not been asked for one yet.
    """
    if review.state not in move.begins:
        return [
            Problem(
                "move.elsewhere",
                f"This review is {review.get_state_display().lower()} now: somebody may have moved it on. "
                "Look at it again.",
            )
        ]
    # As it will be kept, and as the browser counts: a line end is one character.
    kept = None if note is None else keepable(note).strip()
    if move.asks_note and kept == "":
        return [Problem("move.note", "Say why, in a sentence.")]
    if kept is not None and (over := len(kept) - LONGEST_NOTE) > 0:
        return [
            Problem("move.long", f"Keep the note within {LONGEST_NOTE:,} characters: it is {over:,} over.")
        ]
    if move.action in NEEDS_SOMEBODY and not people_told(move, review):
        return [Problem("turn.nobody", NEEDS_SOMEBODY[move.action])]
    match move.action:
        case "ask_for_selection":
            return _safety_comes_first(review)
        case "send_to_quality_lead":
            return problems_before_sending(
                review, read_content(review.incident, review.asked.questions), list(seats_of(review))
            )
        case "return_to_team" | "return_from_director":
            return _asks_for_something(review)
        case "approve":
            return _approves_as_a_reader(review, by)
    return []


def _safety_comes_first(review: Review) -> list[Problem]:
    """The rapid response checks first on siblings and other children (domain.md §2.1, Tennessee)."""
    sheet = read_content(review.incident, review.asked.questions).sheet
    open_ = dictionary_problems(sheet, ["safety"])
    return [
        Problem(
            "safety.first",
            f"The safety of other children comes first. {found.message}",
            "safety",
            None,
            found.key,
        )
        for found in open_
        if found.hard and found.key in SAFETY_FIRST
    ]


def _asks_for_something(review: Review) -> list[Problem]:
    if open_remarks(review):
        return []
    read = reverse("reviews:read", args=[review.jurisdiction.slug, review.incident.number])
    return [Problem("remarks.none", REMARK_FIRST, url=read)]


def _approves_as_a_reader(review: Review, by: Membership) -> list[Problem]:
    if has_written(review, by):
        return [
            Problem(
                "approve.own",
                "You wrote part of this review, so somebody else approves it. The coordinator can name an "
                "approver from outside.",
            )
        ]
    if review.on_hold:
        return [Problem("approve.held", "This review is on hold. Take it off hold first.")]
    return []
