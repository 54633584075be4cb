"""Whom most tests of reviews begin with: memberships of the cast, and a review that they work on."""

import pytest

from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews.models import Review
from tests.cast import make_person, member
from tests.reviews.situations import make_review


@pytest.fixture
def lead(reviewer: User, cedar: Jurisdiction) -> Membership:
    return member(reviewer, cedar)


@pytest.fixture
def by(coordinator: User, cedar: Jurisdiction) -> Membership:
    return member(coordinator, cedar)


@pytest.fixture
def guest(cedar: Jurisdiction) -> Membership:
    return member(make_person("guest", cedar, Role.GUEST), cedar)


@pytest.fixture
def review(cedar: Jurisdiction, lead: Membership, by: Membership) -> Review:
    """In review, named by the coordinator and led by the reviewer; no scope is open in the test."""
    with jurisdiction_scope(cedar.pk):
        return make_review(cedar, by, lead=lead)
