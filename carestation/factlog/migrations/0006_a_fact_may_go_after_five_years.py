"""A fact is final for five years, whoever asks; after its term `audit` may let it go.

A month that is over its shortest term and holds nothing any more goes as a whole
(`factlog_drop_months`, called by the timetable); where someone reads the log right then, the next
day. No table that any version names goes by this.
Contract: 0.0.0
Locks: nothing that is used: functions. Dropping a month takes ACCESS EXCLUSIVE on
factlog_loggedfact for milliseconds, and waits for it a second at most.
Back: the reverse makes facts final for good again; what went stays away.
Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from django.db import migrations

FOR_FIVE_YEARS = """
CREATE FUNCTION factlog_shortest_term() RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT (date_trunc('month', clock_timestamp() AT TIME ZONE 'Asia/Tokyo') - interval '5 years')
    AT TIME ZONE 'Asia/Tokyo'
$$;
CREATE OR REPLACE FUNCTION factlog_fact_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.at < factlog_shortest_term() THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'facts are final' USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION factlog_drop_months() RETURNS integer LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
  part text;
  is_empty boolean;
  dropped integer := 0;
BEGIN
  FOR part IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'factlog_loggedfact'::regclass AND factlog_shortest_term() >=
      substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \\(''(.+)''\\)')::timestamptz
  LOOP
    EXECUTE format('SELECT NOT EXISTS (SELECT FROM %I)', part) INTO is_empty;
    IF is_empty THEN
      EXECUTE format('DROP TABLE %I', part);
      dropped := dropped + 1;
    END IF;
  END LOOP;
  RETURN dropped;
EXCEPTION WHEN lock_not_available THEN
  RETURN 0;
END $$;
REVOKE EXECUTE ON FUNCTION factlog_drop_months() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION factlog_drop_months() TO carestation_app;
"""
FOR_GOOD = """
DROP FUNCTION factlog_drop_months();
CREATE OR REPLACE FUNCTION factlog_fact_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'facts are final' USING ERRCODE = 'restrict_violation';
END $$;
DROP FUNCTION factlog_shortest_term();
"""


class Migration(migrations.Migration):
    """Let go what is over five years old, and months that are empty."""

    dependencies = [("factlog", "0005_the_log_is_kept_by_months")]
    operations = [migrations.RunSQL(FOR_FIVE_YEARS, FOR_GOOD)]
