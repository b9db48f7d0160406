"""A membership can have an end from the beginning; past it, the database gives no seat.

Locks: ACCESS EXCLUSIVE on groups_membership, for milliseconds: a column without a rewrite, and a
check that the next migration validates.
Back: the reverse makes the view as it was and drops the column. Who has expired and was not ended
yet would sit again: end them before.
"""

from importlib import import_module

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

BEFORE = import_module("carestation.groups.migrations.0007_a_frozen_facility_gives_no_seat").CREATE
CREATE = BEFORE + "  AND (m.expires_at IS NULL OR m.expires_at > now())\n"


class Migration(migrations.Migration):
    dependencies = [("groups", "0007_a_frozen_facility_gives_no_seat")]
    operations = [
        migrations.AddField("membership", "expires_at", models.DateTimeField(null=True)),
        AddConstraintNotValid(
            "membership",
            models.CheckConstraint(
                condition=models.Q(expires_at=None) | models.Q(role="professional"),
                name="groups_what_expires_is_a_professionals",
            ),
        ),
        migrations.RunSQL(CREATE, BEFORE),
    ]
