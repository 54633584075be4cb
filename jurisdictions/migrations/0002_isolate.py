from django.db import migrations

from jurisdictions.operations import IsolateByJurisdiction


class Migration(migrations.Migration):
    """Put every table behind the wall; keep every reference inside one jurisdiction."""

    dependencies = [("jurisdictions", "0001_initial")]

    operations = [
        IsolateByJurisdiction("agencypolicy"),
        IsolateByJurisdiction("auditevent"),
    ]
