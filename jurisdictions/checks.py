"""The process refuses to start as a role that could step over row security."""

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

_PRIVILEGE = """
SELECT current_user, rolsuper, rolbypassrls,
       EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'public' AND c.relkind = 'r'
                 AND pg_has_role(current_user, c.relowner, 'USAGE'))
FROM pg_roles WHERE rolname = current_user
"""


def refuse_privileged_role() -> None:
    """Raise ImproperlyConfigured when the site's role is a superuser, bypasses policies or owns a table."""
    with connection.cursor() as cursor:
        cursor.execute(_PRIVILEGE)
        name, superuser, bypasses, owns = cursor.fetchone()
    connection.close()
    if superuser or bypasses or owns:
        raise ImproperlyConfigured(
            f"DATABASE_URL signs in as {name}, which could step over row security. Use npcs_app there; "
            "the owner's address belongs in OWNER_DATABASE_URL, for `prepare` only."
        )
