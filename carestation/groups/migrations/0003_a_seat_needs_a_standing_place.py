"""A seat held through a place in a facility stands while that place does: not ended, not paused.

Locks: none but on the catalogue.
Back: the reverse makes the view as it was; no row is touched.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("carestation.groups.migrations.0002_seat_view").CREATE.replace(
    "CREATE VIEW", "CREATE OR REPLACE VIEW"
)
CREATE = BEFORE + "  AND s.ended_at IS NULL AND s.paused_at IS NULL\n"


class Migration(migrations.Migration):
    dependencies = [("groups", "0002_seat_view"), ("facilities", "0002_standing_places")]
    operations = [migrations.RunSQL(CREATE, BEFORE)]
