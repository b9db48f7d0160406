"""What patients agreed to.

Locks: SHARE ROW EXCLUSIVE on what the new table points to, for milliseconds.
Back: the reverse drops the table; what was put down there is lost.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from carestation.groups.choices import Relation
from carestation.kernel.ids import uuid7
from carestation.patients.choices import ConsentForm, ConsentScope

PROTECT = django.db.models.deletion.PROTECT
STANDS = models.Q(
    withdrawn_on=None,
    withdrawal_sealed=None,
    withdrawal_recorder=None,
    withdrawal_recorded_at=None,
)
IS_WITHDRAWN = models.Q(
    withdrawn_on__gte=models.F("given_on"),
    withdrawal_sealed__isnull=False,
    withdrawal_recorder__isnull=False,
    withdrawal_recorded_at__isnull=False,
)


def pointing(to: str, **more: bool) -> models.ForeignKey:
    return models.ForeignKey(on_delete=PROTECT, related_name="+", to=to, **more)


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("scope", models.CharField(choices=ConsentScope.choices, max_length=20)),
                ("form", models.CharField(choices=ConsentForm.choices, max_length=20)),
                ("given_by", models.CharField(choices=Relation.choices, max_length=20)),
                ("given_on", models.DateField()),
                ("words_sealed", models.BinaryField()),
                ("recorded_at", models.DateTimeField()),
                ("withdrawn_on", models.DateField(null=True)),
                ("withdrawal_sealed", models.BinaryField(null=True)),
                ("withdrawal_recorded_at", models.DateTimeField(null=True)),
                ("patient", pointing("patients.patient")),
                ("recorder", pointing(settings.AUTH_USER_MODEL)),
                ("withdrawal_recorder", pointing(settings.AUTH_USER_MODEL, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=STANDS | IS_WITHDRAWN, name="patients_withdrawal_is_whole"
                    )
                ],
            },
        ),
    ]
