import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import jurisdictions.fields
import jurisdictions.roles
from jurisdictions.operations import IsolateByJurisdiction, SameJurisdiction

ROLES = [
    "reviewer",
    "debriefer",
    "coordinator",
    "quality_lead",
    "director",
    "agency_administrator",
    "guest",
]


class Migration(migrations.Migration):
    """The ceiling over an agency's roles (everything there is, for those that stand), the day it was last active, names
    on invitations; liaison and deputy; the audit as files. The new columns have fixed defaults, so no row is written;
    what is asked of them is asked of earlier rows by the next migration."""

    dependencies = [("jurisdictions", "0005_api_tokens")]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="name",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="active_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="role_ceiling",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40),
                db_default=ROLES,
                default=jurisdictions.roles.every_role,
            ),
        ),
        AddConstraintNotValid(
            model_name="jurisdiction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("role_ceiling__contained_by", ROLES),
                    ("role_ceiling__contains", ["agency_administrator"]),
                ),
                name="role_ceiling_is_of_known_roles_and_keeps_administrators",
                violation_error_message="Choose roles from the list; Agency administrator is always among them.",
            ),
        ),
        migrations.CreateModel(
            name="AgencyContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[("liaison", "Liaison"), ("deputy", "Deputy liaison")], max_length=10
                    ),
                ),
                ("office", models.CharField(blank=True, max_length=120, verbose_name="office or position")),
                (
                    "email",
                    models.EmailField(blank=True, max_length=254, verbose_name="public e-mail address"),
                ),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="public telephone")),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="jurisdictions.jurisdiction",
                    ),
                ),
                (
                    "membership",
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
                        models.F("jurisdiction"), models.F("part"), name="contact_once_per_part"
                    ),
                    models.UniqueConstraint(
                        models.F("jurisdiction"),
                        models.F("membership"),
                        name="liaison_and_deputy_are_two_people",
                        violation_error_message="Choose two different people.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("part__in", ["liaison", "deputy"])), name="contact_part_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("email", ""), _negated=True),
                            models.Q(("phone", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="contact_can_be_reached",
                        violation_error_message="Give a public e-mail address or telephone.",
                    ),
                ],
            },
        ),
        # It lies before the wall; the person it names is of its agency all the same.
        SameJurisdiction("agencycontact", "membership"),
        migrations.CreateModel(
            name="AuditExport",
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
                ("filters", models.JSONField(default=dict)),
                ("file", models.CharField(blank=True, max_length=200)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveIntegerField(null=True)),
                ("rows", models.PositiveIntegerField(null=True)),
                (
                    "asked_by",
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
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("dead_at", None), ("done_at", None)),
                        fields=["jurisdiction", "due_at"],
                        name="audit_export_owed",
                    )
                ],
            },
        ),
        IsolateByJurisdiction("auditexport"),
        SameJurisdiction("auditexport", "asked_by"),
    ]
