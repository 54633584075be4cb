"""A list of people to invite: reading it, however it was written down, and what is to be mended in each line."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from io import StringIO

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet

from jurisdictions.models import Invitation, Jurisdiction, Membership
from jurisdictions.roles import ROLE_LABELS, Role
from jurisdictions.rules import Problem, over_ceiling

LINES = 500  # at a time
LENGTH = 200_000  # characters of a list
NAME, EMAIL, ROLES = "name", "email", "roles"
_NAME_LENGTH, _EMAIL_LENGTH, _ROLES_LENGTH = 120, 254, 300
_DELIMITERS = ("\t", ";", ",")
# What people head these columns with; anything else is no heading.
_HEADINGS = {
    "name": NAME,
    "full name": NAME,
    "person": NAME,
    "e-mail": EMAIL,
    "email": EMAIL,
    "mail": EMAIL,
    "e-mail address": EMAIL,
    "email address": EMAIL,
    "role": ROLES,
    "roles": ROLES,
}
_BETWEEN_ROLES = re.compile(r"[;,/|+&\t]")
_IN_BRACKETS = re.compile(r"^(?P<name>[^<>]*)<(?P<email>[^<>]*)>$")
_ADDRESS = re.compile(r"^[^@]*<[^<>@\s]+@[^<>@\s]+>$|^[^\s,;<>@]+@[^\s,;<>@]+$")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class ListRefused(Exception):
    """The list as a whole cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class Line:
    """One person of a list, as typed; `place` is the number it is called by on the page."""

    place: int
    name: str
    email: str
    roles: str


@dataclass(frozen=True)
class Judged:
    """A line with what it means: the address and roles an invitation would have, and what is to be mended first.

    Each problem names in `item` the field that it is about.
    """

    line: Line
    email: str
    roles: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


# -- Reading --------------------------------------------------------------------------------------


def decoded(file: bytes) -> str:
    """The text of a file as spreadsheets save it. Raises ListRefused when it is no text."""
    for encoding in ("utf-16",) if file[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "cp1252"):
        try:
            text = file.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise ListRefused("This file is no text. Save the list as CSV, or paste it.")


def read_list(text: str) -> list[Line]:
    """The people of a list: one a line, with name, e-mail address and roles behind a tab, semicolon or comma.

    Headings are understood, and lines without anything left out. Raises ListRefused when the list is too long.
    """
    if len(text) > LENGTH:
        raise ListRefused(f"This list has more than {LENGTH:,} characters. Invite in several goes.")
    rows = [cells for cells in _rows(text) if any(cells)]
    columns = _columns(rows[0]) if rows else None
    people = rows[1:] if columns else rows
    if len(people) > LINES:
        raise ListRefused(f"This list has {len(people):,} lines. Invite {LINES} people at a time, at most.")
    return [Line(place, *_fields(cells, columns)) for place, cells in enumerate(people, start=1)]


def _rows(text: str) -> Iterator[list[str]]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Between columns stands what leaves most addresses alone in a cell; roles may have another sign between them.
    delimiter = max(_DELIMITERS, key=lambda one: (_addresses_alone(text, one), text.count(one)))
    try:
        # Strict, so that a quote somebody forgot to close is said and does not swallow the lines below it.
        for row in csv.reader(StringIO(text), delimiter=delimiter, skipinitialspace=True, strict=True):
            yield [tidy(cell) for cell in row]
    except csv.Error as error:
        raise ListRefused(
            "A quotation mark in this list is opened and not closed. Close it, or take it away."
        ) from error


def _addresses_alone(text: str, delimiter: str) -> int:
    cells = (cell for line in text.splitlines() for cell in line.split(delimiter))
    return sum(bool(_ADDRESS.match(cell.strip(' "'))) for cell in cells)


def tidy(cell: str) -> str:
    """One cell on one line, without what nobody sees."""
    return " ".join(_UNSEEN.sub("", cell).split())


def _columns(first: Sequence[str]) -> list[str] | None:
    """Which column is which, when the first row holds headings."""
    known = [_HEADINGS.get(cell.lower().rstrip(":"), "") for cell in first]
    return known if EMAIL in known else None


def _fields(cells: Sequence[str], columns: Sequence[str] | None) -> tuple[str, str, str]:
    """(name, e-mail address, roles) of a row: by its headings, else around the cell with an @ in it."""
    if columns:
        told = {heading: cell for heading, cell in zip(columns, cells, strict=False) if heading}
        behind = cells[len(columns) :]  # roles in columns of their own
        roles = ", ".join(filter(None, [told.get(ROLES, ""), *behind]))
        return _taken_apart(told.get(NAME, ""), told.get(EMAIL, ""), roles)
    at = next((index for index, cell in enumerate(cells) if "@" in cell), min(1, len(cells) - 1))
    return _taken_apart(", ".join(cells[:at]), cells[at], ", ".join(filter(None, cells[at + 1 :])))


def _taken_apart(name: str, email: str, roles: str) -> tuple[str, str, str]:
    """`Dana R. <dana@agency.gov>`, as mail programs write it, is a name and an address."""
    if found := _IN_BRACKETS.match(email):
        before = tidy(found["name"]).strip('"')
        name, email = ", ".join(filter(None, [name, before])), tidy(found["email"])
    return name, email.removeprefix("mailto:"), roles


# -- Judging --------------------------------------------------------------------------------------


def judge(lines: Sequence[Line], agency: Jurisdiction) -> list[Judged]:
    """Each line with its roles understood and everything that is to be mended in it, in the order of its fields."""
    addresses = {line.email.lower() for line in lines}
    members = Membership.objects.current().filter(jurisdiction=agency, user__email__in=addresses)
    waiting = Invitation.objects.filter(
        jurisdiction=agency, email__in=addresses, accepted_at=None, cancelled_at=None
    )
    standing = _Standing(agency, _emails(members, "user__email"), _emails(waiting, "email"))
    judged, first = [], dict[str, int]()
    for line in lines:
        email = line.email.lower()
        roles, about_roles = _roles(line.roles, agency)
        problems = [*_about_name(line), *_about_email(line, email, standing, first), *about_roles]
        first.setdefault(email, line.place)
        judged.append(Judged(line, email, roles, problems))
    return judged


@dataclass(frozen=True)
class _Standing:
    """What the agency has already: whose address is in it, and whose is invited."""

    agency: Jurisdiction
    members: frozenset[str]
    waiting: frozenset[str]


def _emails(rows: QuerySet[Membership] | QuerySet[Invitation], name: str) -> frozenset[str]:
    return frozenset(email.lower() for email in rows.values_list(name, flat=True))


def _about_name(line: Line) -> Iterator[Problem]:
    if len(line.name) > _NAME_LENGTH:
        yield Problem("invite.name", f"Name: use {_NAME_LENGTH} characters at most.", item=NAME)


def _about_email(line: Line, email: str, standing: _Standing, first: dict[str, int]) -> Iterator[Problem]:
    if not email:
        yield Problem("invite.no_address", "E-mail address: enter the address of the person.", item=EMAIL)
    elif not _is_address(email):
        yield Problem("invite.address", "E-mail address: write it as in name@agency.gov.", item=EMAIL)
    elif email in first:
        yield Problem("invite.doubled", f"This address is in line {first[email]} already.", item=EMAIL)
    elif email in standing.members:
        yield Problem("invite.is_member", f"This person is in {standing.agency.name} already.", item=EMAIL)
    elif email in standing.waiting:
        yield Problem(
            "invite.waiting",
            "This person is invited already. On the page People you can send it again, or cancel it.",
            item=EMAIL,
        )


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return len(email) <= _EMAIL_LENGTH


def _roles(text: str, agency: Jurisdiction) -> tuple[list[str], list[Problem]]:
    """The roles that the words name, once each in the product's order, and what is to be mended in them."""
    if len(text) > _ROLES_LENGTH:
        return [], [_role_problem("too_long", f"Roles: use {_ROLES_LENGTH} characters at most.")]
    words = [word for word in map(tidy, _BETWEEN_ROLES.split(text)) if word]
    if not words:
        return [], [_role_problem("none", "Roles: name at least one, for example Reviewer.")]
    named = {role for word in words if (role := _KNOWN.get(_plain(word)))}
    problems = [_unknown(word) for word in words if _plain(word) not in _KNOWN]
    if Role.GUEST in named:
        problems.append(
            _role_problem(
                "guest",
                "A guest sees one review only, so guests are invited one by one, with “Invite somebody”. "
                "Then a coordinator names them on that review.",
            )
        )
    ordered = [role for role in Role if role in named]
    over = [over_ceiling(agency, role) for role in ordered if role not in agency.role_ceiling]
    problems += [Problem(one.code, one.message, item=ROLES) for one in over]
    return [str(role) for role in ordered], problems


def _plain(word: str) -> str:
    return " ".join(re.sub(r"[-_]", " ", word).lower().split())


# By label and by code, as lists from elsewhere have either.
_KNOWN = {_plain(words): role for role in Role for words in (ROLE_LABELS[role], str(role))} | {
    "guest": Role.GUEST,
    "administrator": Role.ADMINISTRATOR,
    "admin": Role.ADMINISTRATOR,
    "lead reviewer": Role.REVIEWER,
}


def _unknown(word: str) -> Problem:
    shown = word if len(word) <= 40 else f"{word[:40]}…"
    near = get_close_matches(_plain(word), list(_KNOWN), n=1)
    if near:
        return _role_problem("unknown", f"“{shown}” is no role here. Did you mean {_label(near[0])}?")
    known = ", ".join(ROLE_LABELS[role] for role in Role if role is not Role.GUEST)
    return _role_problem("unknown", f"“{shown}” is no role here. The roles are: {known}.")


def _label(known: str) -> str:
    return ROLE_LABELS[_KNOWN[known]]


def _role_problem(code: str, message: str) -> Problem:
    return Problem(f"invite.role_{code}", message, item=ROLES)


def renumbered(lines: Iterable[Line]) -> list[Line]:
    """The same lines, called by their places among themselves."""
    return [Line(place, line.name, line.email, line.roles) for place, line in enumerate(lines, start=1)]
