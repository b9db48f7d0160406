"""A seat held through a place in a facility stands while that facility is not frozen.

Locks: none but on the catalogue.
Back: the reverse makes the view as it was; no row is touched.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("carestation.groups.migrations.0003_a_seat_needs_a_standing_place").CREATE
CREATE = (
    BEFORE.replace("WHERE", "LEFT JOIN facilities_facility f ON f.id = s.facility_id\nWHERE")
    + "  AND f.frozen_at IS NULL\n"
)


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0006_pairs_of_talks"),
        ("facilities", "0007_rulings_of_the_operator"),
    ]
    operations = [migrations.RunSQL(CREATE, BEFORE)]
