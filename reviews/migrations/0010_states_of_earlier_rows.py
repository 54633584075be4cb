from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Ask the states of the reviews that stood before, beside the writers."""

    dependencies = [("reviews", "0009_past_reviews_index")]

    operations = [
        ValidateConstraint(model_name="review", name="review_state_is_known"),
    ]
