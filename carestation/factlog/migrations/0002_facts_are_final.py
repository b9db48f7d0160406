"""Facts can be added, never changed; their time, order and leaf hash are the database's own.

The application's role (carestation_app) may read and write every table of the product from here
on, but on the log it may only insert named columns and read.
Locks: SHARE ROW EXCLUSIVE on factlog_loggedfact, for milliseconds (writers wait, readers do not).
Back: the reverse drops the triggers and their functions and the rights; no row is touched.
TRUNCATE is withheld from the application's role, not by the trigger (tests flush tables).
Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from django.db import migrations

FORBID = """
CREATE FUNCTION factlog_fact_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'facts are final' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER factlog_fact_is_final BEFORE UPDATE OR DELETE ON factlog_loggedfact
  FOR EACH STATEMENT EXECUTE FUNCTION factlog_fact_is_final();

CREATE FUNCTION factlog_fact_is_stamped() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.xid := pg_current_xact_id();
  NEW.at := clock_timestamp();
  NEW.leaf := sha256('\\x00'::bytea || convert_to(concat_ws('|', NEW.era, NEW.id,
    (extract(epoch FROM NEW.at) * 1000000)::bigint, NEW.kind, coalesce(NEW.actor_id::text, ''),
    coalesce(NEW.facility_id::text, ''), coalesce(NEW.group_id::text, ''),
    coalesce(NEW.patient_id::text, ''), NEW.object_id, NEW.request_id, NEW.detail), 'UTF8'));
  RETURN NEW;
END $$;
CREATE TRIGGER factlog_fact_is_stamped BEFORE INSERT ON factlog_loggedfact
  FOR EACH ROW EXECUTE FUNCTION factlog_fact_is_stamped();
"""
ALLOW = """
DROP TRIGGER factlog_fact_is_final ON factlog_loggedfact;
DROP FUNCTION factlog_fact_is_final();
DROP TRIGGER factlog_fact_is_stamped ON factlog_loggedfact;
DROP FUNCTION factlog_fact_is_stamped();
"""
# A database that is handed to us may lack the role, and its owner may not be able to make it:
# then this says so at the first start.
GRANT = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'carestation_app') THEN
    CREATE ROLE carestation_app NOLOGIN;
  END IF;
END $$;
GRANT USAGE ON SCHEMA public TO carestation_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO carestation_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO carestation_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO carestation_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO carestation_app;
REVOKE ALL ON factlog_loggedfact FROM carestation_app;
GRANT SELECT ON factlog_loggedfact TO carestation_app;
GRANT INSERT (kind, actor_id, facility_id, group_id, patient_id, object_id, request_id, detail)
  ON factlog_loggedfact TO carestation_app;
"""
REVOKE = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM carestation_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM carestation_app;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM carestation_app;
"""


class Migration(migrations.Migration):
    """Add the triggers and the rights."""

    dependencies = [("factlog", "0001_initial")]
    operations = [migrations.RunSQL(FORBID, ALLOW), migrations.RunSQL(GRANT, REVOKE)]
