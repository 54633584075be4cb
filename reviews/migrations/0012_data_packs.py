import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import jurisdictions.fields
from jurisdictions.operations import IsolateByJurisdiction, SameJurisdiction


class Migration(migrations.Migration):
    """The agency's own data as files, and review reports for a word processor. The format of the reports before is
    asked by the next migration."""

    dependencies = [
        ("dictionary", "0001_initial"),
        ("jurisdictions", "0004_sessions"),
        ("reviews", "0011_reported_of_earlier_rows"),
    ]

    operations = [
        migrations.CreateModel(
            name="DataPack",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("claim", models.UUIDField(default=None, null=True)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("trouble", models.CharField(blank=True, max_length=80)),
                ("done_at", models.DateTimeField(null=True)),
                ("dead_at", models.DateTimeField(null=True)),
                ("chosen", models.JSONField(default=dict)),
                ("file", models.CharField(blank=True, max_length=200)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveBigIntegerField(null=True)),
                (
                    "reviews",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True),
                ),
            ],
        ),
        migrations.AddField(
            model_name="reviewreport",
            name="format",
            field=models.CharField(
                choices=[("pdf", "PDF"), ("docx", "Word")], db_default="pdf", default="pdf", max_length=4
            ),
        ),
        AddConstraintNotValid(
            model_name="reviewreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("format__in", ["pdf", "docx"])), name="report_format_is_known"
            ),
        ),
        migrations.AddField(
            model_name="datapack",
            name="asked_by",
            field=jurisdictions.fields.Within(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="jurisdictions.membership",
            ),
        ),
        migrations.AddField(
            model_name="datapack",
            name="jurisdiction",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="jurisdictions.jurisdiction"
            ),
        ),
        migrations.AddIndex(
            model_name="datapack",
            index=models.Index(
                condition=models.Q(("dead_at", None), ("done_at", None)),
                fields=["jurisdiction", "due_at"],
                name="data_pack_owed",
            ),
        ),
        IsolateByJurisdiction("DataPack"),
        SameJurisdiction("DataPack", "asked_by"),
    ]
