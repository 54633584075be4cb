from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes of the page that reads the audit."""

    dependencies = [("jurisdictions", "0002_isolate")]

    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["jurisdiction", "at", "id"], name="audit_event_by_time"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                fields=["jurisdiction", "by_user", "at", "id"], name="audit_event_of_a_person"
            ),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["jurisdiction", "kind", "at", "id"], name="audit_event_of_a_kind"),
        ),
        migrations.AddIndex(
            model_name="partnershipevent",
            index=models.Index(fields=["at", "id"], name="partnership_event_by_time"),
        ),
    ]
