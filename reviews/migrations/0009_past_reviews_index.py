from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The list of reviews as reported, newest first; built beside the writers."""

    atomic = False

    dependencies = [("reviews", "0008_past_reviews")]

    operations = [
        AddIndexConcurrently(
            model_name="review",
            index=models.Index(
                condition=models.Q(("state", "as_reported")),
                fields=["jurisdiction", "-incident"],
                name="review_as_reported",
            ),
        ),
    ]
