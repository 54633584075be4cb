"""Django's sessions in the database, each with its person, so that they can be listed and ended."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions


class SessionStore(DatabaseSessions):
    @classmethod
    def get_model_class(cls) -> Any:
        from jurisdictions.models import (
            Session,
        )  # the engine is named in the settings, before models are there

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return row
