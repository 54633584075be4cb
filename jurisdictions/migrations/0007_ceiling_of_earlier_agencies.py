from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Read the agencies that stood before, in a transaction of its own."""

    dependencies = [("jurisdictions", "0006_ceiling_contacts_audit_files")]

    operations = [
        ValidateConstraint(
            model_name="jurisdiction", name="role_ceiling_is_of_known_roles_and_keeps_administrators"
        ),
    ]
