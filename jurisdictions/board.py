"""The agency board of the partnership: how far each agency is, and what comes next.

Read from tables that lie before the wall: people, invitations, factors, contacts, and the day that each agency's own
task writes down (`jurisdictions.activity`). No agency is opened for it, and nothing of incidents or reviews is in it,
not even how many there are.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from jurisdictions.directory import contacts_of
from jurisdictions.factors import MAIN
from jurisdictions.models import AgencyContact, Invitation, Jurisdiction, Membership
from jurisdictions.numbers import number_of
from jurisdictions.querysets import MembershipQuerySet
from jurisdictions.roles import Role

QUIET_FOR = dt.timedelta(days=45)  # without a sign of work somebody asks


@dataclass(frozen=True)
class Standing:
    """What the partnership knows of one agency."""

    agency: Jurisdiction
    people: int = 0
    administrators: int = 0
    with_second_step: int = 0
    over_ceiling: int = 0
    invitations: list[Invitation] = field(default_factory=list)  # open and expired ones
    contacts: list[AgencyContact] = field(default_factory=list)

    @property
    def first_invitation(self) -> Invitation | None:
        """The one for its first administrator, while it has none."""
        return None if self.administrators else next(iter(self.invitations), None)


@dataclass(frozen=True)
class Step:
    """What comes next for an agency, in words, and where. The order of the table below is the order of the board."""

    order: int
    words: str
    url: str = ""
    whose: Literal["yours", "theirs", ""] = ""  # nobody's when nothing is to be done


type Rule = Callable[[Standing, dt.date], str]  # what is to be done, in words; empty when this is not it


def standings() -> list[tuple[Standing, Step]]:
    """Every agency with its next step: first where the partnership acts, then where it waits, then by name."""
    agencies = list(Jurisdiction.objects.select_related("parent").order_by("name"))
    current = Membership.objects.current()
    has_factor = Authenticator.objects.filter(user=OuterRef("user"), type__in=MAIN)
    people, contacts = _counted(current), contacts_of(agencies)
    administrators = _counted(Membership.objects.holding(Role.ADMINISTRATOR))
    second_step, over = _counted(current.filter(Exists(has_factor))), _counted(current.over_ceiling())
    invitations: dict[int, list[Invitation]] = {}
    for one in Invitation.objects.filter(accepted_at=None, cancelled_at=None).order_by("-owed_at"):
        invitations.setdefault(one.jurisdiction_id, []).append(one)
    found = [
        Standing(
            agency,
            people.get(agency.pk, 0),
            administrators.get(agency.pk, 0),
            second_step.get(agency.pk, 0),
            over.get(agency.pk, 0),
            invitations.get(agency.pk, []),
            contacts.get(agency.pk, []),
        )
        for agency in agencies
    ]
    today = timezone.localdate()
    told = [(standing, next_step(standing, today)) for standing in found]
    return sorted(told, key=lambda one: one[1].order)  # stable: by name where the step is the same


def _counted(memberships: MembershipQuerySet) -> dict[int, int]:
    rows = memberships.order_by().values_list("jurisdiction").annotate(Count("pk"))
    return dict(rows)


def next_step(standing: Standing, today: dt.date) -> Step:
    """The first thing in the order of the table that is to be done."""
    for order, (rule, route, whose) in enumerate(_STEPS):
        if words := rule(standing, today):
            return Step(order, words, reverse(route, args=[standing.agency.slug]), whose)
    return Step(len(_STEPS), "Nothing is waiting")


# -- What may be next -----------------------------------------------------------------------------


def _agreement(standing: Standing, today: dt.date) -> str:
    return "" if standing.agency.agreement_on else "Record the day of the agreement"


def _invite(standing: Standing, today: dt.date) -> str:
    invited = standing.administrators or standing.first_invitation
    return "" if invited else "Invite the first administrator"


def _undelivered(standing: Standing, today: dt.date) -> str:
    first = standing.first_invitation
    return "The invitation could not be delivered: check the address" if _is(first, "dead") else ""


def _expired(standing: Standing, today: dt.date) -> str:
    first = standing.first_invitation
    return "The invitation ran out: send it again" if first and first.state == "expired" else ""


def _quiet(standing: Standing, today: dt.date) -> str:
    since = standing.agency.active_on
    if not standing.administrators or since is None or today - since <= QUIET_FOR:
        return ""
    return f"Nobody has worked here for {number_of((today - since).days, 'day')}: ask how they are"


def _waits(standing: Standing, today: dt.date) -> str:
    first = standing.first_invitation
    return f"The first administrator accepts, until {first.expires_at:%-d %B %Y}" if first else ""


def _over(standing: Standing, today: dt.date) -> str:
    if not standing.over_ceiling:
        return ""
    holds = "holds a role" if standing.over_ceiling == 1 else "hold roles"
    people = number_of(standing.over_ceiling, "person", "people")
    return f"{people} {holds} over the ceiling: its administrator mends it"


def _liaison(standing: Standing, today: dt.date) -> str:
    parts = {contact.part for contact in standing.contacts}
    if AgencyContact.Part.LIAISON not in parts:
        return "Its administrator names a liaison"
    return "" if AgencyContact.Part.DEPUTY in parts else "Its administrator names a deputy liaison"


def _is(invitation: Invitation | None, state: str) -> bool:
    return invitation is not None and invitation.work_state == state


_STEPS: list[tuple[Rule, str, Literal["yours", "theirs"]]] = [
    (_agreement, "partnership:agreement", "yours"),
    (_invite, "partnership:agency", "yours"),
    (_undelivered, "partnership:agency", "yours"),
    (_expired, "partnership:agency", "yours"),
    (_quiet, "partnership:agency", "yours"),
    (_waits, "partnership:agency", "theirs"),
    (_over, "partnership:ceiling", "theirs"),
    (_liaison, "partnership:agency", "theirs"),
]
