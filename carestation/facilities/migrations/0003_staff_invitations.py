"""Invitations to the staff of a facility.

Locks: SHARE ROW EXCLUSIVE on what the new table points to, for milliseconds.
Back: the reverse drops the table; links that are open lead nowhere.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from carestation.facilities.choices import Profession, StaffRole
from carestation.kernel.ids import uuid7

PROTECT = django.db.models.deletion.PROTECT
WAITING = models.Q(accepted_at=None, cancelled_at=None)
HAS_PLACE = models.Q(accepted_at=None, staff=None) | models.Q(
    accepted_at__isnull=False, staff__isnull=False, cancelled_at=None
)


def pointing(to: str, **more: bool) -> models.ForeignKey:
    return models.ForeignKey(on_delete=PROTECT, related_name="+", to=to, **more)


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0002_standing_places"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="StaffInvitation",
            fields=[
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("email_index", models.BinaryField(max_length=32)),
                ("email_sealed", models.BinaryField()),
                ("name_sealed", models.BinaryField()),
                ("profession", models.CharField(choices=Profession.choices, max_length=40)),
                ("role", models.CharField(choices=StaffRole.choices, max_length=20)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("facility", pointing("facilities.facility")),
                ("inviter", pointing(settings.AUTH_USER_MODEL)),
                ("staff", pointing("facilities.staff", null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=WAITING,
                        fields=("facility", "email_index"),
                        name="facilities_address_is_invited_once",
                    ),
                    models.CheckConstraint(
                        condition=HAS_PLACE, name="facilities_accepted_has_place"
                    ),
                ],
            },
        ),
    ]
