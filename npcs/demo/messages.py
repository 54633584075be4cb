"""What people of the demo found in their inbox: told as the moves tell it, and long since delivered."""

import datetime as dt

from django.urls import reverse

from inbox.models import Message
from jurisdictions.models import Membership
from jurisdictions.roles import Role
from npcs.demo.days import Days
from npcs.demo.reading import Told
from npcs.demo.shelf import Shelf
from reviews.models import Review, ReviewMove
from reviews.rules.moves import MOVES

KEPT = dt.timedelta(days=75)  # what is older has long been cleared away
FRESH = dt.timedelta(days=12)  # younger than this, and still that person's turn: not read yet


def tell(
    move: ReviewMove,
    review: Review,
    *,
    number: str,
    told: Told,
    staff: dict[str, Membership],
    shelf: Shelf,
    days: Days,
) -> None:
    """The messages of one move. They were mailed at the time: done, so that nothing is sent again."""
    kind = MOVES[move.action].message
    if not kind or move.at < days.now - KEPT:
        return
    slug = shelf.jurisdiction.slug
    unread = review.state == move.to_state and move.at == review.state_since and move.at > days.now - FRESH
    for person in _told(MOVES[move.action].told, told["people"], staff):
        if person.pk == move.by_id:
            continue
        shelf.messages.append(
            Message(
                jurisdiction=shelf.jurisdiction,
                to=person,
                kind=kind,
                number=number,
                count=_open_remarks(move, shelf),
                path=reverse("reviews:home", args=[slug, number]),
                occasion=f"move:{move.pk}",
                owed_at=move.at,
                due_at=move.at,
                done_at=move.at + dt.timedelta(seconds=20),
                tries=1,
                read_at=None if unread else move.at + dt.timedelta(hours=3),
            )
        )


def _open_remarks(move: ReviewMove, shelf: Shelf) -> int:
    """How many remarks waited for the team at the move; the demo knows their day, not the order within it."""
    return sum(
        remark.review_id == move.review_id
        and remark.at.date() <= move.at.date()
        and (remark.settled_at is None or remark.settled_at > move.at)
        for remark in shelf.remarks
    )


def _told(whom: str, people: Told, staff: dict[str, Membership]) -> list[Membership]:
    """Whose turn the move makes it, as `rules.who` finds it in the database."""
    team = [people["lead"], *people["team"]] if "lead" in people else []
    found = {
        "coordinators": _holding(Role.COORDINATOR, staff),
        "quality_leads": _holding(Role.QUALITY_LEAD, staff),
        "approvers": _holding(Role.DIRECTOR, staff),
        "team": [staff[who] for who in team],
        "lead_and_coordinators": [staff[who] for who in team[:1]] + _holding(Role.COORDINATOR, staff),
        "nobody": [],
    }[whom]
    return list({person.pk: person for person in found}.values())


def _holding(role: Role, staff: dict[str, Membership]) -> list[Membership]:
    return [person for person in staff.values() if role in person.roles]
