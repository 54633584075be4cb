"""Who may be named to a review: its lead, its team, an approver from outside."""

from collections.abc import Iterable, Iterator

from jurisdictions.models import Membership
from jurisdictions.roles import Permission, Role
from jurisdictions.rules import Problem
from reviews.models import Recusal, Review
from reviews.rules.editing import writes_every_part
from reviews.rules.moves import UNDER_WAY
from reviews.rules.who import has_written, live_seats_of, seats_of


def problems_before_naming_team(
    review: Review, *, lead: Membership, team: Iterable[Membership]
) -> list[Problem]:
    """Why these people cannot be the team now; the first is the lead."""
    return list(_about_team(review, lead, {person.pk: person for person in [lead, *team]}))


def _about_team(review: Review, lead: Membership, people: dict[int, Membership]) -> Iterator[Problem]:
    if review.state not in UNDER_WAY | {Review.State.TO_BE_SELECTED}:
        yield Problem(
            "team.closed",
            f"This review is {review.get_state_display().lower()} now, so its team stays as it is.",
        )
    away = _away(review)
    for person in people.values():
        if person.pk in away:
            yield Problem("team.away", f"{person} stepped back from this review. Choose somebody else.")
        if person.left_at is not None or not person.user.is_active:
            yield Problem("team.left", f"{person} has left the agency. Choose somebody else.")
        elif not person.allows(Permission.REVIEW_EDIT):
            yield Problem(
                "team.role",
                f"{person} has no role that works on reviews. The agency administrator can give it.",
            )
    if lead.allows(Permission.REVIEW_EDIT) and not writes_every_part(lead):
        yield Problem(
            "team.lead_role",
            f"{lead} records debriefs only. Choose somebody with the role Reviewer to lead.",
        )


def problems_before_naming_approver(review: Review, person: Membership) -> list[Problem]:
    """Why this person from outside cannot be asked to approve this review: who approves wrote nothing in it,
    has no part in its work and did not step back from it (domain.md §2.1; docs/adr/0013)."""
    return list(_about_approver(review, person))


def problems_before_naming_reader(review: Review, person: Membership) -> list[Problem]:
    """Why this person from outside cannot be asked to read this review."""
    found = list(_about_guest(review, person, "read"))
    if person.pk in _away(review):
        found.append(_stepped_back(person))
    return found


def _about_guest(review: Review, person: Membership, what: str) -> Iterator[Problem]:
    if review.state not in UNDER_WAY:
        yield Problem(
            "approver.closed",
            f"This review is {review.get_state_display().lower()} now, so nobody is asked to {what} it.",
        )
    if not person.is_a(Role.GUEST):
        yield Problem(
            "approver.guest",
            f"{person} does not have the role Guest. The agency administrator invites guests under People.",
        )


def _stepped_back(person: Membership) -> Problem:
    return Problem("approver.away", f"{person} stepped back from this review. Choose somebody else.")


def _about_approver(review: Review, person: Membership) -> Iterator[Problem]:
    yield from _about_guest(review, person, "approve")
    if person.pk in _away(review):
        yield _stepped_back(person)
    elif has_written(review, person):
        yield Problem(
            "approver.wrote",
            f"{person} wrote in this review, so somebody else approves it. Choose somebody else.",
        )
    elif seats_of(review).filter(membership=person).exists():
        yield Problem("approver.seat", f"{person} is on the team of this review. Choose somebody else.")


def problems_before_handing_over(from_: Membership, to: Membership) -> list[Problem]:
    """Why one person's live reviews cannot go to another; whether each team may be so is asked review by review."""
    if from_.pk == to.pk:
        return [Problem("handover.same", "Choose somebody else to hand over to.")]
    if not to.allows(Permission.REVIEW_EDIT):
        return [Problem("handover.role", f"{to} has no role that works on reviews. Choose somebody else.")]
    if Recusal.objects.filter(membership=to, review__in=live_seats_of(from_).values("review")).exists():
        return [
            Problem("handover.away", f"{to} stepped back from one of these reviews. Choose somebody else.")
        ]
    return []


def _away(review: Review) -> set[int]:
    return set(review.recusals.values_list("membership_id", flat=True))
