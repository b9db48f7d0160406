"""Facilities that the operator opened are approved from the day on which they were.

Locks: their rows, for milliseconds; there is one row per facility.
Back: nothing to undo: the column goes with the migration before.
"""

from django.db import migrations

APPROVE = "UPDATE facilities_facility SET approved_at = created_at WHERE approved_at IS NULL"


class Migration(migrations.Migration):
    dependencies = [("facilities", "0004_facilities_that_register")]
    operations = [migrations.RunSQL(APPROVE, migrations.RunSQL.noop)]
