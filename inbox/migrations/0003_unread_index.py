from django.db import migrations, models


class Migration(migrations.Migration):
    """The count of unread messages is read off an index that holds nothing else."""

    dependencies = [
        ("inbox", "0002_isolate"),
        ("jurisdictions", "0002_isolate"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("read_at", None)), fields=["jurisdiction", "to"], name="message_unread"
            ),
        ),
    ]
