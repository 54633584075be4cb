"""pytest plugin (-p launcher.testing): PostgreSQL and Valkey are up before Django reads its settings.

They are started once, by the first process; workers of a parallel run inherit their addresses. Tests that
crash a service start one of their own: `launcher.services.Postgres(tmp_path)`.
"""

import os
from collections.abc import Generator

import pytest

from launcher import environment
from launcher.services import ServiceError
from launcher.temporary import TemporaryServices

_services: TemporaryServices | None = None


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(args: list[str]) -> Generator[None, None, None]:
    """Start the services before any other plugin looks at the settings."""
    global _services
    if "NPCS_TEST_SUPERUSER_URL" not in os.environ and not {"--help", "-h", "--version"} & set(args):
        try:
            _services = TemporaryServices()
            _services.start()
        except ServiceError as error:
            raise pytest.UsageError(str(error)) from error
        told = environment.clean() | _services.environment()
        # Playwright runs an event loop in the thread in which tests use the database.
        told["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        os.environ.clear()
        os.environ.update(told)
    yield


def pytest_report_header() -> str:
    """Say what the tests run against."""
    return f"services: PostgreSQL {_services.postgres.version}, Valkey" if _services else ""


def pytest_unconfigure() -> None:
    """Stop what this process started."""
    global _services
    if _services:
        _services.stop()
        os.environ.pop("NPCS_TEST_SUPERUSER_URL", None)
        _services = None
