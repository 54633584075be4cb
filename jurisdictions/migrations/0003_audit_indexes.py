from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes of the page that reads the audit, built while events go on being written: no transaction holds this."""

    atomic = False

    dependencies = [("jurisdictions", "0002_isolate")]

    operations = [
        AddIndexConcurrently(
            model_name="auditevent",
            index=models.Index(fields=["jurisdiction", "at", "id"], name="audit_event_by_time"),
        ),
        AddIndexConcurrently(
            model_name="auditevent",
            index=models.Index(
                fields=["jurisdiction", "by_user", "at", "id"], name="audit_event_of_a_person"
            ),
        ),
        AddIndexConcurrently(
            model_name="auditevent",
            index=models.Index(fields=["jurisdiction", "kind", "at", "id"], name="audit_event_of_a_kind"),
        ),
        AddIndexConcurrently(
            model_name="partnershipevent",
            index=models.Index(fields=["at", "id"], name="partnership_event_by_time"),
        ),
    ]
