from django.db import migrations, models


class Migration(migrations.Migration):
    """Each tab of the list of reviews is read off an index of its own. Builds in seconds; writers wait meanwhile."""

    dependencies = [
        ("dictionary", "0001_initial"),
        ("jurisdictions", "0002_isolate"),
        ("reviews", "0002_isolate"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["jurisdiction", "due_on", "incident"], name="review_by_due"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("state__in", ["in_review", "with_quality_lead", "with_director"])),
                fields=["jurisdiction", "due_on", "incident"],
                name="review_under_way_by_due",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("hold_reason", ""), _negated=True),
                fields=["jurisdiction", "due_on", "incident"],
                name="review_held_by_due",
            ),
        ),
    ]
