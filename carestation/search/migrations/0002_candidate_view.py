"""A view that joins an entry of the index to what is read and shown of it.

It holds no right: every statement that reads it names the group of a seat, and its side.
Locks: none but on the catalogue.
Back: the reverse drops the view; no row is touched.
"""

from django.db import migrations

CREATE = """
CREATE VIEW search_candidate AS
SELECT e.id, e.group_id, e.side, e.post_id, e.kind, p.parent_id, p.author_id, p.urgency,
  p.published_at, p.withdrawn_at, CASE WHEN e.kind = 'post' THEN p.body_sealed END AS body_sealed,
  f.name_sealed, u.name_sealed AS author_sealed, m.role, m.relation, s.profession
FROM search_entry e
JOIN timeline_post p ON p.group_id = e.group_id AND p.id = e.post_id
JOIN accounts_user u ON u.id = p.author_id
JOIN groups_membership m ON m.id = p.membership_id
LEFT JOIN facilities_staff s ON s.id = m.staff_id
LEFT JOIN timeline_attachment f ON f.group_id = e.group_id AND f.id = e.id
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP VIEW search_candidate")]
