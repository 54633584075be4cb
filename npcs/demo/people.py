"""The demo's agencies and people, and the sheet with their sign-ins."""

import datetime as dt
from typing import Any

from django.contrib.auth.hashers import make_password

from jurisdictions.models import (
    AgencyContact,
    AgencyPolicy,
    Jurisdiction,
    Membership,
    PartnershipMembership,
    User,
)
from jurisdictions.tenancy import jurisdiction_scope
from npcs.demo import reading
from npcs.demo.days import Days
from npcs.demo.reading import Told
from npcs.demo.rows import insert
from npcs.demo.second_step import give_apps, secrets_of

# One sentence for everybody: the demo holds nothing that is worth guarding.
PASSWORD = "learn together and blame nobody"  # noqa: S105

type People = dict[tuple[str, str], Membership]  # by the agency's short name in addresses and the person's


def write_agencies(days: Days) -> dict[str, Jurisdiction]:
    """The agencies by their short name in addresses, each with its own clocks and texts."""
    written: dict[str, Jurisdiction] = {}
    for told in reading.agencies():
        agreed = told["agreement_on"]["day"]
        agency = Jurisdiction(
            slug=told["slug"],
            name=told["name"],
            kind=told["kind"],
            parent=written.get(told["parent"] or ""),
            agreement_on=days.day(agreed),
            created_at=days.at(agreed + 3),
        )
        insert([agency])
        written[agency.slug] = agency
        with jurisdiction_scope(agency.pk):
            AgencyPolicy.objects.create(jurisdiction=agency, **_policy(told, days))
    return written


def _policy(told: Told, days: Days) -> dict[str, Any]:
    return {
        "review_due_days": told["review_due_days"],
        "paper": told["paper"],
        "confidentiality_statement": told["confidentiality"]["text"],
        "statement_by": told["confidentiality"]["counsel"],
        "statement_on": days.day(told["confidentiality"]["on"]["day"]),
        "support_line": told["support_line"],
    }


def write_people(agencies: dict[str, Jurisdiction], days: Days) -> People:
    """Everybody with their memberships; one hash serves all, for hashing is meant to be slow."""
    password, written = make_password(PASSWORD), {}
    for key, told in reading.people().items():
        memberships = told.get("memberships", [])
        joined = min((_joined(agencies[each["agency"]], days) for each in memberships), default=days.at(-700))
        user = User(email=told["email"], display_name=told["name"], password=password, created_at=joined)
        insert([user])
        for each in memberships:
            agency = agencies[each["agency"]]
            membership = Membership(
                jurisdiction=agency, user=user, roles=each["roles"], joined_at=_joined(agency, days)
            )
            insert([membership])
            written[agency.slug, key] = membership
        if told.get("partnership"):
            PartnershipMembership.objects.create(user=user, roles=told["partnership"])
    give_apps(invented())
    _write_contacts(agencies, written)
    return written


def _write_contacts(agencies: dict[str, Jurisdiction], people: People) -> None:
    """Liaison and deputy in the directory; one agency has named nobody yet, and one no deputy."""
    for told in reading.agencies():
        agency = agencies[told["slug"]]
        insert(
            [
                AgencyContact(
                    jurisdiction=agency, membership=people[agency.slug, each["person"]], **_contact(each)
                )
                for each in told.get("contacts", [])
            ]
        )


def _contact(told: Told) -> dict[str, str]:
    return {name: told[name] for name in ("part", "office", "email", "phone")}


def _joined(agency: Jurisdiction, days: Days) -> dt.datetime:
    return agency.created_at + dt.timedelta(days=4)


def invented() -> list[User]:
    """The people of the demo who are in the database; nobody whom a visitor has invited."""
    return list(User.objects.filter(email__in=[told["email"] for told in reading.people().values()]))


def sign_ins() -> list[dict[str, Any]]:
    """One object a membership, for scripts; a partnership role belongs to no agency.

    `totp_secret` is what the person's authenticator app works with (base32; six digits, 30 seconds, SHA-1).
    """
    people = invented()
    secrets = secrets_of(people)
    by_email = {user.email: secrets.get(user.pk) for user in people}
    return [
        {
            "email": told["email"],
            "password": PASSWORD,
            "totp_secret": by_email.get(told["email"]),
            "roles": each["roles"],
            "agency": each["agency"],
        }
        for told in reading.people().values()
        for each in [
            *told.get("memberships", []),
            *([{"roles": told["partnership"], "agency": None}] if told.get("partnership") else []),
        ]
    ]
