"""Each entry that is sealed from now on has a mark that only the vault's key makes.

Locks: nothing that is used: a new table.
Back: the reverse drops the table; what is bent together with its entry is named by a stretch again.
Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Make the table, and leave what was marked as it is."""

    dependencies = [("audit", "0006_what_is_not_sealed_is_said")]
    operations = [
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("first", models.BigIntegerField(primary_key=True, serialize=False)),
                ("marks", models.BinaryField()),
            ],
        ),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE ON audit_mark FROM carestation_app",
            migrations.RunSQL.noop,
        ),
    ]
