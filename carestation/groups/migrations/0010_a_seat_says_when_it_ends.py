"""A seat says when it ends by itself, if it does: who came for a time brings nobody in.

Locks: none but on the catalogue.
Back: the reverse makes the view as it was; no row is touched.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("carestation.groups.migrations.0008_a_membership_can_expire").CREATE
CREATE = BEFORE.replace("r.number AS mark\n", "r.number AS mark, m.expires_at\n")
# A view that is there can gain a column, and lose none.
DROP = "DROP VIEW groups_seat;"


class Migration(migrations.Migration):
    dependencies = [("groups", "0009_what_expires_is_found")]
    operations = [migrations.RunSQL(CREATE, DROP + BEFORE)]
