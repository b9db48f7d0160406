"""`timeline_publish_at` writes a post and takes the seat from which it is written, in one call.

It finds the seat itself under the timeline's lock, so no look at it is needed before: whoever acts
must sit in this group now, in one of the roles that write at this side (`groups.rules.writers_at`),
through a place that stands (docs/decisions/0180-a-post-takes-its-seat.md). It gives back what the
seat is made of, as the view of seats does. `timeline_publish`, by which the version before writes,
calls it.
Locks: none but on the catalogue.
Back: the reverse drops the function and makes the one before as it was; no row is touched.
Controls: ISO/IEC 27017 8.3, 8.15; white paper 「利用者アクセスの管理」, 「ログ」.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("carestation.timeline.migrations.0011_a_post_is_written_by_one_call").CREATE
BEFORE_AGAIN = BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
OF_BEFORE = BEFORE_AGAIN.partition("LANGUAGE")[0]
# Each look sees what was committed before it began: whoever waited for the timeline's lock reads
# behind it. All that ends a seat, changes its role or closes its group counts on that timeline, so
# nothing else is locked. A repeated draft inserts and counts nothing. One's own post is known, and
# read if all before it are known: then there is nothing to pass over. The mark comes last: who
# moves one holds nothing else. A bare name is the function's own; a column has its table's letter.
CREATE = """
CREATE FUNCTION timeline_publish_at(
  in_group uuid, at_side text, by_roles text[], author uuid, new_post uuid, of_parent uuid,
  of_draft uuid, sealed bytea, how_urgent text, asks boolean, named uuid[], said_at timestamptz,
  of_kind text, by_request uuid, with_detail jsonb,
  OUT number bigint, OUT seq bigint, OUT timeline_id uuid, OUT membership_id uuid, OUT role text,
  OUT kind text, OUT staff_id uuid, OUT facility_id uuid, OUT expires_at timestamptz,
  OUT mark_id uuid, OUT mark bigint, OUT known bigint, OUT name_sealed bytea, OUT relation text,
  OUT profession text, OUT facility text, OUT readers bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_variable
BEGIN
  IF NOT groups_acts(author) THEN
    RETURN;
  END IF;
  SELECT t.id, t.posts + 1, t.seq + 1 INTO timeline_id, number, seq
  FROM groups_timeline t WHERE t.group_id = in_group AND t.side = at_side FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;

  SELECT m.id, m.role, g.kind, m.staff_id, p.facility_id, m.expires_at,
    u.name_sealed, m.relation, p.profession, v.name
  INTO membership_id, role, kind, staff_id, facility_id, expires_at,
    name_sealed, relation, profession, facility
  FROM groups_membership m JOIN groups_group g ON g.id = m.group_id
  JOIN accounts_user u ON u.id = m.user_id LEFT JOIN facilities_staff p ON p.id = m.staff_id
  LEFT JOIN facilities_facility v ON v.id = p.facility_id
  WHERE m.group_id = in_group AND m.user_id = author AND m.role = ANY (by_roles)
    AND (m.role <> 'family' OR at_side <> 'professional')
    AND g.archived_at IS NULL AND m.left_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > now())
    AND p.ended_at IS NULL AND p.paused_at IS NULL AND v.frozen_at IS NULL;
  IF NOT FOUND THEN
    number := NULL;
    RETURN;
  END IF;

  INSERT INTO timeline_post (id, group_id, side, number, last_number, seq, changed_seq, parent_id,
    author_id, membership_id, draft_id, body_sealed, urgency, asks_acknowledgement, mentions,
    published_at)
  VALUES (new_post, in_group, at_side, number, number, seq, seq, of_parent,
    author, membership_id, of_draft, sealed, how_urgent, asks, named, said_at)
  ON CONFLICT (group_id, author_id, draft_id) DO NOTHING;
  IF NOT FOUND THEN
    number := NULL;
    RETURN;
  END IF;

  UPDATE groups_timeline t SET seq = seq, posts = number
  WHERE t.group_id = in_group AND t.id = timeline_id;
  IF of_parent IS NOT NULL THEN
    UPDATE timeline_post p SET last_number = number
    WHERE p.group_id = in_group AND p.side = at_side AND p.id = of_parent;
  END IF;
  UPDATE groups_readmark r SET known = greatest(r.known, r.number) + 1,
    number = CASE WHEN greatest(r.known, r.number) + 1 = number THEN number ELSE r.number END
  WHERE r.group_id = in_group AND r.membership_id = membership_id AND r.timeline_id = timeline_id
  RETURNING r.id, r.number, r.known INTO mark_id, mark, known;

  SELECT count(*) INTO readers FROM groups_membership o
  WHERE o.group_id = in_group AND o.left_at IS NULL AND o.id <> membership_id
    AND (o.expires_at IS NULL OR o.expires_at > now())
    AND (o.role <> 'family' OR at_side <> 'professional');

  INSERT INTO factlog_loggedfact
    (kind, actor_id, facility_id, group_id, object_id, request_id, detail)
  VALUES (of_kind, author, facility_id, in_group, new_post, by_request, with_detail);
END $$;
REVOKE EXECUTE ON FUNCTION timeline_publish_at FROM PUBLIC;
GRANT EXECUTE ON FUNCTION timeline_publish_at TO carestation_app;
"""
CALLS_IT = """LANGUAGE sql AS $$
  SELECT number, seq, name_sealed, relation, profession, facility, readers
  FROM timeline_publish_at(in_group, at_side, ARRAY[own_role], author, new_post, of_parent,
    of_draft, sealed, how_urgent, asks, named, said_at, of_kind, by_request, with_detail)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("timeline", "0011_a_post_is_written_by_one_call")]
    operations = [
        migrations.RunSQL(CREATE, "DROP FUNCTION timeline_publish_at"),
        migrations.RunSQL(OF_BEFORE + CALLS_IT, BEFORE_AGAIN),
    ]
