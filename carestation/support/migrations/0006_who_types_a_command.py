"""Who types a command at the machine, and why, is kept sealed.

Locks: none; a table is made.
Back: the reverse drops it; the facts of what was typed stay in the log.
"""

from django.db import migrations, models

from carestation.kernel.ids import uuid7


class Migration(migrations.Migration):
    dependencies = [("support", "0005_operators_are_reviewed")]
    operations = [
        migrations.CreateModel(
            name="TypedCommand",
            fields=[
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("name_sealed", models.BinaryField()),
                ("account_sealed", models.BinaryField()),
                ("reason_sealed", models.BinaryField()),
            ],
        ),
    ]
