from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dictionary import editions
from dictionary.models import OwnDraft
from dictionary.own.actions import start_draft
from dictionary.schema import Edition, load
from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import member

SMALL = Path(__file__).parent / "small"


@pytest.fixture
def document() -> dict[str, Any]:
    """A fresh copy of the small edition's document, to be spoiled at will."""
    return editions.read_folder(SMALL)


@pytest.fixture
def edition(document: dict[str, Any]) -> Edition:
    return load(document)


@pytest.fixture
def chief(administrator: User, cedar: Jurisdiction) -> Membership:
    return member(administrator, cedar)


@pytest.fixture
def pages(client: Client, chief: Membership) -> Client:
    client.force_login(chief.user)
    return client


@pytest.fixture
def drafted(chief: Membership, cedar: Jurisdiction) -> Callable[..., OwnDraft]:
    """Makes the draft of Cedar from these questions."""

    def go(*questions: dict[str, Any]) -> OwnDraft:
        with jurisdiction_scope(cedar.pk):
            draft = start_draft(by=chief)
            draft.questions = list(questions)
            draft.save()
            return draft

    return go
