from django.db import migrations, models


class Migration(migrations.Migration):
    """Keep what a file of the audit calls by its name. Of earlier files it is not known: they are made again."""

    dependencies = [("jurisdictions", "0007_ceiling_of_earlier_agencies")]

    operations = [
        migrations.AddField(model_name="auditexport", name="named", field=models.JSONField(null=True)),
    ]
