"""What is over the term of its facility goes from the log; its leaf hash stays for ever.

The database lets go what the facilities' rules let go, and nothing else, whoever asks
(`audit_remove_facts`): the application's role may neither delete a fact nor change an entry. Of an
entry stay its number, whose part it is of, and its leaf.
Locks: ACCESS EXCLUSIVE on audit_entry for an instant: a column may be empty now.
Back: the reverse drops the functions and keeps what was let go as it is: times stay empty.
Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from django.db import migrations, models

# `of`: a facility; null: what is of none is kept as long as whoever keeps it longest. A rule that
# is milder than the one before counts from 31 days after it was decided: until then, someone who
# was told of it can take the record away, or change the rule.
LET_GO = """
CREATE FUNCTION audit_kept_since(of uuid, as_of timestamptz) RETURNS timestamptz
  LANGUAGE sql STABLE AS $$
  SELECT (date_trunc('month', as_of AT TIME ZONE 'Asia/Tokyo')
    - make_interval(years => greatest(5, max(v.retention_years)))) AT TIME ZONE 'Asia/Tokyo'
  FROM (
    SELECT p.retention_years,
      lead(p.decided_at) OVER (PARTITION BY p.facility_id ORDER BY p.version) AS until
    FROM facilities_policy p WHERE of IS NULL OR p.facility_id = of
  ) v WHERE v.until IS NULL OR v.until > as_of - interval '31 days'
$$;
CREATE FUNCTION audit_remove_facts(of uuid, before timestamptz) RETURNS bigint LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  removed bigint;
BEGIN
  IF before > audit_kept_since(of, clock_timestamp()) THEN
    RAISE EXCEPTION 'facts within their term are final' USING ERRCODE = 'restrict_violation';
  END IF;
  DELETE FROM factlog_loggedfact f USING audit_entry e
  WHERE f.at < before AND (f.facility_id = of OR of IS NULL AND f.facility_id IS NULL)
    AND e.at < before AND (e.facility_id = of OR of IS NULL AND e.facility_id IS NULL)
    AND f.id = e.fact_id;
  GET DIAGNOSTICS removed = ROW_COUNT;
  UPDATE audit_entry e SET at = NULL, kind = '', actor_id = NULL, group_id = NULL
  WHERE e.at < before AND (e.facility_id = of OR of IS NULL AND e.facility_id IS NULL);
  RETURN removed;
END $$;
REVOKE EXECUTE ON FUNCTION audit_remove_facts(uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_remove_facts(uuid, timestamptz) TO carestation_app;
"""
KEEP = """
DROP FUNCTION audit_remove_facts(uuid, timestamptz);
DROP FUNCTION audit_kept_since(uuid, timestamptz);
"""


class Migration(migrations.Migration):
    """Let an entry be without what went, and let it go."""

    dependencies = [
        ("audit", "0003_verifications"),
        ("facilities", "0006_policies"),
        ("factlog", "0006_a_fact_may_go_after_five_years"),
    ]
    operations = [
        migrations.AlterField("entry", "at", models.DateTimeField(null=True)),
        migrations.RunSQL(LET_GO, KEEP),
    ]
