"""What did not work is told by the operator: from when to when, and in words.

Locks: none; two tables are made.
Back: the reverse drops them, with what was told.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

from carestation.kernel.ids import uuid7


class Migration(migrations.Migration):
    dependencies = [("support", "0002_how_much_runs")]
    operations = [
        migrations.CreateModel(
            name="Outage",
            fields=[
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=60)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            ("ended_at", None), ("ended_at__gte", F("began_at")), _connector="OR"
                        ),
                        name="support_outage_ends_after_it_began",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OutageNote",
            fields=[
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("words", models.CharField(max_length=500)),
                ("written_at", models.DateTimeField()),
                (
                    "outage",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="support.outage",
                    ),
                ),
            ],
        ),
    ]
