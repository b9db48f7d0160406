"""The numbers of a group lie side by side in the index: the group's bits stand in front of them.

Locks: ACCESS EXCLUSIVE on search_entry while the numbers are written anew and the index is made
again, minutes for a million posts: looking for posts, and the follower, wait so long.
Back: nothing to take back. The version before works with it, but finds posts again only after its
own `carestation search --rebuild`; this one finds after the same what that wrote while both ran.
"""

from django.db import migrations

TOGETHER = """
DROP INDEX search_entry_grams;
UPDATE search_entry SET grams = ARRAY(
  SELECT (('x' || right(group_id::text, 4))::bit(16)::bigint << 48) | (g & 281474976710655) AS n
  FROM unnest(grams) g ORDER BY n);
CREATE INDEX search_entry_grams ON search_entry USING gin (grams) WITH (fastupdate = off);
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0004_words_of_documents")]
    operations = [migrations.RunSQL(TOGETHER, migrations.RunSQL.noop)]
