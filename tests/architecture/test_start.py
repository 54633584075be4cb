"""The process refuses to start unsafely, and says what is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAFE = {
    "NPCS_MODE": "production",
    "SECRET_KEY": "k" * 60,
    "MFA_KEY": "m" * 40,
    "ALLOWED_HOSTS": "npcs.example.org",
    "BASE_URL": "https://npcs.example.org",
    "EMAIL_URL": "smtp://mail.example.org:587?tls=1",
    "DEFAULT_FROM_EMAIL": "npcs@example.org",
}


def start(**changes: str) -> subprocess.CompletedProcess[str]:
    """Import the web application in a process of its own, as the server does."""
    kept = ("PATH", "DATABASE_URL", "REDIS_URL", "FILES_ROOT", "HOME")
    told = {name: os.environ[name] for name in kept if name in os.environ} | SAFE | changes
    told = {name: value for name, value in told.items() if value}
    return subprocess.run(
        [sys.executable, "-c", "import npcs.wsgi"],
        cwd=ROOT,
        env=told,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture(autouse=True)
def _prepared(django_db_setup: None) -> None:
    """The database is there, migrated, with its roles."""


def test_a_safe_production_starts() -> None:
    done = start()
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", [*(set(SAFE) - {"NPCS_MODE"}), "DATABASE_URL", "REDIS_URL", "FILES_ROOT"])
def test_a_missing_setting_stops_the_start_and_is_named(name: str) -> None:
    done = start(**{name: ""})
    assert done.returncode != 0
    assert name in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("MFA_KEY", "short"),
        ("MFA_KEY", "k" * 60),
        ("MFA_KEY", "m" * 40 + ",short"),
        ("ALLOWED_HOSTS", "*"),
        ("BASE_URL", "http://npcs.example.org"),
        ("EMAIL_URL", "gopher://x"),
        ("DATABASE_URL", "sqlite:///db"),
        ("NPCS_MODE", "debug"),
    ],
)
def test_an_unsafe_setting_stops_the_start_and_is_named(name: str, value: str) -> None:
    done = start(**{name: value})
    assert done.returncode != 0
    assert name in done.stderr


@pytest.mark.parametrize("role", ["OWNER_DATABASE_URL", "NPCS_TEST_SUPERUSER_URL"])
def test_a_role_that_could_step_over_the_wall_stops_the_start(role: str) -> None:
    done = start(DATABASE_URL=os.environ[role])
    assert done.returncode != 0
    assert "row security" in done.stderr


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("s" * 60 + "\n")
    assert start(SECRET_KEY="", SECRET_KEY_FILE=str(secret)).returncode == 0
    missing = start(SECRET_KEY="", SECRET_KEY_FILE=str(tmp_path / "none"))
    assert "SECRET_KEY_FILE" in missing.stderr
