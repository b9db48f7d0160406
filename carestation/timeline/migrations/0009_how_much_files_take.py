"""The worker learns how much the files of each facility take, and nothing else of them.

A file counts for the facility that manages its group; in a group that none manages, for the one
through which its author writes. Row-level security shows the worker no file that was posted: the
function, its owner's, gives it the sums alone.
Locks: none; a function is created.
Back: the reverse drops the function.
Controls: ISO/IEC 27017 8.6; white paper 「容量・能力の管理」.
"""

from django.db import migrations

COUNT = """
CREATE FUNCTION timeline_bytes_of_facilities() RETURNS TABLE (facility_id uuid, bytes bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(g.facility_id, s.facility_id),
    sum(a.size_bytes + coalesce(a.thumbnail_bytes, 0))::bigint
  FROM timeline_attachment a JOIN groups_group g ON g.id = a.group_id
  JOIN timeline_post p ON p.id = a.post_id
  LEFT JOIN groups_membership m ON m.id = p.membership_id
  LEFT JOIN facilities_staff s ON s.id = m.staff_id
  WHERE coalesce(g.facility_id, s.facility_id) IS NOT NULL
    AND current_setting('carestation.person', true) = 'system:worker'
  GROUP BY 1
$$;
REVOKE ALL ON FUNCTION timeline_bytes_of_facilities() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION timeline_bytes_of_facilities() TO carestation_app;
"""
FORGET = "DROP FUNCTION timeline_bytes_of_facilities();"


class Migration(migrations.Migration):
    dependencies = [
        ("timeline", "0008_what_hangs_on_a_post_names_its_group"),
        ("facilities", "0013_how_much_files_take"),
    ]
    operations = [migrations.RunSQL(COUNT, FORGET)]
