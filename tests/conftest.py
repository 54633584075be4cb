"""Tests migrate as npcs_owner and run as npcs_app, or isolation would be untested."""

import os
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import psycopg
import pytest
import structlog
from django.core.management import call_command
from django.db import connection, connections
from django.test import TransactionTestCase
from hypothesis import settings

from npcs.grants import READ_ONLY

# The same examples in every run, or a change would be refused for what stood before it; `--hypothesis-profile=search`
# looks for new ones.
settings.register_profile("the same again", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=2000, deadline=None)
settings.load_profile("the same again")

pytest_plugins = ["tests.cast", "tests.browser"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """The cluster is this run's own, so its database is prepared in place, as production's is."""
    with django_db_blocker.unblock():
        call_command("prepare", verbosity=0)
        connections["owner"].close()
        yield
        connections.close_all()


def _reset_through_owner(self: TransactionTestCase) -> None:
    """Empty every table but the editions and Django's own registers; npcs_app could not, and must not.

    A request that a page sent last may still be answered: where the two stop each other and the database ends this
    one, it comes again after that request.
    """
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as owner:
        tables = sorted(set(connection.introspection.table_names()) - READ_ONLY)
        for last in (False, False, False, True):
            try:
                owner.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
            except psycopg.errors.DeadlockDetected:
                if last:
                    raise
            else:
                return


TransactionTestCase._fixture_teardown = _reset_through_owner  # type: ignore[method-assign]


def pytest_configure() -> None:
    """Whom a test signs in has shown both steps (tests/second_step.py). Not sooner: it imports models."""
    import_module("tests.second_step")


@pytest.fixture(autouse=True)
def _no_request_before() -> None:
    """What a test does itself bears no id and no token of a request that another test made."""
    structlog.contextvars.clear_contextvars()


@pytest.fixture(autouse=True)
def _cold_cache(request: pytest.FixtureRequest) -> None:
    """Rate limits and heartbeats of one test are not another's."""
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        from django.core.cache import cache

        cache.clear()
