"""Home shows nothing that waits for the 了解 of someone who only reads.

Locks: none but on the catalogue.
Back: the reverse makes the view as it was; no row is touched.
Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module(
    "carestation.timeline.migrations.0004_rows_of_ones_own_sides"
).NEWEST.replace("CREATE VIEW", "CREATE OR REPLACE VIEW")
AFTER = BEFORE.replace(
    "AND a.asks_acknowledgement\n", "AND a.asks_acknowledgement\n    AND m.role <> 'reader'\n"
)


class Migration(migrations.Migration):
    dependencies = [
        ("timeline", "0004_rows_of_ones_own_sides"),
        ("groups", "0014_who_only_reads"),
    ]
    operations = [migrations.RunSQL(AFTER, BEFORE)]
