"""What row-level security asks: whether a group, or a side of it, is open to who acts.

`groups_opens(group)` and `groups_opens(group, side)` stand in the policies of the tables of a
group. Both look first at the seat that was taken last on this connection, which costs no look at a
table; only where it is of another group, `groups_sits` asks for the membership. That function, as
the views of seats and posts, sees the tables as their owner does.
Locks: none but on the catalogue.
Back: the reverse drops the functions; no row is touched.
Controls: ISO/IEC 27017 8.3, CLD.9.5.1; white paper 「利用者アクセスの管理」.
"""

from django.db import migrations

# The policies must not turn a plan: the planner takes `… IS NOT NULL` to be true of nearly every
# row (of a bare OR, of every third), and is told that the look behind it costs nothing, since it
# is hardly ever needed. The functions in SQL dissolve into the statement; none of them is a call.
# Which roles sit at which side is said in full: a role or a side that is not here sits nowhere.
CREATE = """
CREATE FUNCTION groups_acts(person uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN person::text = current_setting('carestation.person', true)
    OR current_setting('carestation.person', true) = 'system:content' THEN true END IS NOT NULL
$$;

CREATE FUNCTION groups_sits(in_group uuid, at_side text, to_works boolean) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  who constant text := current_setting('carestation.person', true);
BEGIN
  IF starts_with(who, 'system:') THEN
    RETURN to_works OR who = 'system:content'
      OR (who = 'system:index' AND at_side IS NOT NULL);
  ELSIF who IS NULL OR who = '' THEN
    RETURN false;
  END IF;
  RETURN EXISTS (
    SELECT FROM groups_membership m
    LEFT JOIN facilities_staff s ON s.id = m.staff_id
    LEFT JOIN facilities_facility f ON f.id = s.facility_id
    WHERE m.group_id = in_group AND m.user_id = who::uuid AND m.left_at IS NULL
      AND s.ended_at IS NULL AND s.paused_at IS NULL AND f.frozen_at IS NULL
      AND (m.expires_at IS NULL OR m.expires_at > now())
      AND (coalesce(at_side, 'all'), m.role) IN (
        ('professional', 'manager'), ('professional', 'professional'),
        ('patient', 'manager'), ('patient', 'professional'), ('patient', 'family'),
        ('all', 'manager'), ('all', 'professional'), ('all', 'family')));
END $$;

CREATE FUNCTION groups_opens(in_group uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN in_group::text = current_setting('carestation.group', true)
    OR groups_sits(in_group, NULL, false) THEN true END IS NOT NULL
$$;

CREATE FUNCTION groups_opens(in_group uuid, at_side text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN in_group::text = current_setting(CASE at_side WHEN 'professional'
      THEN 'carestation.staff_group' ELSE 'carestation.group' END, true)
    OR groups_sits(in_group, at_side, false) THEN true END IS NOT NULL
$$;
"""
DROP = """
DROP FUNCTION groups_opens(uuid, text);
DROP FUNCTION groups_opens(uuid);
DROP FUNCTION groups_sits(uuid, text, boolean);
DROP FUNCTION groups_acts(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0010_a_seat_says_when_it_ends")]
    operations = [migrations.RunSQL(CREATE, DROP)]
