"""Who may make which move on this review, and whose turn it is."""

from collections.abc import Callable, Collection, Iterable
from typing import Literal

from django.db.models import QuerySet

from jurisdictions.models import Membership
from jurisdictions.querysets import MembershipQuerySet
from jurisdictions.roles import Permission, Role
from jurisdictions.tenancy import open_jurisdiction
from reviews import grants
from reviews.models import Recusal, Review, ReviewHand, ReviewSeat
from reviews.querysets import keys_of_those_who_see
from reviews.rules.moves import UNDER_WAY, Move, Told, moves_from

type TakenUpByRole = Literal["coordinators", "quality_leads", "approvers"]


def may_make(move: Move, review: Review, by: Membership, *, leads: bool | None = None) -> bool:
    """Whether this person's role, seat or grant carries the move; whether it may happen now is not asked. `leads`:
    whether they are the review's lead, where that has been read."""
    if move.by_grant and grants.may_approve(by, review):
        return True
    if not by.allows(move.permission):
        return False
    if not move.lead:
        return True
    if leads is None:
        leads = seats_of(review).filter(membership=by, seat=ReviewSeat.Seat.LEAD).exists()
    return leads


def moves_open_to(review: Review, by: Membership, *, leads: bool | None = None) -> list[Move]:
    """The moves that begin in the review's state and that this person may make: the buttons of its page."""
    return [move for move in moves_from(review.state) if may_make(move, review, by, leads=leads)]


def seats_of(review: Review) -> QuerySet[ReviewSeat]:
    """The seats that are held now, with the people on them."""
    return ReviewSeat.objects.filter(review=review, ended_at=None).select_related(
        "membership__user", "membership__jurisdiction"
    )


def live_seats() -> QuerySet[ReviewSeat]:
    """The seats that are held on reviews under way."""
    return ReviewSeat.objects.filter(ended_at=None, review__state__in=UNDER_WAY)


def live_seats_of(person: Membership) -> QuerySet[ReviewSeat]:
    """What a person hands over when they cannot go on."""
    return live_seats().filter(membership=person)


def has_written(review: Review, by: Membership) -> bool:
    """Whether the person is an author of the review, and so cannot approve it."""
    return ReviewHand.objects.filter(review=review, membership=by, hand=ReviewHand.Hand.AUTHOR).exists()


def approvable(by: Membership, reviews: Collection[int]) -> frozenset[int]:
    """Those of these reviews that can be this person's to decide, by role or by grant: they wrote nothing in them."""
    if not reviews:
        return frozenset()
    mine = set(reviews)
    if not by.allows(Permission.REVIEW_APPROVE):
        granted = grants.granted_to(by, "approve_review").filter(content_object__in=reviews)
        mine = set(granted.values_list("content_object", flat=True))
    written = ReviewHand.objects.filter(membership=by, hand=ReviewHand.Hand.AUTHOR, review__in=mine)
    return frozenset(mine - set(written.values_list("review", flat=True)))


def nobody_approves(reviews: Collection[int]) -> frozenset[int]:
    """Those of these reviews that no director and nobody from outside can approve now: each wrote in it, or stepped
    back from it, or is gone."""
    return frozenset(review for review, people in who_can_take_up("approvers", reviews).items() if not people)


def waits_for_nobody(review: Review) -> bool:
    """Whether a review waits to be approved, and there is nobody who can."""
    return review.state == Review.State.WITH_DIRECTOR and bool(nobody_approves([review.pk]))


def who_can_take_up(told: TakenUpByRole, reviews: Collection[int]) -> dict[int, frozenset[int]]:
    """The keys of those who can take up each of these reviews now: who holds the role and did not step back, and to
    approve, who wrote nothing and whoever was named from outside."""
    if not reviews:
        return {}
    holders = set(_holders(_ROLE[told]).values_list("pk", flat=True))
    barred = set(Recusal.objects.filter(review__in=reviews).values_list("review", "membership"))
    named: set[tuple[int, int]] = set()
    if told == "approvers":
        wrote = ReviewHand.objects.filter(review__in=reviews, hand=ReviewHand.Hand.AUTHOR)
        barred |= set(wrote.values_list("review", "membership"))
        named = grants.named_to_approve(reviews)
    return {
        review: frozenset(
            {person for person in holders if (review, person) not in barred}
            | {person for granted, person in named if granted == review}
        )
        for review in reviews
    }


def people_told(move: Move, review: Review) -> list[Membership]:
    """Whose turn the move makes it, as far as they may be told."""
    return people_who_may_be_told(review, _TOLD[move.told](review))


def people_who_may_be_told(review: Review, people: Iterable[Membership]) -> list[Membership]:
    """These people once each, without whoever left or may not see the review: they stepped back, or their day as
    a guest is over. Every message about a review asks here, however long ago somebody asked for what it tells of."""
    here = {person.pk: person for person in people if person.user.is_active}
    seeing = keys_of_those_who_see(review, here.values())
    return [person for person in here.values() if person.pk in seeing]


def _nobody(review: Review) -> list[Membership]:
    return []


def _holders(role: Role) -> MembershipQuerySet:
    return Membership.objects.holding(role).filter(jurisdiction=open_jurisdiction())


def _taken_up_by(told: TakenUpByRole) -> Callable[[Review], list[Membership]]:
    def people(review: Review) -> list[Membership]:
        keys = who_can_take_up(told, [review.pk])[review.pk]
        return list(Membership.objects.filter(pk__in=keys).with_people())

    return people


def _team(review: Review) -> list[Membership]:
    return [seat.membership for seat in seats_of(review)]


def _lead(review: Review) -> list[Membership]:
    return [seat.membership for seat in seats_of(review).filter(seat=ReviewSeat.Seat.LEAD)]


_ROLE: dict[TakenUpByRole, Role] = {
    "coordinators": Role.COORDINATOR,
    "quality_leads": Role.QUALITY_LEAD,
    "approvers": Role.DIRECTOR,
}

_TOLD: dict[Told, Callable[[Review], list[Membership]]] = {
    "nobody": _nobody,
    "coordinators": _taken_up_by("coordinators"),
    "quality_leads": _taken_up_by("quality_leads"),
    "team": _team,
    "approvers": _taken_up_by("approvers"),
    "lead_and_coordinators": lambda review: _lead(review) + list(_holders(Role.COORDINATOR).with_people()),
}
