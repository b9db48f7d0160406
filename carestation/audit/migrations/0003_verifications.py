"""What was found when the whole log was read.

Locks: nothing that is used: a new table.
Back: the reverse drops the table; the next hour finds it again.
Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from django.db import migrations, models

from carestation.audit.choices import Wrong
from carestation.kernel.ids import uuid7


class Migration(migrations.Migration):
    """Make the table, and leave what was found as it is."""

    dependencies = [("audit", "0002_what_is_sealed_is_final")]
    operations = [
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("facts", models.BigIntegerField()),
                ("checkpoints", models.BigIntegerField()),
                ("wrong", models.CharField(blank=True, choices=Wrong.choices, max_length=20)),
                ("number", models.BigIntegerField(null=True)),
                ("fact_id", models.BigIntegerField(null=True)),
            ],
        ),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE ON audit_verification FROM carestation_app",
            migrations.RunSQL.noop,
        ),
    ]
