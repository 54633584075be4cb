from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Ask of the reviews that stood before that none of them came as reported."""

    dependencies = [("reviews", "0010_states_of_earlier_rows")]

    operations = [
        ValidateConstraint(model_name="review", name="review_as_reported_came_with_an_import"),
    ]
