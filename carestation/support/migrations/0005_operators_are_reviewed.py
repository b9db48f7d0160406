"""Operators sign each quarter that the list of operators is right.

Locks: none; a table is made.
Back: the reverse drops it; the facts of its signatures stay in the log.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from carestation.kernel.ids import uuid7


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("support", "0004_when_the_time_was_doubted"),
    ]
    operations = [
        migrations.CreateModel(
            name="OperatorsReview",
            fields=[
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("people", models.PositiveIntegerField()),
                ("reviewed_at", models.DateTimeField()),
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
