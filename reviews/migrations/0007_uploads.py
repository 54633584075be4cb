import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import jurisdictions.fields
from jurisdictions.operations import IsolateByJurisdiction, SameJurisdiction


class Migration(migrations.Migration):
    """Files that people bring in through the browser: the file, how it is read, and each pass of it."""

    dependencies = [
        ("jurisdictions", "0003_audit_indexes"),
        ("reviews", "0006_number_form_of_earlier_rows"),
    ]

    operations = [
        migrations.AlterField(
            model_name="incidentimport",
            name="at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.CreateModel(
            name="ImportUndone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("removed", models.PositiveIntegerField()),
                ("restored", models.PositiveIntegerField()),
                (
                    "by",
                    jurisdictions.fields.Within(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jurisdictions.membership",
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jurisdictions.jurisdiction",
                    ),
                ),
                (
                    "receipt",
                    jurisdictions.fields.WithinOneToOne(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone",
                        to="reviews.incidentimport",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Upload",
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
                ("at", models.DateTimeField(auto_now_add=True)),
                ("file_name", models.CharField(max_length=200)),
                ("file", models.CharField(blank=True, max_length=200)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveIntegerField()),
                ("refused", models.TextField(blank=True, max_length=2000)),
                ("encoding", models.CharField(blank=True, max_length=20)),
                ("sheets", models.JSONField(default=list)),
                ("sheet", models.PositiveSmallIntegerField(null=True)),
                ("header_row", models.PositiveSmallIntegerField(null=True)),
                ("columns", models.JSONField(default=list)),
                ("mapping", models.TextField(blank=True, max_length=200000)),
                ("version", models.PositiveIntegerField(default=1)),
                ("taken_away_at", models.DateTimeField(null=True)),
                (
                    "by",
                    jurisdictions.fields.Within(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jurisdictions.membership",
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jurisdictions.jurisdiction",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ImportRun",
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
                ("keeps", models.BooleanField()),
                ("mapping", models.TextField(max_length=200000)),
                ("mapping_version", models.PositiveIntegerField()),
                ("refused", models.TextField(blank=True, max_length=2000)),
                ("rows", models.PositiveIntegerField(null=True)),
                ("accepted", models.PositiveIntegerField(default=0)),
                ("with_warnings", models.PositiveIntegerField(default=0)),
                ("returned", models.PositiveIntegerField(default=0)),
                ("created", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("told", models.JSONField(default=dict)),
                ("file", models.CharField(blank=True, max_length=200)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveIntegerField(null=True)),
                (
                    "by",
                    jurisdictions.fields.Within(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jurisdictions.membership",
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jurisdictions.jurisdiction",
                    ),
                ),
                (
                    "receipt",
                    jurisdictions.fields.WithinOneToOne(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="run",
                        to="reviews.incidentimport",
                    ),
                ),
                (
                    "upload",
                    jurisdictions.fields.Within(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="reviews.upload",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SavedMapping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("document", models.TextField(max_length=200000)),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200)),
                ),
                ("saved_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jurisdictions.jurisdiction",
                    ),
                ),
                (
                    "saved_by",
                    jurisdictions.fields.Within(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jurisdictions.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("jurisdiction"), models.F("name"), name="mapping_once_per_name"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(
                condition=models.Q(("dead_at", None), ("done_at", None)),
                fields=["jurisdiction", "due_at"],
                name="upload_owed",
            ),
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(fields=["jurisdiction", "by", "-at"], name="upload_of_a_person"),
        ),
        migrations.AddIndex(
            model_name="importrun",
            index=models.Index(
                condition=models.Q(("dead_at", None), ("done_at", None)),
                fields=["jurisdiction", "due_at"],
                name="import_run_owed",
            ),
        ),
        migrations.AddIndex(
            model_name="importrun",
            index=models.Index(fields=["jurisdiction", "upload"], name="import_run_of_an_upload"),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("receipt", None), ("keeps", True), _connector="OR"),
                name="run_with_a_receipt_keeps",
            ),
        ),
        IsolateByJurisdiction("upload"),
        IsolateByJurisdiction("savedmapping"),
        IsolateByJurisdiction("importrun"),
        IsolateByJurisdiction("importundone"),
        SameJurisdiction("upload", "by"),
        SameJurisdiction("savedmapping", "saved_by"),
        SameJurisdiction("importrun", "upload"),
        SameJurisdiction("importrun", "by"),
        SameJurisdiction("importrun", "receipt"),
        SameJurisdiction("importundone", "receipt"),
        SameJurisdiction("importundone", "by"),
    ]
