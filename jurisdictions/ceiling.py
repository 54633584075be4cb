"""The ceiling over an agency's roles: who holds more than it lets them, in numbers and without a name."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from jurisdictions.models import Invitation, Jurisdiction, Membership
from jurisdictions.roles import ROLE_LABELS, Role


@dataclass(frozen=True)
class Exceeding:
    """How many people of an agency hold a role over a ceiling, by role; and invitations that offer one."""

    people: int
    by_role: list[tuple[str, int]]  # (the role in words, how many hold it)
    invitations: int
    closed: list[str]  # the roles over it, held or not

    @property
    def mark(self) -> str:
        """What somebody who agrees to this has read."""
        counts = ",".join(f"{role}:{count}" for role, count in self.by_role)
        return f"{self.people}.{self.invitations}.{','.join(self.closed)}.{counts}"

    def __bool__(self) -> bool:
        return bool(self.people or self.invitations)


def who_exceeds(agency: Jurisdiction, ceiling: Collection[str]) -> Exceeding:
    """What a ceiling comes down on, whether it is the agency's now or one that is thought of."""
    under = list(ceiling)
    people = Membership.objects.current().filter(jurisdiction=agency).exclude(roles__contained_by=under)
    held = [set(roles) - set(under) for roles in people.values_list("roles", flat=True)]
    by_role = Counter(role for roles in held for role in roles)
    waiting = Invitation.objects.filter(jurisdiction=agency, accepted_at=None, cancelled_at=None)
    return Exceeding(
        len(held),
        [(ROLE_LABELS[role], by_role[role]) for role in Role if by_role[role]],
        waiting.exclude(roles__contained_by=under).count(),
        [role for role in Role if role not in under],
    )
