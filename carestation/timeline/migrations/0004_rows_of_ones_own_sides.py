"""What stands at a side is shown by the database itself to those alone who sit there.

Row-level security on posts, their earlier words, signs and files; the views, which see the tables
as their owner, ask the same. `timeline_newest` is what home shows of each side of one's own.
Locks: ACCESS EXCLUSIVE on each of the four tables, for milliseconds. Web, live and worker restart
after it: those that do not say who acts see nothing.
Back: the reverse drops policies and view; no row is touched.
Controls: ISO/IEC 27017 8.3, CLD.9.5.1; white paper 「利用者アクセスの管理」.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("carestation.timeline.migrations.0002_message_view").CREATE.replace(
    "CREATE VIEW", "CREATE OR REPLACE VIEW"
)
MESSAGE = BEFORE + "WHERE groups_opens(p.group_id, p.side)\n"
# Seats are the actor's own. The sides in a row of `groups_seat` are those that have a mark, hence
# open to its role; said again all the same, since this view is all that stands before the words.
NEWEST = """
CREATE VIEW timeline_newest AS
SELECT t.user_id, t.group_id, t.side, g.name_sealed, p.id AS post_id, p.body_sealed, p.author_id,
  u.name_sealed AS author_sealed, p.published_at, p.withdrawn_at, q.waiting, q.is_urgent,
  o.user_id AS other_id, o.name_sealed AS other_sealed
FROM groups_seat t
JOIN groups_group g ON g.id = t.group_id
JOIN groups_membership m ON m.id = t.membership_id
LEFT JOIN timeline_post p ON p.group_id = t.group_id AND p.side = t.side AND p.number = t.posts
LEFT JOIN accounts_user u ON u.id = p.author_id
LEFT JOIN LATERAL (
  SELECT count(*) AS waiting, coalesce(bool_or(a.urgency = 'urgent'), false) AS is_urgent
  FROM timeline_post a
  WHERE a.group_id = t.group_id AND a.side = t.side AND a.asks_acknowledgement
    AND a.withdrawn_at IS NULL AND a.author_id <> m.user_id AND a.published_at >= m.began_at
    AND (cardinality(a.mentions) = 0 OR m.user_id = ANY (a.mentions))
    AND NOT EXISTS (SELECT FROM timeline_acknowledgement k
      WHERE k.post_id = a.id AND k.user_id = m.user_id AND k.withdrawn_at IS NULL)
) q ON true
LEFT JOIN LATERAL (
  SELECT n.user_id, v.name_sealed FROM groups_membership n JOIN accounts_user v ON v.id = n.user_id
  WHERE g.kind = 'direct' AND n.group_id = g.id AND n.user_id <> m.user_id
  ORDER BY n.began_at DESC LIMIT 1
) o ON true
WHERE t.side <> 'professional' OR t.role <> 'family'
"""
# What hangs on a post is open where its post is: read under the policy of the posts.
OPENS = """
CREATE FUNCTION timeline_shows(one uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM timeline_post p WHERE p.id = one);
END $$;

CREATE FUNCTION timeline_opens(in_group uuid, of_post uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN in_group::text = current_setting('carestation.staff_group', true)
    OR timeline_shows(of_post) THEN true END IS NOT NULL
$$;
"""
WALL = """
CREATE POLICY timeline_side_is_open ON timeline_post USING (groups_opens(group_id, side));
CREATE POLICY timeline_post_is_open ON timeline_postversion
  USING (timeline_opens(group_id, post_id));
CREATE POLICY timeline_post_is_open ON timeline_acknowledgement
  USING (timeline_opens(group_id, post_id));
CREATE POLICY timeline_own_or_posts_is_open ON timeline_attachment USING (
  CASE WHEN post_id IS NOT NULL THEN timeline_opens(group_id, post_id)
  ELSE groups_acts(uploader_id) OR current_setting('carestation.person', true) = 'system:worker'
  END);
ALTER TABLE timeline_post ENABLE ROW LEVEL SECURITY;
ALTER TABLE timeline_postversion ENABLE ROW LEVEL SECURITY;
ALTER TABLE timeline_acknowledgement ENABLE ROW LEVEL SECURITY;
ALTER TABLE timeline_attachment ENABLE ROW LEVEL SECURITY;
"""
FALL = """
ALTER TABLE timeline_post DISABLE ROW LEVEL SECURITY;
ALTER TABLE timeline_postversion DISABLE ROW LEVEL SECURITY;
ALTER TABLE timeline_acknowledgement DISABLE ROW LEVEL SECURITY;
ALTER TABLE timeline_attachment DISABLE ROW LEVEL SECURITY;
DROP POLICY timeline_side_is_open ON timeline_post;
DROP POLICY timeline_post_is_open ON timeline_postversion;
DROP POLICY timeline_post_is_open ON timeline_acknowledgement;
DROP POLICY timeline_own_or_posts_is_open ON timeline_attachment;
DROP FUNCTION timeline_opens(uuid, uuid);
DROP FUNCTION timeline_shows(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("timeline", "0003_files_that_wait"),
        ("groups", "0012_who_sits_where"),
    ]
    operations = [
        migrations.RunSQL(MESSAGE, BEFORE),
        migrations.RunSQL(NEWEST, "DROP VIEW timeline_newest"),
        migrations.RunSQL(OPENS + WALL, FALL),
    ]
