"""The services the project stands on; tests start, stop, crash and restart their own of them."""

from launcher.postgres import Postgres, ServiceError
from launcher.valkey import Valkey

__all__ = ["Postgres", "ServiceError", "Valkey"]
