import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """Keep which incidents lie in a file. Of earlier files it is not known: they are made again."""

    dependencies = [("reviews", "0003_held_days")]

    operations = [
        migrations.AddField(
            model_name="incidentexport",
            name="numbers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20), null=True, size=None
            ),
        ),
    ]
