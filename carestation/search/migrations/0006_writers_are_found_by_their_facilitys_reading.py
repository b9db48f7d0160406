"""Whose posts one can find is told with the reading of their facility.

Locks: ACCESS EXCLUSIVE on the view search_writer, for milliseconds.
Back: the reverse makes the view as it was.
"""

from importlib import import_module

from django.db import migrations

_BEFORE = import_module("carestation.search.migrations.0003_entries_of_ones_own_sides")
WRITER = _BEFORE.WRITER.replace("m.began_at\nFROM", "m.began_at, f.kana AS facility_kana\nFROM")


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0005_numbers_of_a_group_lie_together"),
        ("facilities", "0011_readings"),
    ]
    operations = [
        migrations.RunSQL(
            WRITER.replace("CREATE VIEW", "CREATE OR REPLACE VIEW") + _BEFORE.IS_OWN,
            "DROP VIEW search_writer;" + _BEFORE.WRITER + _BEFORE.IS_OWN,
        )
    ]
