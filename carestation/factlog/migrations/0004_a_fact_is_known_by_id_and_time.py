"""Facts have a unique index over id and time, as a table that is kept by months needs it.

Locks: SHARE UPDATE EXCLUSIVE on factlog_loggedfact while it is built; readers and writers go on.
Back: the reverse drops the index; no row is touched.
Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from django.db import migrations


class Migration(migrations.Migration):
    """Build the index."""

    atomic = False
    dependencies = [("factlog", "0003_a_leaf_tells_its_transaction")]
    operations = [
        migrations.RunSQL(
            "CREATE UNIQUE INDEX CONCURRENTLY factlog_fact_in_its_month"
            " ON factlog_loggedfact (id, at)",
            "DROP INDEX factlog_fact_in_its_month",
        )
    ]
