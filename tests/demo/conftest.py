"""The demo as `seed_demo` leaves it, committed: once for each module, and gone afterwards."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import TransactionTestCase


def empty_database() -> None:
    """As after each transactional test (tests/conftest.py): through the owner, for the site's role could not."""
    TransactionTestCase()._fixture_teardown()


@pytest.fixture(scope="module")
def seeded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The data folder with sign-ins.json; the database is open to the module's tests."""
    folder = tmp_path_factory.mktemp("data")
    with django_db_blocker.unblock():
        call_command("seed_demo", data=folder, stdout=StringIO())
        yield folder
        empty_database()
