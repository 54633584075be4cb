import django.db.models.deletion
from django.db import migrations

import jurisdictions.fields
from jurisdictions.operations import SameJurisdiction


class Migration(migrations.Migration):
    """A review pins what its agency asked besides when it began."""

    dependencies = [
        ("dictionary", "0002_own_questions"),
        ("reviews", "0013_formats_of_earlier_rows"),
    ]

    operations = [
        migrations.AddField(
            model_name="review",
            name="own_edition",
            field=jurisdictions.fields.Within(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dictionary.ownedition",
            ),
        ),
        SameJurisdiction("review", "own_edition"),
    ]
