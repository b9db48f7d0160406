"""Facilities register themselves, accept terms, and are approved.

Locks: ACCESS EXCLUSIVE on facilities_facility, for milliseconds: columns without a rewrite.
Back: the reverse drops columns and tables; what waited for approval takes part.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from carestation.facilities.choices import FacilityKind
from carestation.kernel.ids import uuid7

PROTECT = django.db.models.deletion.PROTECT


def pointing(to: str, **more: bool) -> models.ForeignKey:
    return models.ForeignKey(on_delete=PROTECT, related_name="+", to=to, **more)


def own_id() -> tuple[str, models.UUIDField]:
    return ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False))


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0003_staff_invitations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField("facility", "address_sealed", models.BinaryField(null=True)),
        migrations.AddField("facility", "contact_sealed", models.BinaryField(null=True)),
        migrations.AddField("facility", "approved_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="FacilityApplication",
            fields=[
                own_id(),
                ("kind", models.CharField(choices=FacilityKind.choices, max_length=40)),
                ("name_sealed", models.BinaryField()),
                ("address_sealed", models.BinaryField()),
                ("contact_sealed", models.BinaryField()),
                ("terms_version", models.CharField(max_length=20)),
                ("created_at", models.DateTimeField()),
                ("facility", pointing("facilities.facility", null=True)),
            ],
        ),
        migrations.CreateModel(
            name="TermsAcceptance",
            fields=[
                own_id(),
                ("version", models.CharField(max_length=20)),
                ("accepted_at", models.DateTimeField()),
                ("facility", pointing("facilities.facility")),
                ("user", pointing(settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("facility", "version"),
                        name="facilities_terms_are_accepted_once",
                    )
                ]
            },
        ),
    ]
