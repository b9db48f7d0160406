"""What the policy of read marks asks for names the group: tables can be divided by it.

Locks: none but on the catalogue.
Back: the reverse puts both functions back as they were; no row is touched.
Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from django.db import migrations

AFTER = """
CREATE FUNCTION groups_counts(in_group uuid, one uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM groups_timeline t WHERE t.group_id = in_group AND t.id = one);
END $$;

CREATE OR REPLACE FUNCTION groups_knows_mark(in_group uuid, of_timeline uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN in_group::text = current_setting('carestation.staff_group', true)
    OR groups_counts(in_group, of_timeline) THEN true END IS NOT NULL
$$;
DROP FUNCTION groups_counts(uuid);
"""
BEFORE = """
CREATE FUNCTION groups_counts(one uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM groups_timeline t WHERE t.id = one);
END $$;

CREATE OR REPLACE FUNCTION groups_knows_mark(in_group uuid, of_timeline uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN in_group::text = current_setting('carestation.staff_group', true)
    OR groups_counts(of_timeline) THEN true END IS NOT NULL
$$;
DROP FUNCTION groups_counts(uuid, uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0016_a_membership_is_named_whole")]
    operations = [migrations.RunSQL(AFTER, BEFORE)]
