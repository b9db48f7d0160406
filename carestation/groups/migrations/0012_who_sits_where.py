"""Who sits where is shown by the database itself to those alone who sit there too.

Row-level security on groups, pairs, timelines, memberships, marks and invitations, and the views
of seats, which show the actor's own. Whoever works on other people's seats (a desk, the timetable,
someone who joins) does so by a work of its own name, and sees no word of what stands there.
Locks: ACCESS EXCLUSIVE on each of the six tables, for milliseconds. Web, live and worker restart
after it: those that do not say who acts see nothing.
Back: the reverse drops policies and views; no row is touched.
Controls: ISO/IEC 27017 8.3, CLD.9.5.1; white paper 「利用者アクセスの管理」.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("carestation.groups.migrations.0010_a_seat_says_when_it_ends").CREATE
SEAT = BEFORE + "  AND groups_acts(m.user_id)\n"
# With whom the actor sits: professionals, by whom they are known.
COMPANION = """
CREATE VIEW groups_companion AS
SELECT mine.user_id, o.user_id AS other_id FROM groups_seat mine
JOIN groups_membership o ON o.group_id = mine.group_id AND o.left_at IS NULL
WHERE mine.role <> 'family' AND o.role <> 'family'
"""
KNOWS = """
CREATE FUNCTION groups_knows(in_group uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN in_group::text = current_setting('carestation.group', true)
    OR groups_sits(in_group, NULL, true) THEN true END IS NOT NULL
$$;

CREATE FUNCTION groups_knows(in_group uuid, at_side text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN in_group::text = current_setting(CASE at_side WHEN 'professional'
      THEN 'carestation.staff_group' ELSE 'carestation.group' END, true)
    OR groups_sits(in_group, at_side, true) THEN true END IS NOT NULL
$$;

CREATE FUNCTION groups_counts(one uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM groups_timeline t WHERE t.id = one);
END $$;

CREATE FUNCTION groups_knows_mark(in_group uuid, of_timeline uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN in_group::text = current_setting('carestation.staff_group', true)
    OR groups_counts(of_timeline) THEN true END IS NOT NULL
$$;

-- All groups of who acts at such a side: for what reads many rows of many groups.
CREATE FUNCTION groups_own(at_side text) RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  who constant text := current_setting('carestation.person', true);
BEGIN
  IF who IS NULL OR who = '' OR starts_with(who, 'system:') THEN
    RETURN '{}';
  END IF;
  RETURN ARRAY(
    SELECT m.group_id FROM groups_membership m
    LEFT JOIN facilities_staff s ON s.id = m.staff_id
    LEFT JOIN facilities_facility f ON f.id = s.facility_id
    WHERE m.user_id = who::uuid AND m.left_at IS NULL
      AND s.ended_at IS NULL AND s.paused_at IS NULL AND f.frozen_at IS NULL
      AND (m.expires_at IS NULL OR m.expires_at > now())
      AND (at_side, m.role) IN (
        ('professional', 'manager'), ('professional', 'professional'),
        ('all', 'manager'), ('all', 'professional'), ('all', 'family')));
END $$;

CREATE FUNCTION groups_invites(address bytea) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 SET search_path = public, pg_temp AS $$
DECLARE
  who constant text := current_setting('carestation.person', true);
BEGIN
  IF address IS NULL OR who IS NULL OR who = '' OR starts_with(who, 'system:') THEN
    RETURN false;
  END IF;
  RETURN EXISTS (SELECT FROM accounts_user u WHERE u.id = who::uuid AND u.email_index = address);
END $$;
"""
WALL = """
CREATE POLICY groups_group_is_open ON groups_group USING (groups_knows(id));
CREATE POLICY groups_group_is_open ON groups_pair USING (groups_knows(group_id));
CREATE POLICY groups_side_is_open ON groups_timeline USING (groups_knows(group_id, side));
CREATE POLICY groups_group_is_open ON groups_membership USING (groups_knows(group_id));
CREATE POLICY groups_side_is_open ON groups_readmark
  USING (groups_knows_mark(group_id, timeline_id));
CREATE POLICY groups_open_or_to_oneself ON groups_invitation
  USING (groups_knows(group_id) OR groups_invites(email_index));
ALTER TABLE groups_group ENABLE ROW LEVEL SECURITY;
ALTER TABLE groups_pair ENABLE ROW LEVEL SECURITY;
ALTER TABLE groups_timeline ENABLE ROW LEVEL SECURITY;
ALTER TABLE groups_membership ENABLE ROW LEVEL SECURITY;
ALTER TABLE groups_readmark ENABLE ROW LEVEL SECURITY;
ALTER TABLE groups_invitation ENABLE ROW LEVEL SECURITY;
"""
FALL = """
ALTER TABLE groups_group DISABLE ROW LEVEL SECURITY;
ALTER TABLE groups_pair DISABLE ROW LEVEL SECURITY;
ALTER TABLE groups_timeline DISABLE ROW LEVEL SECURITY;
ALTER TABLE groups_membership DISABLE ROW LEVEL SECURITY;
ALTER TABLE groups_readmark DISABLE ROW LEVEL SECURITY;
ALTER TABLE groups_invitation DISABLE ROW LEVEL SECURITY;
DROP POLICY groups_group_is_open ON groups_group;
DROP POLICY groups_group_is_open ON groups_pair;
DROP POLICY groups_side_is_open ON groups_timeline;
DROP POLICY groups_group_is_open ON groups_membership;
DROP POLICY groups_side_is_open ON groups_readmark;
DROP POLICY groups_open_or_to_oneself ON groups_invitation;
DROP FUNCTION groups_invites(bytea);
DROP FUNCTION groups_own(text);
DROP FUNCTION groups_knows_mark(uuid, uuid);
DROP FUNCTION groups_counts(uuid);
DROP FUNCTION groups_knows(uuid, text);
DROP FUNCTION groups_knows(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0011_whose_groups_are_open")]
    operations = [
        migrations.RunSQL(SEAT, BEFORE),
        migrations.RunSQL(COMPANION, "DROP VIEW groups_companion"),
        migrations.RunSQL(KNOWS + WALL, FALL),
    ]
