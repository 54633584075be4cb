"""The pages of docs/ that the code itself writes: who may do what, and how a review moves.

Nothing here is decided: roles, doors and moves are read from where they are said. `manage.py write_docs`
writes the pages, and a test compares them with the code.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from inspect import getclosurevars, isfunction
from typing import Any

import yaml
from django.urls import URLPattern, URLResolver, get_resolver

from dictionary import editions
from jurisdictions.roles import (
    PARTNERSHIP_ROLE_LABELS,
    PARTNERSHIP_ROLES,
    ROLE_LABELS,
    ROLE_MEANINGS,
    ROLES,
    PartnershipPermission,
    Permission,
    Role,
)
from npcs import api_schema, diagrams
from reviews.models import Review
from reviews.rules.moves import MOVES, OPEN_FOR_ANSWERS, WHOSE_TURN, Move, moves_from

GENERATED = "<!-- Written by `script/manage write_docs`. Change the code, not this page. -->"
# Said once for all of them: the demo's own addresses exist in demo mode only.
DEMO_PREFIX = "demo/"

PERMISSIONS = "permissions.md"
STATES = "diagrams/review-states.md"
PICTURE = "diagrams/review-states.svg"
API = "api.yaml"
ON_ONE_LINE = 76  # characters of api.yaml, beside what they are indented by

TOLD = {
    "coordinators": "every coordinator",
    "team": "the team",
    "quality_leads": "every quality lead",
    "approvers": "directors who wrote nothing in it, and guests named to approve it",
    "lead_and_coordinators": "its lead and every coordinator",
    "nobody": "nobody",
}


def pages() -> dict[str, str]:
    """Every generated page, by its path below docs/."""
    return {
        PERMISSIONS: permissions_page(),
        STATES: states_page(),
        PICTURE: diagrams.review_states(),
        API: described_api(),
    }


def described_api() -> str:
    """The API's description under the newest edition that ships with the project."""
    edition = editions.load_folder(editions.latest_folder())
    said = api_schema.describe(edition)
    return yaml.dump(said, Dumper=_InFull, allow_unicode=True, sort_keys=False, width=110)


class _InFull(yaml.SafeDumper):
    """Says everything where it stands: what reads OpenAPI need not know YAML's anchors. What is short, or a list of
    words, stays on its line; what has several lines keeps them."""

    def ignore_aliases(self, data: object) -> bool:
        return True

    def represent_mapping(self, *args: Any, **more: Any) -> yaml.MappingNode:
        node = super().represent_mapping(*args, **more)
        node.flow_style = _width(node) <= ON_ONE_LINE
        return node

    def represent_sequence(self, *args: Any, **more: Any) -> yaml.SequenceNode:
        node = super().represent_sequence(*args, **more)
        plain = all(isinstance(one, yaml.ScalarNode) for one in node.value)
        node.flow_style = plain or _width(node) <= ON_ONE_LINE
        return node

    def represent_str(self, data: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)


_InFull.add_representer(str, _InFull.represent_str)


def _width(node: yaml.Node) -> int:
    """How long it is on one line, brackets and quotes too; more than a line where something in it does not fit."""
    if isinstance(node, yaml.ScalarNode):
        return len(node.value) + 4 if node.style != "|" else ON_ONE_LINE + 1
    inside = [part for one in node.value for part in (one if isinstance(one, tuple) else (one,))]
    return 2 + sum(map(_width, inside))


# -- Who may do what --------------------------------------------------------------------------------


def permissions_page() -> str:
    """Roles, their permissions, and the door before every address."""
    routes = list(walk(get_resolver().url_patterns))
    parts = [GENERATED, *_what_a_role_is(), *_roles(), *_addresses(routes)]
    return "\n\n".join(parts) + "\n"


def _what_a_role_is() -> list[str]:
    return [
        "# Who may do what",
        "A role says *what* somebody may do. *Which rows* it reaches is a queryset's question "
        "(`visible_to`): coordinators, quality leads and directors see every review of their agency, "
        "others those on which they have a seat or a grant, and nobody one from which they stepped back. "
        "*Whether it may happen now* is a rule's question (`reviews/rules`). One person may hold several "
        "roles. Changing a role is a change of code (`jurisdictions/roles.py`), reviewed and tested.",
        "What a refusal looks like: not a member, or the row is not visible: 404. The roles lack the "
        "permission: 403. A rule says not now: 422, with the reason. Which moves of a review each role "
        f"may make stands in [{STATES}]({STATES}).",
    ]


def _roles() -> list[str]:
    in_partnership = [
        (PARTNERSHIP_ROLE_LABELS[role], ", ".join(f"`{held}`" for held in sorted(permissions)))
        for role, permissions in PARTNERSHIP_ROLES.items()
    ]
    return [
        "## Roles in an agency",
        table(["Role", "What it is for"], [(ROLE_LABELS[role], ROLE_MEANINGS[role]) for role in Role]),
        "## Permissions of each role",
        table(["Permission", *(ROLE_LABELS[role] for role in Role)], _pairs(), centred=len(Role)),
        "A guest may do what a grant says, on one review and until its day (`reviews/grants.py`): read it with "
        "`view_review`; leave remarks, return it and approve it with `approve_review`.",
        "## Roles in the partnership",
        "They open no agency: none of these permissions reaches an incident or a review.",
        table(["Role", "Permissions"], in_partnership),
    ]


def _addresses(routes: list[tuple[str, URLPattern]]) -> list[str]:
    behind, open_to = ["Address", "Methods", "Permission", "Roles"], ["Address", "Why"]
    return [
        "## Addresses of an agency",
        "Behind `requires(…)` (`jurisdictions/http.py`): any one of the permissions opens the door.",
        table(behind, _doors(routes, Permission)),
        "## Addresses of other software",
        "Behind `door(…)` (`jurisdictions/api/door.py`): by a token, which has to reach so far, of somebody whose "
        "roles carry any one of the permissions. No token that is open: 401; one of another agency: 404.",
        table(["Address", "Method", "Scope", "Permission", "Roles"], _doors_by_token(routes)),
        "## Addresses of the partnership",
        table(behind, _doors(routes, PartnershipPermission)),
        "## Addresses for everybody who is signed in",
        table(open_to, _reasons(routes, "signed_in_reason")),
        "## Addresses for a password alone",
        "Who has shown no second factor yet is led to setting one up, or refused, everywhere but here.",
        table(open_to, _reasons(routes, "one_factor_reason")),
        "## Addresses for anybody",
        table(open_to, _reasons(routes, "public_reason")),
        "In demo mode there is one more group, `/demo/…`: it answers browsers on the same machine only, and "
        "in every other mode the addresses do not exist.",
    ]


def walk(patterns: Iterable[object], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address with its view, in the order in which they are tried; the demo's own are left out."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if str(pattern.pattern) != DEMO_PREFIX:
                yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern


def _pairs() -> list[tuple[str, ...]]:
    return [
        (f"`{permission}`", *("yes" if permission in ROLES[role] else "" for role in Role))
        for permission in Permission
    ]


def _doors(
    routes: list[tuple[str, URLPattern]], kind: type[Permission] | type[PartnershipPermission]
) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for route, pattern in routes:
        asked = getattr(pattern.callback, "permissions", ())
        if getattr(pattern.callback, "by_token", False):
            continue
        if asked and isinstance(asked[0], kind):
            rows.append(
                (
                    _address(route),
                    methods_of(pattern.callback),
                    " or ".join(f"`{permission}`" for permission in asked),
                    _in_words(_holders(asked)),
                )
            )
    return rows


def _doors_by_token(routes: list[tuple[str, URLPattern]]) -> list[tuple[str, ...]]:
    return [
        (
            _address(route),
            method,
            f"`{door.scope}`",
            " or ".join(f"`{permission}`" for permission in door.permissions),
            _in_words(_holders(door.permissions)),
        )
        for route, pattern in routes
        for method, door in getattr(pattern.callback, "doors", {}).items()
        if method != "HEAD"
    ]


def _holders(asked: Iterable[Permission | PartnershipPermission]) -> list[str]:
    """The labels of the roles that carry any of these."""
    wanted = {str(permission) for permission in asked}
    agency = [ROLE_LABELS[role] for role, held in ROLES.items() if wanted & {str(each) for each in held}]
    partnership = [
        PARTNERSHIP_ROLE_LABELS[role]
        for role, held in PARTNERSHIP_ROLES.items()
        if wanted & {str(each) for each in held}
    ]
    return agency + partnership


def _address(route: str) -> str:
    """As people read it: without the converters, and with the agency called so."""
    return f"`/{re.sub(r'<\w+:', '<', route).replace('<jurisdiction>', '<agency>')}`"


def _in_words(roles: list[str]) -> str:
    return "every role" if len(roles) == len(Role) else ", ".join(roles)


def _reasons(routes: list[tuple[str, URLPattern]], kind: str) -> list[tuple[str, ...]]:
    return [
        (f"`/{route}`", reason)
        for route, pattern in routes
        if (reason := getattr(pattern.callback, kind, ""))
    ]


def methods_of(view: Callable[..., object] | None) -> str:
    """What `require_GET` and its kin let through; they keep it in their closure and nowhere else."""
    while isfunction(view):
        allowed = getclosurevars(view).nonlocals.get("request_method_list")
        if allowed:
            return ", ".join(method for method in allowed if method != "HEAD")
        view = getattr(view, "__wrapped__", None)
    return ""


# -- How a review moves -----------------------------------------------------------------------------


def states_page() -> str:
    """The states and the moves as text: what the picture shows, and what it has no room for."""
    parts = [GENERATED, *_what_the_picture_is(), *_states(), *_moves(), *_moves_by_role()]
    return "\n\n".join(parts) + "\n"


def _what_the_picture_is() -> list[str]:
    return [
        "# States of a review",
        f"![The states of a review and the moves between them]({PICTURE.rpartition('/')[2]})",
        "The picture, the buttons, the guards and the messages come from one table, "
        "`reviews/rules/moves.py`. What must be settled before a move is in `reviews/actions/moves.py` and "
        "`reviews/rules/sending.py`. The parts of a review are worked on in any order, each with a status of "
        "its own; they are no states. A hold (a court or the police asked to wait) is a flag on any state "
        "that is not closed: it stops the clock, and nobody can approve until it ends.",
    ]


def _states() -> list[str]:
    rows = [
        (
            state.label,
            f"`{state}`",
            WHOSE_TURN.get(state, "nobody"),
            "yes" if state in OPEN_FOR_ANSWERS else "no",
        )
        for state in Review.State
    ]
    return [
        "## States",
        table(["State", "Code", "Whose turn", "Can answers change"], rows),
        "Before the selection only the parts incident and child, agency history, and safety and support can be "
        "filled in (`reviews/rules/editing.py`).",
    ]


def _moves() -> list[str]:
    rows = [
        (
            " or ".join(state.label for state in move.begins),
            move.label,
            move.ends.label,
            who_may(move),
            "yes" if move.asks_note else "",
            TOLD[move.told],
        )
        for move in MOVES.values()
    ]
    return [
        "## Moves",
        table(["From", "Move", "To", "Who may", "Asks why", "Who is told"], rows),
        "Whoever wrote an answer in a review cannot approve it, whatever their roles: the database refuses "
        "([decision 13](../adr/0013-author-and-approver.md)).",
    ]


def _moves_by_role() -> list[str]:
    rows = [(state.label, *(_buttons(state, role) for role in Role)) for state in Review.State]
    return [
        "## Moves of each role, state by state",
        table(["State", *(ROLE_LABELS[role] for role in Role)], rows),
    ]


def who_may(move: Move) -> str:
    """In words who may make a move."""
    roles = " or ".join(label.lower() for label in _holders([move.permission]))
    by_role = f"the review's lead ({roles})" if move.lead else roles
    return f"{by_role}, or a guest named to approve" if move.by_grant else by_role


def _buttons(state: Review.State, role: Role) -> str:
    labels = []
    for move in moves_from(state):
        if move.permission in ROLES[role]:
            labels.append(move.label + (" (as its lead)" if move.lead else ""))
        elif role is Role.GUEST and move.by_grant:
            labels.append(move.label + " (if named)")
    return "; ".join(labels)


# -- Markdown ---------------------------------------------------------------------------------------


def table(head: list[str], rows: Iterable[tuple[str, ...]], *, centred: int = 0) -> str:
    """A table; its last `centred` columns are centred."""
    rules = ["---"] * (len(head) - centred) + [":-:"] * centred
    lines = [head, rules, *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
