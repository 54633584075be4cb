from django.db import migrations

from jurisdictions.operations import IsolateByJurisdiction, SameJurisdiction


class Migration(migrations.Migration):
    """Put every table behind the wall; keep every reference inside one jurisdiction."""

    dependencies = [("inbox", "0001_initial"), ("jurisdictions", "0002_isolate")]

    operations = [
        IsolateByJurisdiction("message"),
        SameJurisdiction("message", "to"),
    ]
