"""The cast: Cedar and Birch, and the people whom every test knows.

**reviewer**, **coordinator**, **quality_lead**, **director** and **administrator** of Cedar; **observer**, a
debriefer of Cedar who sits on nothing; **outsider**, every role of Birch; **partner**, who administers the
partnership; **nobody**.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from jurisdictions.models import Jurisdiction, Membership, PartnershipMembership, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope


def make_person(name: str, agency: Jurisdiction | None = None, *roles: Role) -> User:
    """A person who can sign in, with a membership where an agency is named."""
    shown = name.replace("_", " ").capitalize()
    # They have a password, which nothing fits: hashing one for each person of each test would take minutes.
    user = User.objects.create(email=f"{name}@example.org", display_name=shown, password="kept elsewhere")
    if agency is not None:
        Membership.objects.create(jurisdiction=agency, user=user, roles=[str(role) for role in roles])
    return user


def member(user: User, agency: Jurisdiction) -> Membership:
    return Membership.objects.select_related("jurisdiction", "user").get(user=user, jurisdiction=agency)


@pytest.fixture
def cedar(db: None) -> Jurisdiction:
    return Jurisdiction.objects.create(
        slug="cedar", name="Cedar County", kind="county", agreement_on=dt.date(2025, 1, 7)
    )


@pytest.fixture
def birch(db: None) -> Jurisdiction:
    return Jurisdiction.objects.create(
        slug="birch", name="Birch State", kind="state", agreement_on=dt.date(2025, 2, 3)
    )


@pytest.fixture
def reviewer(cedar: Jurisdiction) -> User:
    return make_person("reviewer", cedar, Role.REVIEWER)


@pytest.fixture
def coordinator(cedar: Jurisdiction) -> User:
    return make_person("coordinator", cedar, Role.COORDINATOR)


@pytest.fixture
def quality_lead(cedar: Jurisdiction) -> User:
    return make_person("quality_lead", cedar, Role.QUALITY_LEAD)


@pytest.fixture
def director(cedar: Jurisdiction) -> User:
    return make_person("director", cedar, Role.DIRECTOR)


@pytest.fixture
def administrator(cedar: Jurisdiction) -> User:
    return make_person("administrator", cedar, Role.ADMINISTRATOR)


@pytest.fixture
def observer(cedar: Jurisdiction) -> User:
    return make_person("observer", cedar, Role.DEBRIEFER)


@pytest.fixture
def outsider(birch: Jurisdiction) -> User:
    every = [role for role in Role if role is not Role.GUEST]
    return make_person("outsider", birch, *every)


@pytest.fixture
def partner(db: None) -> User:
    user = make_person("partner")
    PartnershipMembership.objects.create(user=user, roles=["partnership_administrator"])
    return user


@pytest.fixture
def nobody() -> None:
    return None


@pytest.fixture
def sign_in(client: Client, request: pytest.FixtureRequest) -> Callable[[str], Client]:
    """Sign a member of the cast in, by name; `nobody` stays outside."""

    def go(who: str) -> Client:
        user: Any = request.getfixturevalue(who)
        if user is not None:
            client.force_login(user)
        return client

    return go


@pytest.fixture
def in_cedar(cedar: Jurisdiction) -> Iterator[Jurisdiction]:
    """The test runs inside Cedar's scope."""
    with jurisdiction_scope(cedar.pk):
        yield cedar
