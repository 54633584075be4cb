from django.db import migrations, models


class Migration(migrations.Migration):
    """How many remarks came with a message. Of earlier messages it is not known."""

    dependencies = [
        ("inbox", "0002_isolate"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="count",
            field=models.PositiveSmallIntegerField(null=True),
        ),
    ]
