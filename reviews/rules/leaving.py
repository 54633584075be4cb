"""What would be left undone when somebody leaves, or keeps only these roles. Counts name no review to an
administrator."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.urls import reverse

from jurisdictions import roles
from jurisdictions.models import Membership
from jurisdictions.numbers import number_of
from jurisdictions.roles import Permission, Role
from jurisdictions.rules import Problem
from reviews import grants
from reviews.models import Review, ReviewSeat
from reviews.rules.editing import writes_every_part
from reviews.rules.who import TakenUpByRole, live_seats_of, who_can_take_up


def holds_no_live_review(membership: Membership, remaining: Collection[str]) -> Iterator[Problem]:
    """A review must not lose its lead or a reviewer unnoticed."""
    seats, does = live_seats_of(membership), "works on"
    if remaining and not _loses(membership, Permission.REVIEW_EDIT, remaining):
        if Role.REVIEWER in remaining or not writes_every_part(membership):
            return
        seats, does = seats.filter(seat=ReviewSeat.Seat.LEAD), "leads"
    if count := seats.count():
        on, them = number_of(count, "review that is", "reviews that are"), "it" if count == 1 else "them"
        page = reverse("reviews:hand_over", args=[membership.jurisdiction.slug])
        yield Problem(
            "people.live_reviews",
            f"{membership.user.display_name} {does} {on} under way. Hand {them} over first.",
            url=f"{page}?from={membership.pk}",
        )


@dataclass(frozen=True)
class _Turn:
    """What waits for holders of one permission: in which states, in words for one and for several, and the way out."""

    states: tuple[Review.State, ...]
    told: TakenUpByRole
    permission: Permission
    one: str
    several: str
    way: str


_TURNS = [
    _Turn(
        (Review.State.NOTIFIED, Review.State.TO_BE_SELECTED),
        "coordinators",
        Permission.REVIEW_SELECT,
        "1 incident waits for the selection decision, and nobody else could make it.",
        "{} incidents wait for the selection decision, and nobody else could make it.",
        "Give somebody else the role Coordinator first.",
    ),
    _Turn(
        (Review.State.WITH_QUALITY_LEAD,),
        "quality_leads",
        Permission.REVIEW_CHECK,
        "1 review is with the quality lead, and nobody else could read it.",
        "{} reviews are with the quality lead, and nobody else could read them.",
        "Give somebody else the role Quality lead first.",
    ),
    _Turn(
        (Review.State.WITH_DIRECTOR,),
        "approvers",
        Permission.REVIEW_APPROVE,
        "1 review waits for approval, and nobody else could give it.",
        "{} reviews wait for approval, and nobody else could give it.",
        "Give somebody else the role Director first, or ask the coordinator to name an approver from outside.",
    ),
]


def leaves_no_turn_to_nobody(membership: Membership, remaining: Collection[str]) -> Iterator[Problem]:
    """Where a review waits for one person alone, that person stays until somebody else can take it up."""
    for turn in _TURNS:
        if count := len(_left_alone(membership, turn, remaining)):
            words = turn.one if count == 1 else turn.several.format(count)
            yield Problem(
                "people.only_one",
                f"{words} {turn.way}",
                url=reverse("people:list", args=[membership.jurisdiction.slug]),
            )


def _left_alone(membership: Membership, turn: _Turn, remaining: Collection[str]) -> set[int]:
    """The reviews that wait for this person alone, who could not take them up with these roles."""
    if roles.allowed(list(remaining), turn.permission):
        return set()
    waiting = Review.objects.filter(state__in=turn.states).values_list("pk", flat=True)
    able = who_can_take_up(turn.told, list(waiting))
    alone = {review for review, people in able.items() if people == {membership.pk}}
    if turn.told == "approvers" and Role.GUEST in remaining:
        alone -= {review for review, person in grants.named_to_approve(alone) if person == membership.pk}
    return alone


def _loses(membership: Membership, permission: Permission, remaining: Collection[str]) -> bool:
    """Whether a role that is given up carried the permission; also one over the ceiling, whose seats still stand."""
    had = membership.left_at is None and roles.allowed(membership.roles, permission)
    return had and not roles.allowed(list(remaining), permission)
