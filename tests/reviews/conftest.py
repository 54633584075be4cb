"""Whom most tests of reviews begin with: memberships of the cast, and a review that they work on."""

from pathlib import Path
from typing import Any

import pytest

from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.import_incidents import Receipt, import_incidents
from reviews.imports.unpacking import unpack
from reviews.models import IncidentImport, Review
from tests.cast import make_person, member
from tests.reviews.import_situations import AFTER, BEFORE, PLAIN, WIDER, mapping, rows
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


@pytest.fixture
def bring_in(cedar: Jurisdiction, tmp_path: Path) -> Any:
    """Bring a file's content into Cedar."""

    def go(content: str | bytes, text: str = PLAIN, **options: Any) -> Receipt:
        file = tmp_path / "file.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        with jurisdiction_scope(cedar.pk):
            how = mapping(text)
            unpacked = unpack(file, tmp_path, encoding=how.encoding, delimiter=how.delimiter)
            return import_incidents(unpacked, how, jurisdiction=cedar, **options)

    return go


@pytest.fixture
def standing(bring_in: Any, cedar: Jurisdiction) -> dict[str, Any]:
    """Two incidents that came in, and all their rows."""
    bring_in(BEFORE, WIDER)
    with jurisdiction_scope(cedar.pk):
        return rows()


@pytest.fixture
def second(standing: Any, bring_in: Any) -> IncidentImport:
    """A second import that changed the first of them."""
    receipt = bring_in(AFTER, WIDER).record
    assert (receipt.created, receipt.changed, receipt.unchanged) == (0, 1, 1)
    return receipt
