from typing import Any

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from jurisdictions.models.user import User


class Session(AbstractBaseSession):
    """A browser in which somebody is signed in, or about to. Deleting the row signs it out."""

    class Privacy:
        sensitive = {"session_key", "session_data"}
        open = {"user", "expire_date"}

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")

    def __str__(self) -> str:
        return "a session"  # never its key, which is what signs in

    @classmethod
    def get_session_store_class(cls) -> Any:
        from jurisdictions.sessions import SessionStore

        return SessionStore
