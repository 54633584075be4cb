"""What a rule answers, and what stands in the way of a change to an agency's people now. No problem means yes."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.urls import reverse

from jurisdictions.factors import MAIN, main_factors
from jurisdictions.models import ApiToken, Jurisdiction, Membership, PartnershipMembership
from jurisdictions.roles import RIGHTS, ROLE_LABELS, Role, rights_over, under_ceiling


@dataclass(frozen=True)
class Problem:
    """One reason why not, in words for the person who meets it, and where it is mended.

    `part`, `entry` and `item` name a place in a record, which its own page turns into a link; `url` is a page
    elsewhere.
    """

    code: str
    message: str
    part: str = ""
    entry: int | None = None
    item: str = ""
    url: str = ""


class Refused(Exception):
    """An act that its rules do not allow now; `problems` says why, one by one."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(problem.code for problem in problems))


def somebody_else_administers(membership: Membership, remaining: Collection[str]) -> Iterator[Problem]:
    """An agency without an administrator could invite nobody, not even its next administrator."""
    if Role.ADMINISTRATOR in remaining or not membership.is_a(Role.ADMINISTRATOR):
        return
    others = Membership.objects.holding(Role.ADMINISTRATOR).filter(jurisdiction=membership.jurisdiction_id)
    if not others.exclude(pk=membership.pk).exists():
        yield Problem(
            "people.last_administrator",
            f"{membership.user.display_name} is the only agency administrator here. "
            "Give that role to somebody else first.",
            url=reverse("people:list", args=[membership.jurisdiction.slug]),
        )


# Asked under lock, in this order, of a person and the roles that would remain to them. An app above that keeps work
# in people's hands adds its rule here in its AppConfig.ready(): this app cannot know what a review is.
BEFORE_LOSING_ROLES: list[Callable[[Membership, Collection[str]], Iterator[Problem]]] = [
    somebody_else_administers
]


def problems_before_losing_roles(membership: Membership, remaining: Collection[str] = ()) -> list[Problem]:
    """Why somebody cannot be left with these roles only; with none, they leave the agency."""
    return [problem for rule in BEFORE_LOSING_ROLES for problem in rule(membership, remaining)]


def problems_over_ceiling(agency: Jurisdiction, roles: Collection[str]) -> list[Problem]:
    """Which of these roles the partnership has not opened to the agency, and which rights they would add.

    Everything that gives somebody roles asks here, with the agency held (`Jurisdiction.objects.held`).
    """
    counting = under_ceiling(list(roles), agency.role_ceiling)
    return [over_ceiling(agency, Role(role)) for role in roles if role not in counting]


def over_ceiling(agency: Jurisdiction, role: Role) -> Problem:
    """Why nobody of this agency can be given this role."""
    rights = [RIGHTS[right] for right in rights_over(role, agency.role_ceiling)]
    adds = f" It would add the right to {'; to '.join(rights)}." if rights else ""
    return Problem(
        "roles.over_ceiling",
        f"{ROLE_LABELS[role]} is over the ceiling that the partnership has set for {agency.name}.{adds} "
        "Choose other roles, or ask the partnership administrator to open it.",
    )


def problems_before_removing_factor(factor: Authenticator) -> list[Problem]:
    """Nobody signs in with a password alone, so the last second factor stays until there is another."""
    others = main_factors(factor.user).exclude(pk=factor.pk)
    if factor.type in MAIN and others.exists():
        return []
    return [
        Problem(
            "factor.last",
            "This is your only second step. Add another one first, then remove this one.",
            url=reverse("account_security"),
        )
    ]


MOST_TOKENS = 20


def problems_before_making_token(membership: Membership) -> list[Problem]:
    """Who may let other software act for them: the agency's people, with as many tokens as one can look after. Nobody
    whose sign-in was just started over, which ended all that they had."""
    if membership.left_at is not None or not membership.user.has_usable_password():
        return [
            Problem(
                "token.signed_out",
                f"Your sign-in to {membership.jurisdiction} has ended. Sign in again, then make the token.",
            )
        ]
    if set(membership.roles_in_force) <= {Role.GUEST}:
        return [Problem("token.guest", f"As a guest of {membership.jurisdiction} you cannot make a token.")]
    if ApiToken.objects.standing().filter(membership=membership).count() >= MOST_TOKENS:
        return [
            Problem(
                "token.many",
                f"You have {MOST_TOKENS} tokens in {membership.jurisdiction}. First end one that nothing uses.",
                url=reverse("account_tokens"),
            )
        ]
    return []


def problems_before_helping(membership: Membership, *, by: Membership) -> list[Problem]:
    """Whose sign-in an agency's administrator may start over: their own people's, and not their own."""
    user = membership.user
    if membership.user_id == by.user_id:
        return [
            Problem(
                "help.own",
                "Another administrator has to do this for you. What you still have is under Sign-in and security.",
                url=reverse("account_security"),
            )
        ]
    elsewhere = Membership.objects.current().filter(user=user).exclude(pk=membership.pk)
    if elsewhere.exists() or PartnershipMembership.objects.filter(user=user).exists():
        return [
            Problem(
                "help.not_yours_alone",
                "This sign-in opens more than your agency. Ask whoever runs NPCS for you to start it over.",
            )
        ]
    return []


def problems_before_placing(agency: Jurisdiction, parent: Jurisdiction | None) -> list[Problem]:
    """An agency that lay inside itself, however far up, could be counted neither once nor twice."""
    above = parent
    while above is not None:
        if above.pk == agency.pk:
            return [
                Problem(
                    "agency.inside_itself",
                    f"Part of: {parent} lies inside {agency}, so it cannot be what {agency} is part of.",
                )
            ]
        above = above.parent
    return []
