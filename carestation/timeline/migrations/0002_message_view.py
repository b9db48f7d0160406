"""A view that joins a post to what is shown of it: author, place of work, signs, files.

It holds no right: every statement that reads it names the group and the side of a seat.
Locks: none but on the catalogue.
Back: the reverse drops the view; no row is touched.
"""

from django.db import migrations

CREATE = """
CREATE VIEW timeline_message AS
SELECT p.id, p.group_id, p.side, p.number, p.last_number, p.changed_seq, p.parent_id, p.author_id,
  p.body_sealed, p.urgency, p.asks_acknowledgement, p.published_at, p.edited_at,
  p.withdrawn_at, u.name_sealed, m.role, m.relation, s.profession, f.name AS facility,
  ARRAY(SELECT a.user_id FROM timeline_acknowledgement a
    WHERE a.post_id = p.id AND a.withdrawn_at IS NULL ORDER BY a.at) AS acknowledged_by,
  ARRAY(SELECT jsonb_build_object('id', t.id, 'media_type', t.media_type,
      'size_bytes', t.size_bytes, 'width', t.width, 'height', t.height,
      'thumbnail_bytes', t.thumbnail_bytes, 'name_sealed', encode(t.name_sealed, 'base64'))
    FROM timeline_attachment t WHERE t.post_id = p.id ORDER BY t.place) AS files,
  CASE WHEN cardinality(p.mentions) > 0 THEN ARRAY(
    SELECT jsonb_build_object('id', x.id, 'name_sealed', encode(x.name_sealed, 'base64'))
    FROM accounts_user x WHERE x.id = ANY (p.mentions) ORDER BY x.id)
  ELSE '{}' END AS mentioned
FROM timeline_post p
JOIN accounts_user u ON u.id = p.author_id
JOIN groups_membership m ON m.id = p.membership_id
LEFT JOIN facilities_staff s ON s.id = m.staff_id
LEFT JOIN facilities_facility f ON f.id = s.facility_id
"""


class Migration(migrations.Migration):
    dependencies = [("timeline", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP VIEW timeline_message")]
