"""A view of every seat that stands: who sits in which group, at which side, how far read.

It says nothing of which side is open to whom: that is `rules.may_see`, asked by the loaders.
Locks: none but on the catalogue.
Back: the reverse drops the view; no row is touched.
"""

from django.db import migrations

CREATE = """
CREATE VIEW groups_seat AS
SELECT m.group_id, m.user_id, t.side, g.kind, g.archived_at IS NOT NULL AS is_archived,
  t.id AS timeline_id, t.seq, t.posts, m.id AS membership_id, m.role, m.staff_id, s.facility_id,
  r.id AS mark_id, r.number AS mark
FROM groups_membership m
JOIN groups_group g ON g.id = m.group_id
JOIN groups_timeline t ON t.group_id = m.group_id
JOIN groups_readmark r ON r.group_id = m.group_id AND r.membership_id = m.id
  AND r.timeline_id = t.id
LEFT JOIN facilities_staff s ON s.id = m.staff_id
WHERE m.left_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0001_initial"), ("facilities", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP VIEW groups_seat")]
