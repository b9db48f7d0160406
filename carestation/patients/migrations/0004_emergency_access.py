"""Seats that were taken in an emergency: why, and which manager looked into it.

Locks: SHARE ROW EXCLUSIVE on what the new table points to, for milliseconds.
Back: the reverse drops the table; memberships stay, and expire as they would.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from carestation.kernel.ids import uuid7

PROTECT = django.db.models.deletion.PROTECT
WHOLE = models.Q(reviewer=None, reviewed_at=None) | models.Q(
    reviewer__isnull=False, reviewed_at__isnull=False
)


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0003_likeness"),
        ("groups", "0009_what_expires_is_found"),
        ("facilities", "0007_rulings_of_the_operator"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="EmergencyAccess",
            fields=[
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("reason_sealed", models.BinaryField()),
                ("reviewed_at", models.DateTimeField(null=True)),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=PROTECT, related_name="+", to="facilities.facility"
                    ),
                ),
                (
                    "membership",
                    models.OneToOneField(
                        on_delete=PROTECT, related_name="+", to="groups.membership"
                    ),
                ),
                (
                    "reviewer",
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
                    models.CheckConstraint(condition=WHOLE, name="patients_review_is_whole")
                ],
                "indexes": [
                    models.Index(fields=["facility", "-id"], name="patients_emergency_by_facility")
                ],
            },
        ),
    ]
