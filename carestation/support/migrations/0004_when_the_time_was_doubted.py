"""Stretches of the log whose time nobody vouched for are kept.

Locks: none; a table is made.
Back: the reverse drops it; the facts of its beginnings and ends stay in the log.
Controls: ISO/IEC 27017 8.17; white paper 「ログ」.
"""

from django.db import migrations, models

from carestation.kernel.ids import uuid7


class Migration(migrations.Migration):
    dependencies = [("support", "0003_outages")]
    operations = [
        migrations.CreateModel(
            name="ClockDoubt",
            fields=[
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("after_fact", models.BigIntegerField()),
                ("last_fact", models.BigIntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("last_fact",),
                        nulls_distinct=False,
                        name="support_clock_doubt_is_one",
                    )
                ],
            },
        ),
    ]
