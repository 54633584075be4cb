"""What npcs_app may do to which table. One command writes it, the same in tests and production."""

from django.db import connections

# Rows that are only ever added: nobody, not even the site, can rewrite what happened.
INSERT_ONLY = {
    "dictionary_ownedition",
    "jurisdictions_auditevent",
    "jurisdictions_partnershipevent",
    "reviews_answerversion",
    "reviews_reviewhand",
    "reviews_reviewmove",
    "reviews_incidentimport",
    "reviews_importundone",
    "reviews_yearlyfigure",
}
# Written by `prepare` alone, as the owner.
READ_ONLY = {"django_content_type", "auth_permission", "django_migrations", "dictionary_edition"}
# django-guardian's generic tables, Django's groups and its own sessions: not used, so not reachable.
NO_GRANT = {
    "django_session",
    "guardian_userobjectpermission",
    "guardian_groupobjectpermission",
    "auth_group",
    "auth_group_permissions",
}


def write_grants(alias: str = "owner") -> None:
    """Take every right away and give back exactly what the lists above say. Runs as the owner; repeatable."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        cursor.execute("GRANT USAGE ON SCHEMA public, npcs TO npcs_app")
        cursor.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM npcs_app, PUBLIC")
        cursor.execute("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM npcs_app, PUBLIC")
        cursor.execute(
            "GRANT EXECUTE ON FUNCTION npcs.current_jurisdiction(), npcs.weigh_records() TO npcs_app"
        )
        for table in sorted(connection.introspection.table_names(cursor)):
            if rights := rights_on(table):
                cursor.execute(f'GRANT {rights} ON "{table}" TO npcs_app')
        cursor.execute("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO npcs_app")


def rights_on(table: str) -> str:
    """The rights of npcs_app on one table; never TRUNCATE, nothing for what it need not touch."""
    if table in NO_GRANT:
        return ""
    if table in READ_ONLY:
        return "SELECT"
    if table in INSERT_ONLY:
        return "SELECT, INSERT"
    return "SELECT, INSERT, UPDATE, DELETE"
