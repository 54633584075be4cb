from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """What a number looks like: asked of every row from now on; of the rows before, by the next migration."""

    dependencies = [
        ("jurisdictions", "0003_audit_indexes"),
        ("reviews", "0004_export_numbers"),
    ]

    operations = [
        AddConstraintNotValid(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__regex", "^[0-9]{4}-[0-9]{3,}$")),
                name="incident_number_is_a_year_and_a_sequence",
                violation_error_message="A number is a year and a sequence, as 2026-014.",
            ),
        ),
    ]
