import django.db.models.deletion
from django.db import migrations, models

import jurisdictions.fields
from jurisdictions.operations import IsolateByJurisdiction, SameJurisdiction


class Migration(migrations.Migration):
    """What an agency asks besides: its released questions, its draft, and a file brought to that."""

    dependencies = [
        ("dictionary", "0001_initial"),
        ("jurisdictions", "0004_sessions"),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("questions", models.JSONField(default=list)),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "changed_by",
                    jurisdictions.fields.Within(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jurisdictions.membership",
                    ),
                ),
                (
                    "jurisdiction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jurisdictions.jurisdiction",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="QuestionFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("kind", models.CharField(max_length=10)),
                ("sha256", models.CharField(max_length=64)),
                ("offered", models.JSONField()),
                ("losses", models.JSONField()),
                ("at", models.DateTimeField(auto_now_add=True)),
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
                    "draft",
                    jurisdictions.fields.WithinOneToOne(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="file",
                        to="dictionary.owndraft",
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
            name="OwnEdition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("questions", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("released_at", models.DateTimeField()),
                (
                    "base",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dictionary.edition"
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
                    "released_by",
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
                        models.F("jurisdiction"), models.F("number"), name="own_edition_numbered_once"
                    )
                ],
            },
        ),
        IsolateByJurisdiction("ownedition"),
        IsolateByJurisdiction("owndraft"),
        IsolateByJurisdiction("questionfile"),
        SameJurisdiction("ownedition", "released_by"),
        SameJurisdiction("owndraft", "changed_by"),
        SameJurisdiction("questionfile", "draft"),
        SameJurisdiction("questionfile", "by"),
    ]
