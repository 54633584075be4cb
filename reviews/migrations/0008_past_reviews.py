import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import jurisdictions.fields
from jurisdictions.operations import SameJurisdiction


class Migration(migrations.Migration):
    """Reviews that were closed before their agency came here: a state of their own, and what they came with."""

    dependencies = [
        ("dictionary", "0001_initial"),
        ("jurisdictions", "0003_audit_indexes"),
        ("reviews", "0007_uploads"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="review",
            name="review_state_is_known",
        ),
        migrations.AddField(
            model_name="incidentimport",
            name="shape",
            field=models.CharField(
                choices=[("incidents", "Past incidents"), ("reviews", "Past reviews")],
                db_default="incidents",
                default="incidents",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="reported_by",
            field=jurisdictions.fields.Within(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reviews.incidentimport",
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="reported_closed_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="review",
            name="source_sha256",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
        migrations.AddField(
            model_name="upload",
            name="shape",
            field=models.CharField(
                choices=[("incidents", "Past incidents"), ("reviews", "Past reviews")],
                default="incidents",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="incidentimport",
            name="mapping_sha256",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="review",
            name="state",
            field=models.CharField(
                choices=[
                    ("notified", "Notified"),
                    ("to_be_selected", "Selection to be decided"),
                    ("not_selected", "Not selected"),
                    ("in_review", "In review"),
                    ("with_quality_lead", "With the quality lead"),
                    ("with_director", "With the director"),
                    ("approved", "Approved"),
                    ("as_reported", "As reported"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="notified",
                max_length=20,
            ),
        ),
        AddConstraintNotValid(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "notified",
                            "to_be_selected",
                            "not_selected",
                            "in_review",
                            "with_quality_lead",
                            "with_director",
                            "approved",
                            "as_reported",
                            "withdrawn",
                        ],
                    )
                ),
                name="review_state_is_known",
            ),
        ),
        AddConstraintNotValid(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reported_by__isnull", False), ("state", "as_reported")),
                    models.Q(
                        models.Q(("state", "as_reported"), _negated=True),
                        ("reported_by", None),
                        ("reported_closed_on", None),
                    ),
                    _connector="OR",
                ),
                name="review_as_reported_came_with_an_import",
            ),
        ),
        SameJurisdiction("review", "reported_by"),
    ]
