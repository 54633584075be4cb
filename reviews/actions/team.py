"""Who works on a review: naming, the conflict-of-interest statement, stepping back, handing over."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from jurisdictions import audit
from jurisdictions.models import Membership
from jurisdictions.roles import Role
from jurisdictions.rules import Problem
from reviews.actions.moves import CannotMove, tell
from reviews.models import Recusal, Review, ReviewSeat
from reviews.rules.naming import problems_before_handing_over, problems_before_naming_team
from reviews.rules.who import live_seats_of, seats_of


class CannotName(CannotMove):
    """These people cannot take these seats on this review."""


class CannotState(CannotMove):
    """There is no seat to state anything on."""


@transaction.atomic
def name_team(
    review: Review, *, lead: Membership, team: Iterable[Membership], by: Membership, tell_them: bool = True
) -> None:
    """Set the team: the lead and the others. Whoever is no longer named leaves; statements already made stay.

    Raises CannotName with every reason. Under the review's lock, so that two who name at once name two teams, one
    after the other, and nobody steps back unseen meanwhile; and under the people's, so that nobody leaves or loses
    the role meanwhile.
    """
    review = Review.objects.locked(review.pk)
    members = _held([lead, *team])
    lead = members[lead.pk]
    if problems := problems_before_naming_team(review, lead=lead, team=members.values()):
        raise CannotName(problems)
    wanted = {key: ReviewSeat.Seat.LEAD if key == lead.pk else ReviewSeat.Seat.MEMBER for key in members}
    held = {seat.membership_id: seat for seat in review.seats.all()}
    _vacate(held.values(), wanted)
    for key, person in members.items():
        new = _seat(review, person, wanted[key], standing=held.get(key), by=by)
        if new is not None and tell_them and key != by.pk:
            tell([person], "named_to_review", review, occasion=_naming(new))
    audit.record("review.team_named", about=review, by=by, lead=lead.pk, team=sorted(members))


def _held(people: Iterable[Membership]) -> dict[int, Membership]:
    """These people as they are now, by key; until the end of this transaction none of them leaves or loses a role.

    Whoever ends a membership or changes its roles locks it first, then asks for its seats.
    """
    keys = {person.pk for person in people}
    here = Membership.objects.select_for_update(of=("self",), no_key=True)
    return {person.pk: person for person in here.filter(pk__in=keys).with_people().order_by("pk")}


def _naming(seat: ReviewSeat) -> str:
    """The occasion of being named to a seat: another one whenever somebody is named to it again."""
    return f"seat:{seat.pk}:{seat.named_at.isoformat()}"


def _vacate(held: Iterable[ReviewSeat], wanted: dict[int, ReviewSeat.Seat]) -> None:
    """End the seats of who is no longer named, and let the old lead step down: there is never a second one."""
    now = timezone.now()
    for seat in held:
        named = wanted.get(seat.membership_id)
        if named is None or (seat.seat == ReviewSeat.Seat.LEAD and named != ReviewSeat.Seat.LEAD):
            seat.seat = ReviewSeat.Seat.MEMBER
            seat.ended_at = None if named else seat.ended_at or now
            seat.save(update_fields=["seat", "ended_at"])


def _seat(
    review: Review, person: Membership, kind: str, *, standing: ReviewSeat | None, by: Membership
) -> ReviewSeat | None:
    """Seat a person; the seat, where they held none until now. Its row stays theirs, with what they stated."""
    if standing is None:
        return ReviewSeat.objects.create(
            jurisdiction_id=review.jurisdiction_id, review=review, membership=person, seat=kind, named_by=by
        )
    again = standing.ended_at is not None
    if again:
        standing.named_by, standing.named_at = by, timezone.now()
    if again or standing.seat != kind:
        standing.seat, standing.ended_at = kind, None
        standing.save(update_fields=["seat", "ended_at", "named_by", "named_at"])
    return standing if again else None


@transaction.atomic
def make_statement(review: Review, *, by: Membership, conflict: bool, note: str = "") -> None:
    """State on one's own seat whether one had a part in serving the family.

    A conflict ends the seat and hides the review from the person, also where the seat has ended meanwhile; the
    coordinators are told. Raises CannotState where there is neither a seat nor a conflict to record.
    """
    review = Review.objects.locked(review.pk)
    seat = review.seats.filter(membership=by, ended_at=None).first()
    if seat is not None:
        _state(seat, review, by=by, conflict=conflict, note=note)
    elif not conflict:
        raise CannotState(
            [
                Problem(
                    "statement.no_seat",
                    "You are not on the team of this review any more, so your statement was not recorded. "
                    "If you had a part in serving this family, say so here.",
                )
            ]
        )
    if conflict:
        step_back(review, who=by, reason=note.strip() or "A conflict of interest was stated.", by=by)


def _state(seat: ReviewSeat, review: Review, *, by: Membership, conflict: bool, note: str) -> None:
    """Record it; one without a conflict stands until one is stated."""
    if seat.statement and not conflict:
        return
    seat.statement = ReviewSeat.Statement.CONFLICT if conflict else ReviewSeat.Statement.NO_CONFLICT
    seat.statement_note, seat.stated_at = note.strip(), timezone.now()
    seat.save(update_fields=["statement", "statement_note", "stated_at"])
    audit.record("review.statement_made", about=review, by=by)


@transaction.atomic
def step_back(review: Review, *, who: Membership, reason: str, by: Membership) -> Recusal:
    """Take a person off a review for good: they no longer see it, whatever their roles."""
    review = Review.objects.locked(review.pk)
    recusal, _ = Recusal.objects.get_or_create(
        jurisdiction_id=review.jurisdiction_id,
        review=review,
        membership=who,
        defaults={"reason": reason, "recorded_by": by},
    )
    review.seats.filter(membership=who, ended_at=None).update(ended_at=timezone.now())
    audit.record("review.stepped_back", about=review, by=by, who=who.pk)
    coordinators = Membership.objects.holding(Role.COORDINATOR).filter(jurisdiction=review.jurisdiction)
    others = [person for person in coordinators.with_people() if person.pk != by.pk]
    tell(others, "stepped_back", review, occasion=f"recusal:{recusal.pk}")
    return recusal


@transaction.atomic
def hand_over(*, from_: Membership, to: Membership, by: Membership) -> int:
    """Give everything a person holds on live reviews to another, in one step; return how many reviews.

    Raises CannotName when the other person may not take one of them; then none goes over.
    """
    for review in sorted(live_seats_of(from_).values_list("review", flat=True)):
        Review.objects.locked(review)
    reviews = live_seats_of(from_).values("review")
    teams = Membership.objects.filter(seats__review__in=reviews, seats__ended_at=None)
    # All at once and in their order: two who hand over never wait for each other.
    to = _held([to, *teams])[to.pk]
    if problems := problems_before_handing_over(from_, to):
        raise CannotName(problems)
    seats = list(live_seats_of(from_).select_related("review__incident", "review__jurisdiction"))
    for seat in seats:
        _pass_on(seat, to=to, by=by)
        tell([to], "handed_over", seat.review, occasion=f"handover:{_naming(seat)}:{to.pk}")
    if seats:
        ids = [seat.review_id for seat in seats]
        audit.record("review.handed_over", about=to, by=by, from_membership=from_.pk, reviews=ids)
    return len(seats)


def _pass_on(seat: ReviewSeat, *, to: Membership, by: Membership) -> None:
    """Name the same team with one person in another's place; who takes over a review without a lead leads it."""
    others = [held for held in seats_of(seat.review) if held.membership_id != seat.membership_id]
    lead = next((held.membership for held in others if held.seat == ReviewSeat.Seat.LEAD), to)
    team = [held.membership for held in others]
    name_team(seat.review, lead=lead, team=[*team, to], by=by, tell_them=False)
