"""Home's list in one look: each side of one's own with its seat, its patient and its last post.

What stands beside a seat is asked for each seat alone (`OFFSET 0` keeps the planner from turning
all tables into one question of twelve: that took 20 ms a connection, now 2).
Locks: none but on the catalogue. The view gains columns, so the version before reads it too.
Back: the reverse makes the view as it was; no row is touched.
Controls: ISO/IEC 27017 8.3, CLD.9.5.1; white paper 「利用者アクセスの管理」.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("carestation.timeline.migrations.0005_who_only_reads_signs_nothing").AFTER
# Seats are the actor's own. The sides in a row of `groups_seat` are those that have a mark, hence
# open to its role; said again all the same, since this view is all that stands before the words.
AFTER = """
CREATE OR REPLACE VIEW timeline_newest AS
SELECT t.user_id, t.group_id, t.side, g.name_sealed, l.post_id, l.body_sealed, l.author_id,
  l.author_sealed, l.published_at, l.withdrawn_at, q.waiting, q.is_urgent,
  o.other_id, o.other_sealed, t.kind, t.is_archived, t.timeline_id, t.seq, t.posts,
  t.membership_id, t.role, t.staff_id, t.facility_id, t.mark_id, t.mark, t.expires_at,
  f.patient_id, f.face_sheet_sealed, f.version
FROM groups_seat t
LEFT JOIN LATERAL (
  SELECT n.name_sealed FROM groups_group n WHERE n.id = t.group_id OFFSET 0
) g ON true
LEFT JOIN LATERAL (
  SELECT p.id AS post_id, p.body_sealed, p.author_id, u.name_sealed AS author_sealed,
    p.published_at, p.withdrawn_at
  FROM timeline_post p JOIN accounts_user u ON u.id = p.author_id
  WHERE p.group_id = t.group_id AND p.side = t.side AND p.number = t.posts OFFSET 0
) l ON true
LEFT JOIN LATERAL (
  SELECT count(*) AS waiting, coalesce(bool_or(a.urgency = 'urgent'), false) AS is_urgent
  FROM groups_membership m JOIN timeline_post a ON a.group_id = m.group_id
  WHERE m.id = t.membership_id AND m.role <> 'reader'
    AND a.group_id = t.group_id AND a.side = t.side AND a.asks_acknowledgement
    AND a.withdrawn_at IS NULL AND a.author_id <> m.user_id AND a.published_at >= m.began_at
    AND (cardinality(a.mentions) = 0 OR m.user_id = ANY (a.mentions))
    AND NOT EXISTS (SELECT FROM timeline_acknowledgement k
      WHERE k.post_id = a.id AND k.user_id = m.user_id AND k.withdrawn_at IS NULL)
) q ON true
LEFT JOIN LATERAL (
  SELECT n.user_id AS other_id, v.name_sealed AS other_sealed
  FROM groups_membership n JOIN accounts_user v ON v.id = n.user_id
  WHERE t.kind = 'direct' AND n.group_id = t.group_id AND n.user_id <> t.user_id
  ORDER BY n.began_at DESC LIMIT 1
) o ON true
LEFT JOIN LATERAL (
  SELECT p.id AS patient_id, p.face_sheet_sealed, p.version
  FROM patients_patient p WHERE p.group_id = t.group_id OFFSET 0
) f ON true
WHERE t.side <> 'professional' OR t.role <> 'family'
"""
# A view that is there can gain a column, and lose none.
DROP = "DROP VIEW timeline_newest;"


class Migration(migrations.Migration):
    dependencies = [
        ("timeline", "0005_who_only_reads_signs_nothing"),
        ("patients", "0006_rows_of_ones_own_patients"),
    ]
    operations = [migrations.RunSQL(AFTER, DROP + BEFORE)]
