"""New entries of the index wait on a short list and are sorted in together (search/models.py).

Locks: ACCESS EXCLUSIVE on the index search_entry_grams for an instant: no row is touched.
Back: the index sorts each entry in by itself again; what waits on the list is found all the same.
"""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

TOGETHER = """
ALTER INDEX search_entry_grams SET (fastupdate = on, gin_pending_list_limit = 128);
"""
ALONE = """
ALTER INDEX search_entry_grams SET (fastupdate = off);
ALTER INDEX search_entry_grams RESET (gin_pending_list_limit);
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0006_writers_are_found_by_their_facilitys_reading")]
    operations = [
        migrations.RunSQL(
            TOGETHER,
            ALONE,
            state_operations=[
                migrations.RemoveIndex(model_name="entry", name="search_entry_grams"),
                migrations.AddIndex(
                    model_name="entry",
                    index=GinIndex(
                        fields=["grams"], gin_pending_list_limit=128, name="search_entry_grams"
                    ),
                ),
            ],
        )
    ]
