"""Settings from the environment: a missing or unsafe one stops the start and is named."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict


def text(name: str, default: str | None = None) -> str:
    """The value of NAME, or the content of the file that NAME_FILE points at.

    Raises ImproperlyConfigured, naming the variable, when neither is set and there is no default.
    """
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE points at {path}, which cannot be read: {error}."
            ) from error
    if default is None:
        raise ImproperlyConfigured(f"Set {name} (or {name}_FILE) in the environment; see .env.example.")
    return default


def words(name: str, default: str | None = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def number(name: str, default: int, *, least: int) -> int:
    """A whole number that is not below `least`. Raises ImproperlyConfigured."""
    told = text(name, str(default))
    if not (told.isascii() and told.isdigit() and int(told) >= least):
        raise ImproperlyConfigured(f"{name} is a whole number, {least} or more.")
    return int(told)


def database(url: str, *, pool: bool) -> dict[str, Any]:
    """Django's database settings for a libpq address such as `postgresql://npcs_app@/npcs?host=/run/pg`."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://.")
    parts = conninfo_to_dict(url)
    options: dict[str, Any] = {
        key: value
        for key, value in parts.items()
        if key not in {"dbname", "user", "password", "host", "port"}
    }
    if pool:
        # A lost database answers within 5 s with a 503 instead of queueing requests behind it.
        # No request holds a row, or the server, for longer than a task may run.
        options["options"] = "-c statement_timeout=90s -c lock_timeout=10s"
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 5, "max_lifetime": 3600}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", ""),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "") or ""),
        "OPTIONS": options,
        "CONN_HEALTH_CHECKS": True,
    }


def broker(redis_url: str) -> str:
    """Celery's spelling of a Redis address; a unix socket has a scheme of its own there."""
    return redis_url.replace("unix://", "redis+socket://", 1)


def mail(url: str) -> dict[str, Any]:
    """Django's SMTP settings for `smtp://user:password@host:port?tls=1`."""
    parts = urlsplit(url)
    if parts.scheme != "smtp" or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must look like smtp://host:port.")
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname,
            "port": parts.port or 25,
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_tls": parse_qs(parts.query).get("tls") == ["1"],
            "timeout": 20,
        },
    }


def refuse_unsafe(*, secret_key: str, mfa_keys: list[str], allowed_hosts: list[str], base_url: str) -> None:
    """Outside demo and test mode, name every setting that would be unsafe in production."""
    wrong = []
    if len(secret_key) < 50 or "insecure" in secret_key:
        wrong.append("SECRET_KEY must be at least 50 random characters")
    if not mfa_keys or any(len(key) < 32 or key == secret_key for key in mfa_keys):
        wrong.append("MFA_KEY must be at least 32 random characters, and not SECRET_KEY")
    if not allowed_hosts or "*" in allowed_hosts:
        wrong.append("ALLOWED_HOSTS must name the hosts, without *")
    if not base_url.startswith("https://"):
        wrong.append("BASE_URL must begin with https://")
    if wrong:
        raise ImproperlyConfigured("Refusing to start: " + "; ".join(wrong) + ".")
