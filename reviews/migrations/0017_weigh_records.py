from django.db import migrations

# As the owner, for npcs_app may not: what it sees of the tables it tells nobody, and it changes no row. It gives up
# where another import holds them; that one's own look is worth as much to both once it is kept.
CREATE = """
CREATE FUNCTION npcs.weigh_records() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '3s' AS $$
BEGIN
    ANALYZE reviews_incident, reviews_review, reviews_entry, reviews_child, reviews_answer;
EXCEPTION WHEN lock_not_available THEN
    NULL;
END $$;
REVOKE ALL ON FUNCTION npcs.weigh_records() FROM PUBLIC;
"""
DROP = "DROP FUNCTION npcs.weigh_records();"


class Migration(migrations.Migration):
    """PostgreSQL's picture of the records can be renewed within an import, before their keys are asked."""

    dependencies = [("reviews", "0016_mappings_by_shape")]

    operations = [migrations.RunSQL(CREATE, DROP)]
