"""Keys that were destroyed leave a row that says when, and what they were.

Locks: none that anybody waits for: a new table.
Back: the reverse drops the table; the list beside the database goes on saying it.
Controls: ISO/IEC 27017 8.10, 8.24; white paper 「暗号化」.
"""

from django.db import migrations, models

from carestation.kernel.ids import uuid7
from carestation.vault.models import ScopeKind


class Migration(migrations.Migration):
    dependencies = [("vault", "0004_a_signing_key_can_be_sealed_anew")]
    operations = [
        migrations.CreateModel(
            "Erasure",
            [
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("scope_id", models.UUIDField(unique=True)),
                ("kind", models.CharField(choices=ScopeKind.choices, max_length=20)),
                ("owner_id", models.UUIDField()),
                ("digest", models.BinaryField(max_length=32)),
                ("erased_by", models.UUIDField()),
                ("erased_at", models.DateTimeField()),
            ],
        ),
    ]
