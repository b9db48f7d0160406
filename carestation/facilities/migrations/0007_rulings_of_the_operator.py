"""The operator refuses and freezes facilities, and says why.

Locks: ACCESS EXCLUSIVE on facilities_facility, for milliseconds: columns without a rewrite, and a
check over one row per facility.
Back: the reverse drops columns and table; what was frozen takes part, what was refused waits.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from carestation.facilities.choices import Ruling
from carestation.kernel.ids import uuid7

PROTECT = django.db.models.deletion.PROTECT
ONE_STATE = models.Q(approved_at=None, frozen_at=None) | models.Q(
    approved_at__isnull=False, refused_at=None
)


def pointing(to: str) -> models.ForeignKey:
    return models.ForeignKey(on_delete=PROTECT, related_name="+", to=to)


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0006_policies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField("facility", "refused_at", models.DateTimeField(null=True)),
        migrations.AddField("facility", "frozen_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "facility",
            models.CheckConstraint(condition=ONE_STATE, name="facilities_facility_has_one_state"),
        ),
        migrations.CreateModel(
            name="FacilityRuling",
            fields=[
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("ruling", models.CharField(choices=Ruling.choices, max_length=10)),
                ("reason_sealed", models.BinaryField()),
                ("ruled_at", models.DateTimeField()),
                ("facility", pointing("facilities.facility")),
                ("operator", pointing(settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["facility", "-ruled_at"], name="facilities_ruling_by_time")
                ]
            },
        ),
    ]
