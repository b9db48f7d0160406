"""A face sheet is shown by the database itself to those alone who sit in its patient's group.

Row-level security on patients, consents (for professionals), emergencies and custody;
`patients_own` is what every page asks of the actor's own patients, in one look. Who is alike is
looked for, emergencies are reviewed and custody is decided by works of their own.
Locks: ACCESS EXCLUSIVE on each of the four tables, for milliseconds. Web, live and worker restart
after it: those that do not say who acts see nothing.
Back: the reverse drops policies and view; no row is touched.
Controls: ISO/IEC 27017 8.3, CLD.9.5.1; white paper 「利用者アクセスの管理」.
"""

from django.db import migrations

OWN = """
CREATE VIEW patients_own AS
SELECT m.user_id, p.id, p.group_id, p.face_sheet_sealed, p.version
FROM groups_membership m JOIN patients_patient p ON p.group_id = m.group_id
LEFT JOIN facilities_staff s ON s.id = m.staff_id
LEFT JOIN facilities_facility f ON f.id = s.facility_id
WHERE groups_acts(m.user_id) AND m.left_at IS NULL
  AND s.ended_at IS NULL AND s.paused_at IS NULL AND f.frozen_at IS NULL
  AND (m.expires_at IS NULL OR m.expires_at > now())
"""
WALL = """
CREATE FUNCTION patients_tells(one uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM patients_patient p
    WHERE p.id = one AND groups_opens(p.group_id, 'professional'));
END $$;
CREATE FUNCTION patients_knows(one uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM patients_patient p WHERE p.id = one AND groups_opens(p.group_id));
END $$;
CREATE FUNCTION patients_sat(one uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM groups_membership m WHERE m.id = one AND groups_opens(m.group_id));
END $$;
CREATE POLICY patients_group_is_open ON patients_patient USING (
  groups_opens(group_id)
  OR current_setting('carestation.person', true) IN ('system:likeness', 'system:custody'));
CREATE POLICY patients_consent_is_open ON patients_consent USING (patients_tells(patient_id));
CREATE POLICY patients_custody_is_open ON patients_custodytransfer USING (
  patients_knows(patient_id) OR current_setting('carestation.person', true) = 'system:custody');
CREATE POLICY patients_emergency_is_open ON patients_emergencyaccess USING (
  patients_sat(membership_id) OR current_setting('carestation.person', true) = 'system:desk');
ALTER TABLE patients_patient ENABLE ROW LEVEL SECURITY;
ALTER TABLE patients_consent ENABLE ROW LEVEL SECURITY;
ALTER TABLE patients_emergencyaccess ENABLE ROW LEVEL SECURITY;
ALTER TABLE patients_custodytransfer ENABLE ROW LEVEL SECURITY;
"""
FALL = """
ALTER TABLE patients_patient DISABLE ROW LEVEL SECURITY;
ALTER TABLE patients_consent DISABLE ROW LEVEL SECURITY;
ALTER TABLE patients_emergencyaccess DISABLE ROW LEVEL SECURITY;
ALTER TABLE patients_custodytransfer DISABLE ROW LEVEL SECURITY;
DROP POLICY patients_group_is_open ON patients_patient;
DROP POLICY patients_consent_is_open ON patients_consent;
DROP POLICY patients_custody_is_open ON patients_custodytransfer;
DROP POLICY patients_emergency_is_open ON patients_emergencyaccess;
DROP FUNCTION patients_tells(uuid);
DROP FUNCTION patients_knows(uuid);
DROP FUNCTION patients_sat(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0005_custody_transfers"),
        ("groups", "0011_whose_groups_are_open"),
    ]
    operations = [
        migrations.RunSQL(OWN, "DROP VIEW patients_own"),
        migrations.RunSQL(WALL, FALL),
    ]
