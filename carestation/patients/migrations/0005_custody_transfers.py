"""Proposals that another facility manages a patient's group, and what became of each.

Locks: SHARE ROW EXCLUSIVE on what the new table points to, for milliseconds.
Back: the reverse drops the table; which facility manages a group stays as it is then.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from carestation.kernel.ids import uuid7
from carestation.patients.choices import CustodyEnd

PROTECT = django.db.models.deletion.PROTECT
DECIDED = [CustodyEnd.ACCEPTED, CustodyEnd.DECLINED]
NOT_ITSELF = ~models.Q(giver=models.F("taker"))
HAS_OUTCOME = models.Q(ended_at=None, outcome="", decider=None) | (
    models.Q(ended_at__isnull=False) & ~models.Q(outcome="")
)
BY_SOMEONE = models.Q(decider__isnull=False) | ~models.Q(outcome__in=DECIDED)


def pointing(to: str, *, null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(null=null, on_delete=PROTECT, related_name="+", to=to)


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0004_emergency_access"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="CustodyTransfer",
            fields=[
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("proposed_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True, choices=CustodyEnd.choices, default="", max_length=20
                    ),
                ),
                ("patient", pointing("patients.patient")),
                ("giver", pointing("facilities.facility")),
                ("taker", pointing("facilities.facility")),
                ("proposer", pointing(settings.AUTH_USER_MODEL)),
                ("decider", pointing(settings.AUTH_USER_MODEL, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("patient",),
                        condition=models.Q(ended_at=None),
                        name="patients_custody_is_proposed_once",
                    ),
                    models.CheckConstraint(
                        condition=NOT_ITSELF, name="patients_custody_goes_elsewhere"
                    ),
                    models.CheckConstraint(
                        condition=HAS_OUTCOME, name="patients_custody_end_has_outcome"
                    ),
                    models.CheckConstraint(
                        condition=BY_SOMEONE, name="patients_custody_is_decided_by_someone"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["giver", "-id"], name="patients_custody_given"),
                    models.Index(fields=["taker", "-id"], name="patients_custody_taken"),
                ],
            },
        ),
    ]
