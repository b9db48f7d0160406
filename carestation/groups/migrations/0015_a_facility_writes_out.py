"""The wall knows what a facility may write out: what its people's own seats open.

`system:export:FACILITY` sees a group where someone sits for good through a place of that facility
that stands, at both sides, and no talk of two (docs/decisions/0130).
Locks: none but on the catalogue.
Back: the reverse puts the function back as it was; no row is touched.
Controls: ISO/IEC 27017 8.3, CLD.8.1.5; white paper 「利用者アクセスの管理」.
"""

from importlib import import_module

from django.db import migrations

MADE = import_module("carestation.groups.migrations.0014_who_only_reads").AFTER
BEFORE = MADE[: MADE.index("END $$;") + len("END $$;")]
WORKS = "  IF starts_with(who, 'system:') THEN\n"
EXPORTS = """
  IF starts_with(who, 'system:export:') AND NOT to_works THEN
    RETURN EXISTS (
      SELECT FROM groups_membership m
      JOIN groups_group g ON g.id = m.group_id
      JOIN facilities_staff s ON s.id = m.staff_id
      JOIN facilities_facility f ON f.id = s.facility_id
      WHERE m.group_id = in_group AND g.kind <> 'direct' AND m.left_at IS NULL
        AND m.role <> 'family' AND m.expires_at IS NULL
        AND s.facility_id = substr(who, 15)::uuid
        AND s.ended_at IS NULL AND s.paused_at IS NULL AND f.frozen_at IS NULL);
  END IF;
"""
AFTER = BEFORE.replace(WORKS, EXPORTS + WORKS)


class Migration(migrations.Migration):
    dependencies = [("groups", "0014_who_only_reads")]
    operations = [migrations.RunSQL(AFTER, BEFORE)]
