"""A leaf hash covers the row's transaction too, and so its place in the order.

No leaf was sealed before: those that are there are written anew.
Locks: SHARE ROW EXCLUSIVE on factlog_loggedfact while they are (writers wait, readers do not).
Back: the reverse restores the function; leaves of then would have to be written anew too.
Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from django.db import migrations

STAMPED = """
CREATE OR REPLACE FUNCTION factlog_fact_is_stamped() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.xid := pg_current_xact_id();
  NEW.at := clock_timestamp();
  NEW.leaf := sha256('\\x00'::bytea || convert_to(concat_ws('|', NEW.era, {xid}NEW.id,
    (extract(epoch FROM NEW.at) * 1000000)::bigint, NEW.kind, coalesce(NEW.actor_id::text, ''),
    coalesce(NEW.facility_id::text, ''), coalesce(NEW.group_id::text, ''),
    coalesce(NEW.patient_id::text, ''), NEW.object_id, NEW.request_id, NEW.detail), 'UTF8'));
  RETURN NEW;
END $$;
"""
ANEW = """
ALTER TABLE factlog_loggedfact DISABLE TRIGGER factlog_fact_is_final;
UPDATE factlog_loggedfact SET leaf = sha256('\\x00'::bytea || convert_to(concat_ws('|', era, xid,
  id, (extract(epoch FROM at) * 1000000)::bigint, kind, coalesce(actor_id::text, ''),
  coalesce(facility_id::text, ''), coalesce(group_id::text, ''),
  coalesce(patient_id::text, ''), object_id, request_id, detail), 'UTF8'));
ALTER TABLE factlog_loggedfact ENABLE TRIGGER factlog_fact_is_final;
"""


class Migration(migrations.Migration):
    """Stamp otherwise, and what is there anew."""

    dependencies = [("factlog", "0002_facts_are_final")]
    operations = [
        migrations.RunSQL(STAMPED.format(xid="NEW.xid, "), STAMPED.format(xid="")),
        migrations.RunSQL(ANEW, migrations.RunSQL.noop),
    ]
