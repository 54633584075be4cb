from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Ask of the review reports that stood before that each has a format we know. Reads the table, and locks no
    writer out."""

    dependencies = [("reviews", "0012_data_packs")]

    operations = [
        ValidateConstraint(model_name="reviewreport", name="report_format_is_known"),
    ]
