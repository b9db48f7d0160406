"""How often a facility takes a copy of its data, and when one was received first.

Locks: ACCESS EXCLUSIVE on exports_export for milliseconds: a column that may be empty is added.
Back: the reverse drops table and column; nothing is made by itself any more.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from carestation.kernel.ids import uuid7

PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [
        ("exports", "0001_initial"),
        ("facilities", "0008_custom_roles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="export",
            name="fetched_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="ExportPlan",
            fields=[
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                (
                    "facility",
                    models.OneToOneField(
                        on_delete=PROTECT, related_name="+", to="facilities.facility"
                    ),
                ),
                (
                    "rhythm",
                    models.CharField(
                        choices=[("weekly", "毎週"), ("monthly", "毎月")],
                        default="monthly",
                        max_length=10,
                    ),
                ),
                ("pass_phrase_sealed", models.BinaryField(null=True)),
                ("planned_at", models.DateTimeField(null=True)),
                ("reminded_at", models.DateTimeField(null=True)),
                (
                    "planner",
                    models.ForeignKey(
                        null=True,
                        on_delete=PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(pass_phrase_sealed=None)
                        | models.Q(planner__isnull=False),
                        name="exports_plan_has_planner",
                    )
                ],
            },
        ),
    ]
