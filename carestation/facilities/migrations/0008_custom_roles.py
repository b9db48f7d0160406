"""Roles that a facility makes for itself, with their rights, and who has one.

Locks: SHARE ROW EXCLUSIVE on facilities_facility and ACCESS EXCLUSIVE on facilities_staff, for
milliseconds: the column is empty, so its constraints have nothing to look through.
Back: the reverse drops tables and column; who had a custom role is a member, as `role` says.
"""

import django.db.models.deletion
from django.db import migrations, models

from carestation.facilities.choices import Right
from carestation.kernel.ids import uuid7

PROTECT = django.db.models.deletion.PROTECT
ROLE_OR_NONE = models.Q(custom_role=None) | models.Q(role="member")


def pointing(to: str, *, null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(null=null, on_delete=PROTECT, related_name="+", to=to)


class Migration(migrations.Migration):
    dependencies = [("facilities", "0007_rulings_of_the_operator")]
    operations = [
        migrations.CreateModel(
            name="CustomRole",
            fields=[
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("name_sealed", models.BinaryField()),
                ("version", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("facility", pointing("facilities.facility")),
            ],
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("right", models.CharField(choices=Right.choices, max_length=30)),
                ("role", pointing("facilities.customrole")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("role", "right"), name="facilities_right_is_given_once"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="staff",
            name="custom_role",
            field=pointing("facilities.customrole", null=True),
        ),
        migrations.AddConstraint(
            model_name="staff",
            constraint=models.CheckConstraint(
                condition=ROLE_OR_NONE, name="facilities_manager_has_no_custom_role"
            ),
        ),
    ]
