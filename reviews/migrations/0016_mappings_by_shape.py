from django.db import migrations, models

OLD = "mapping_once_per_name"
NEW = "mapping_once_per_shape_and_name"
BUILD = "CREATE UNIQUE INDEX CONCURRENTLY {} ON reviews_savedmapping ({})"
DROP = "DROP INDEX CONCURRENTLY IF EXISTS {}"


class Migration(migrations.Migration):
    """Mappings of files of different shapes may have the same name. What is once only is an index, built and taken
    away beside the writers, and the new one stands before the old one goes."""

    atomic = False

    dependencies = [("reviews", "0015_yearly_figures")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(DROP.format(NEW), migrations.RunSQL.noop),
                migrations.RunSQL(BUILD.format(NEW, "jurisdiction_id, shape, name"), DROP.format(NEW)),
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="savedmapping",
                    constraint=models.UniqueConstraint("jurisdiction", "shape", "name", name=NEW),
                ),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(DROP.format(OLD), BUILD.format(OLD, "jurisdiction_id, name")),
            ],
            state_operations=[migrations.RemoveConstraint(model_name="savedmapping", name=OLD)],
        ),
    ]
