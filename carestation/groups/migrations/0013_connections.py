"""Connections of two people, and offers of one; and invitations to someone who was chosen.

Locks: SHARE ROW EXCLUSIVE on accounts_user and ACCESS EXCLUSIVE on groups_invitation, for
milliseconds: the column has its value from the database.
Back: the reverse drops the tables and the column; who was chosen is invited by mail then.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from carestation.groups.choices import OfferEnd
from carestation.kernel.ids import uuid7

PROTECT = django.db.models.deletion.PROTECT
WAITS = models.Q(ended_at=None)
TO_ONE = models.Q(person=None, email_index__isnull=False, email_sealed__isnull=False) | models.Q(
    person__isnull=False, email_index=None, email_sealed=None
)
HAS_OUTCOME = models.Q(ended_at=None, outcome="") | (
    models.Q(ended_at__isnull=False) & ~models.Q(outcome="")
)


def a_person(*, null: bool = False) -> models.ForeignKey:
    to = settings.AUTH_USER_MODEL
    return models.ForeignKey(null=null, on_delete=PROTECT, related_name="+", to=to)


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0012_who_sits_where"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Connection",
            fields=[
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("lower", a_person()),
                ("higher", a_person()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("lower", "higher"),
                        condition=WAITS,
                        name="groups_two_are_connected_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(lower__lt=models.F("higher")),
                        name="groups_connection_is_ordered",
                    ),
                ],
                "indexes": [models.Index(fields=["higher"], name="groups_connection_of_higher")],
            },
        ),
        migrations.CreateModel(
            name="ConnectionOffer",
            fields=[
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("email_index", models.BinaryField(max_length=32, null=True)),
                ("email_sealed", models.BinaryField(null=True)),
                ("offered_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True, choices=OfferEnd.choices, default="", max_length=20
                    ),
                ),
                ("asker", a_person()),
                ("person", a_person(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("asker", "person"),
                        condition=WAITS,
                        name="groups_person_is_asked_once",
                    ),
                    models.UniqueConstraint(
                        fields=("asker", "email_index"),
                        condition=WAITS,
                        name="groups_address_is_asked_once",
                    ),
                    models.CheckConstraint(
                        condition=TO_ONE, name="groups_offered_to_person_or_address"
                    ),
                    models.CheckConstraint(
                        condition=HAS_OUTCOME, name="groups_offer_end_has_outcome"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["email_index"], name="groups_offer_to_address"),
                    models.Index(fields=["person"], name="groups_offer_to_person"),
                ],
            },
        ),
        migrations.AddField(
            model_name="invitation",
            name="is_to_contact",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
