"""Talks from before have their pair: of two with the same people, the older is theirs.

Locks: none but on the rows that it adds; it reads the members of talks once.
Back: nothing to undo: the table goes with the migration before.
"""

from django.db import migrations

PAIR = """
INSERT INTO groups_pair (group_id, lower_id, higher_id)
SELECT g.id, p.people[1], p.people[2] FROM groups_group g
CROSS JOIN LATERAL (
  SELECT array_agg(DISTINCT m.user_id ORDER BY m.user_id) AS people
  FROM groups_membership m WHERE m.group_id = g.id
) p
WHERE g.kind = 'direct' AND cardinality(p.people) = 2
ORDER BY g.created_at, g.id ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0005_pairs")]
    operations = [migrations.RunSQL(PAIR, migrations.RunSQL.noop)]
