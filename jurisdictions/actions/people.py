"""Changing what somebody may do in an agency, and ending it."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from jurisdictions import audit
from jurisdictions.actions.tokens import end_tokens
from jurisdictions.models import Jurisdiction, Membership
from jurisdictions.roles import Role
from jurisdictions.rules import Problem, Refused, problems_before_losing_roles, problems_over_ceiling


class CannotChangeRoles(Refused):
    pass


class CannotRemove(Refused):
    pass


def in_order(roles: Iterable[str]) -> list[str]:
    """Roles once each, in the order in which the product lists them."""
    chosen = set(roles)
    return [str(role) for role in Role if role in chosen]


@transaction.atomic
def change_roles(membership: Membership, *, roles: Iterable[str], by: Membership) -> Membership:
    """Give somebody exactly these roles; the same ones again change nothing."""
    membership = _locked(membership)
    wanted = in_order(roles)
    if membership.left_at is not None:
        raise CannotChangeRoles(
            [Problem("people.left", f"{membership.user.display_name} has left. Invite them again instead.")]
        )
    if wanted == membership.roles:
        return membership
    if problems := problems_over_ceiling(membership.jurisdiction, wanted):
        raise CannotChangeRoles(problems)
    if problems := problems_before_losing_roles(membership, wanted):
        raise CannotChangeRoles(problems)
    membership.roles = wanted
    membership.save(update_fields=["roles"])
    audit.record("membership.roles_changed", about=membership, by=by, roles=wanted)
    return membership


@transaction.atomic
def remove_person(membership: Membership, *, by: Membership) -> Membership:
    """End somebody's membership; what they wrote keeps their name. Somebody who left is left as they are."""
    membership = _locked(membership)
    if membership.left_at is not None:
        return membership
    if problems := problems_before_losing_roles(membership):
        raise CannotRemove(problems)
    membership.left_at = timezone.now()
    membership.save(update_fields=["left_at"])
    end_tokens([membership.pk], by=by.user)  # who is invited again makes new ones
    audit.record("membership.ended", about=membership, by=by)
    return membership


def _locked(membership: Membership) -> Membership:
    """The row as it is now, once nobody else is changing this agency's people.

    The agency's row is what is locked first: two administrators who remove each other lock different
    memberships, and both would still see the other one.
    """
    agency = Jurisdiction.objects.held(membership.jurisdiction_id)
    found: Membership = (
        Membership.objects.select_for_update(of=("self",)).select_related("user").get(pk=membership.pk)
    )
    found.jurisdiction = agency
    return found
