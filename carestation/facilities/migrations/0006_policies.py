"""A facility's own rules, version by version.

Locks: SHARE ROW EXCLUSIVE on what the new table points to, for milliseconds.
Back: the reverse drops the table; what binds people stays as it stood.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from carestation.facilities.choices import Allowed
from carestation.kernel.ids import uuid7

PROTECT = django.db.models.deletion.PROTECT
SOUND = models.Q(
    idle_minutes__range=(5, 60),
    absolute_hours__range=(1, 24),
    shortest_password__range=(8, 64),
    retention_years__range=(5, 30),
)


def pointing(to: str) -> models.ForeignKey:
    return models.ForeignKey(on_delete=PROTECT, related_name="+", to=to)


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0005_who_is_here_is_approved"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Policy",
            fields=[
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField()),
                ("second_factor", models.BooleanField()),
                ("idle_minutes", models.PositiveSmallIntegerField()),
                ("absolute_hours", models.PositiveSmallIntegerField()),
                ("shortest_password", models.PositiveSmallIntegerField()),
                ("trusted_devices", models.BooleanField()),
                ("may_invite", models.CharField(choices=Allowed.choices, max_length=10)),
                ("may_export", models.CharField(choices=Allowed.choices, max_length=10)),
                ("family_invitations", models.BooleanField()),
                ("retention_years", models.PositiveSmallIntegerField()),
                ("decided_at", models.DateTimeField()),
                ("author", pointing(settings.AUTH_USER_MODEL)),
                ("facility", pointing("facilities.facility")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("facility", "version"), name="facilities_policy_version_is_one"
                    ),
                    models.CheckConstraint(condition=SOUND, name="facilities_policy_is_sound"),
                ],
            },
        ),
    ]
