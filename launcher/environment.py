"""What the Django processes are told through their environment (see .env.example for each name)."""

import os
from collections.abc import Mapping
from pathlib import Path

from launcher.services import Postgres, Valkey

# Everything the settings read. A value left over in somebody's shell must not reach the demo.
NAMES = (
    "NPCS_MODE",
    "SECRET_KEY",
    "MFA_KEY",
    "DATABASE_URL",
    "OWNER_DATABASE_URL",
    "REDIS_URL",
    "ALLOWED_HOSTS",
    "BASE_URL",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "FILES_ROOT",
    "STATIC_ROOT",
    "TIME_ZONE",
    "SESSIONS_PER_PERSON",
    "DEMO_MAIL_URL",
)
# The commands that change tables or grants, or compare migrations with them. Nothing else is the owner.
OWNER_COMMANDS = frozenset(
    {
        "prepare",
        "migrate",
        "makemigrations",
        "release_edition",
        "showmigrations",
        "sqlmigrate",
        "write_grants",
    }
)


def clean(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without anything that would steer the project's settings or its server."""
    ours = {*NAMES, *(f"{name}_FILE" for name in NAMES), "DJANGO_SETTINGS_MODULE", "PYTHONPATH", "PYTHONHOME"}
    given = os.environ if environment is None else environment
    kept = {name: value for name, value in given.items() if name not in ours}
    return {name: value for name, value in kept.items() if not name.startswith(("GRANIAN_", "CELERY_", "PG"))}


def of_services(postgres: Postgres, valkey: Valkey, *, mode: str, folder: Path) -> dict[str, str]:
    """What every process needs; the owner's address is not among it."""
    return {
        "DJANGO_SETTINGS_MODULE": "npcs.settings",
        "NPCS_MODE": mode,
        "DATABASE_URL": postgres.url(),
        "REDIS_URL": valkey.url,
        "FILES_ROOT": str(folder / "files"),
        "STATIC_ROOT": str(folder / "static"),  # so that collectstatic never writes into the project
    }
