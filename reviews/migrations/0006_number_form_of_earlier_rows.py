from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Read the incidents that stood before, in a transaction of its own: they can be written meanwhile."""

    dependencies = [("reviews", "0005_number_form")]

    operations = [
        ValidateConstraint(model_name="incident", name="incident_number_is_a_year_and_a_sequence"),
    ]
