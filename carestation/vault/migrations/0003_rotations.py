"""Keys that turn say in a row how far they are.

Locks: none that anybody waits for: a new table.
Back: the reverse drops the table; keys that had begun to turn stay as they are and open everything.
Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from django.db import migrations, models

from carestation.kernel.ids import uuid7
from carestation.vault.choices import Level, Stage


class Migration(migrations.Migration):
    dependencies = [("vault", "0002_ids_of_keys")]
    operations = [
        migrations.CreateModel(
            "Rotation",
            [
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("level", models.CharField(choices=Level.choices, max_length=10)),
                ("target_id", models.UUIDField(null=True)),
                (
                    "stage",
                    models.CharField(choices=Stage.choices, default=Stage.ADD, max_length=10),
                ),
                ("last_id", models.UUIDField(null=True)),
                ("resealed", models.BigIntegerField(default=0)),
                ("began_at", models.DateTimeField()),
                ("rests_until", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddConstraint(
            "rotation",
            models.UniqueConstraint(
                fields=["ended_at"],
                condition=models.Q(ended_at=None),
                nulls_distinct=False,
                name="vault_keys_turn_one_at_a_time",
            ),
        ),
    ]
