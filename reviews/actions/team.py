"""Who works on a review: naming, the conflict-of-interest statement, stepping back, handing over."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from jurisdictions import audit
from jurisdictions.models import Membership
from jurisdictions.roles import Permission, Role
from jurisdictions.rules import Problem
from reviews.actions.moves import CannotMove, tell
from reviews.models import Recusal, Review, ReviewSeat
from reviews.rules.moves import UNDER_WAY
from reviews.rules.who import seats_of


class CannotName(CannotMove):
    """This person cannot take a seat on this review."""


@transaction.atomic
def name_team(
    review: Review, *, lead: Membership, team: Iterable[Membership], by: Membership, tell_them: bool = True
) -> None:
    """Set the team: the lead and the others. Whoever is no longer named leaves; statements already made stay."""
    members = {person.pk: person for person in [lead, *team]}
    away = set(
        Recusal.objects.filter(review=review, membership__in=members).values_list("membership_id", flat=True)
    )
    problems = [
        Problem("team.away", f"{person} stepped back from this review.")
        for key, person in members.items()
        if key in away
    ] + [
        Problem("team.role", f"{person} has no role that works on reviews.")
        for person in members.values()
        if not person.allows(Permission.REVIEW_EDIT)
    ]
    if problems:
        raise CannotName(problems)
    held = {seat.membership_id: seat for seat in review.seats.select_for_update(of=("self",))}
    now = timezone.now()
    # The old lead first steps down, or there would be two for a moment.
    for key, seat in held.items():
        if key not in members or (seat.seat == ReviewSeat.Seat.LEAD and key != lead.pk):
            seat.seat = ReviewSeat.Seat.MEMBER
            seat.ended_at = None if key in members else seat.ended_at or now
            seat.save(update_fields=["seat", "ended_at"])
    for key, person in members.items():
        wanted = ReviewSeat.Seat.LEAD if key == lead.pk else ReviewSeat.Seat.MEMBER
        standing = held.get(key)
        if standing is None:
            seat = ReviewSeat.objects.create(
                jurisdiction_id=review.jurisdiction_id,
                review=review,
                membership=person,
                seat=wanted,
                named_by=by,
            )
            if tell_them and key != by.pk:
                tell(person, "named_to_review", review, occasion=f"seat:{seat.pk}")
        elif standing.seat != wanted or standing.ended_at:
            standing.seat, standing.ended_at = wanted, None
            standing.save(update_fields=["seat", "ended_at"])
    audit.record("review.team_named", about=review, by=by, lead=lead.pk, team=sorted(members))


@transaction.atomic
def make_statement(review: Review, *, by: Membership, conflict: bool, note: str = "") -> ReviewSeat:
    """State on one's own seat whether one had a part in serving the family.

    A conflict ends the seat and hides the review from the person; the coordinators are told.
    """
    seat = review.seats.select_for_update(of=("self",)).get(membership=by, ended_at=None)
    if seat.statement and not conflict:
        return seat
    seat.statement = ReviewSeat.Statement.CONFLICT if conflict else ReviewSeat.Statement.NO_CONFLICT
    seat.statement_note, seat.stated_at = note.strip(), timezone.now()
    seat.save(update_fields=["statement", "statement_note", "stated_at"])
    audit.record("review.statement_made", about=review, by=by, conflict=conflict)
    if conflict:
        step_back(review, who=by, reason=note.strip() or "A conflict of interest was stated.", by=by)
    return seat


@transaction.atomic
def step_back(review: Review, *, who: Membership, reason: str, by: Membership) -> Recusal:
    """Take a person off a review for good: they no longer see it, whatever their roles."""
    recusal, _ = Recusal.objects.get_or_create(
        jurisdiction_id=review.jurisdiction_id,
        review=review,
        membership=who,
        defaults={"reason": reason, "recorded_by": by},
    )
    review.seats.filter(membership=who, ended_at=None).update(ended_at=timezone.now())
    away = set(review.recusals.values_list("membership_id", flat=True))
    audit.record("review.stepped_back", about=review, by=by, who=who.pk)
    for person in (
        Membership.objects.holding(Role.COORDINATOR).filter(jurisdiction=review.jurisdiction).with_people()
    ):
        if person.pk not in away | {who.pk, by.pk}:
            tell(person, "stepped_back", review, occasion=f"recusal:{recusal.pk}")
    return recusal


@transaction.atomic
def hand_over(*, from_: Membership, to: Membership, by: Membership) -> int:
    """Give everything a person holds on live reviews to another, in one step; return how many reviews.

    Raises CannotName when the other person stepped back from one of them or has no role for the work.
    """
    if from_.pk == to.pk:
        raise CannotName([Problem("handover.same", "Choose somebody else to hand over to.")])
    if not to.allows(Permission.REVIEW_EDIT):
        raise CannotName([Problem("handover.role", f"{to} has no role that works on reviews.")])
    seats = list(
        ReviewSeat.objects.select_for_update(of=("self",))
        .filter(membership=from_, ended_at=None, review__state__in=UNDER_WAY)
        .select_related("review__incident")
    )
    if Recusal.objects.filter(membership=to, review__in=[seat.review_id for seat in seats]).exists():
        raise CannotName(
            [Problem("handover.away", f"{to} stepped back from one of these reviews. Choose somebody else.")]
        )
    for seat in seats:
        others = [
            held.membership for held in seats_of(seat.review) if held.membership_id not in {from_.pk, to.pk}
        ]
        if seat.seat == ReviewSeat.Seat.LEAD:
            name_team(seat.review, lead=to, team=others, by=by, tell_them=False)
        else:
            lead = seats_of(seat.review).filter(seat=ReviewSeat.Seat.LEAD).first()
            name_team(
                seat.review,
                lead=lead.membership if lead else to,
                team=[*others, to],
                by=by,
                tell_them=False,
            )
        tell(to, "handed_over", seat.review, occasion=f"handover:{seat.pk}:{to.pk}")
    if seats:
        audit.record(
            "review.handed_over",
            about=to,
            by=by,
            from_membership=from_.pk,
            reviews=[seat.review_id for seat in seats],
        )
    return len(seats)
