"""The process refuses to start as a role that could step over row security, and a deployment without a second step."""

from django.conf import settings
from django.core.checks import Error, Tags, register
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


@register(Tags.security, deploy=True)
def second_step_is_a_second_step(app_configs: object, **options: object) -> list[Error]:
    """`check --deploy`: no setting of django-allauth's lets somebody past the second step."""
    must_be = {
        "MFA_TOTP_INSECURE_BYPASS_CODE": None,
        "MFA_TRUST_ENABLED": False,
        "MFA_PASSKEY_LOGIN_ENABLED": False,
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": False,
        "MFA_WEBAUTHN_USER_VERIFICATION": "required",
        "MFA_RECOVERY_CODES_SHOW_ONCE": True,
    }
    wrong = [name for name, value in must_be.items() if getattr(settings, name, value) != value]
    if settings.MFA_TOTP_TOLERANCE not in (0, 1):
        wrong.append("MFA_TOTP_TOLERANCE")
    # Limits and used codes count only where every process looks.
    if not str(settings.CACHES["default"]["BACKEND"]).endswith(".RedisCache"):
        wrong.append("CACHES")
    return [
        Error(f"{name} opens a way around the second step.", id="jurisdictions.E001", obj=name)
        for name in wrong
    ]
