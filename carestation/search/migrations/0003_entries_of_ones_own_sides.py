"""The index is read by the database itself for those alone who sit at a side.

Row-level security on entries. A search reads many rows of many groups, and looks numbers up that
could not be looked up behind a policy: so it reads views that ask, once a statement, in which
groups the actor sits (`groups_own`), and only where no seat of the row's group was taken.
Locks: ACCESS EXCLUSIVE on search_entry, for milliseconds.
Back: the reverse drops policy and views; no row is touched.
Controls: ISO/IEC 27017 8.3, CLD.9.5.1; white paper 「利用者アクセスの管理」.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("carestation.search.migrations.0002_candidate_view").CREATE.replace(
    "CREATE VIEW", "CREATE OR REPLACE VIEW"
)
# At whose side a row stands: `e` has a group and a side.
IS_OWN = """WHERE CASE WHEN e.group_id::text = current_setting(CASE e.side WHEN 'professional'
    THEN 'carestation.staff_group' ELSE 'carestation.group' END, true)
  OR CASE e.side WHEN 'professional' THEN e.group_id = ANY (
      (SELECT groups_own('professional'))::uuid[])
    ELSE e.group_id = ANY ((SELECT groups_own('all'))::uuid[]) END
  OR current_setting('carestation.person', true) = 'system:content' THEN true END IS NOT NULL
"""
ENTRY = "CREATE VIEW search_own_entry AS SELECT e.* FROM search_entry e\n"
POST = "CREATE VIEW search_own_post AS SELECT e.* FROM timeline_post e\n"
WRITER = """
CREATE VIEW search_writer AS
SELECT e.group_id, e.id AS timeline_id, m.user_id, m.role, m.relation, u.name_sealed,
  u.kana_sealed, s.profession, f.name AS facility, m.left_at, m.began_at
FROM groups_timeline e JOIN groups_readmark r ON r.group_id = e.group_id AND r.timeline_id = e.id
JOIN groups_membership m ON m.id = r.membership_id
JOIN accounts_user u ON u.id = m.user_id LEFT JOIN facilities_staff s ON s.id = m.staff_id
LEFT JOIN facilities_facility f ON f.id = s.facility_id
"""
WALL = """
CREATE POLICY search_side_is_open ON search_entry USING (groups_opens(group_id, side));
ALTER TABLE search_entry ENABLE ROW LEVEL SECURITY;
"""
FALL = """
ALTER TABLE search_entry DISABLE ROW LEVEL SECURITY;
DROP POLICY search_side_is_open ON search_entry;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0002_candidate_view"),
        ("timeline", "0004_rows_of_ones_own_sides"),
        ("groups", "0012_who_sits_where"),
    ]
    operations = [
        migrations.RunSQL(ENTRY + IS_OWN, "DROP VIEW search_own_entry"),
        migrations.RunSQL(POST + IS_OWN, "DROP VIEW search_own_post"),
        migrations.RunSQL(WRITER + IS_OWN, "DROP VIEW search_writer"),
        migrations.RunSQL(BEFORE + IS_OWN, BEFORE),
        migrations.RunSQL(WALL, FALL),
    ]
