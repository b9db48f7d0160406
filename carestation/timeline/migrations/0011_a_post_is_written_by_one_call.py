"""`timeline_publish` writes a post: its row, its timeline's count, its author's mark, the fact.

It does so as the owner of the tables, so no policy is made ready for each of the eleven places in
which it touches one; therefore it asks itself what they would ask: that who acts writes as
themselves, from a seat that stands now, at a side that is open to its role
(docs/decisions/0177-a-post-is-written-by-one-call.md).
Locks: none but on the catalogue. The version before writes by its statement, as it did.
Back: the reverse drops the function; no row is touched.
Controls: ISO/IEC 27017 8.3, 8.15; white paper 「利用者アクセスの管理」, 「ログ」.
"""

from django.db import migrations

# Each look sees what was committed before it began: whoever waited for the timeline's lock reads
# behind it. SHARE reads the right to sit anew (KEY SHARE would not). A repeated draft inserts and
# counts nothing. One's own post is known, and read if all before it are known: then there is
# nothing to pass over. The mark is locked last: who moves one holds nothing else.
CREATE = """
CREATE FUNCTION timeline_publish(
  in_group uuid, at_side text, in_timeline uuid, own_mark uuid, own_membership uuid, own_role text,
  author uuid, new_post uuid, of_parent uuid, of_draft uuid, sealed bytea, how_urgent text,
  asks boolean, named uuid[], said_at timestamptz,
  of_kind text, from_facility uuid, by_request uuid, with_detail jsonb,
  OUT number bigint, OUT seq bigint, OUT name_sealed bytea, OUT relation text,
  OUT profession text, OUT facility text, OUT readers bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT groups_acts(author) OR (at_side = 'professional' AND own_role = 'family') THEN
    RETURN;
  END IF;
  SELECT t.posts + 1, t.seq + 1 INTO number, seq FROM groups_timeline t
  WHERE t.group_id = in_group AND t.side = at_side AND t.id = in_timeline FOR NO KEY UPDATE;

  SELECT u.name_sealed, m.relation, p.profession, v.name, (
    SELECT count(*) FROM groups_membership o
    WHERE o.group_id = in_group AND o.left_at IS NULL AND o.id <> own_membership
      AND (o.expires_at IS NULL OR o.expires_at > now())
      AND (o.role <> 'family' OR at_side <> 'professional'))
  INTO name_sealed, relation, profession, facility, readers
  FROM groups_membership m JOIN groups_group g ON g.id = m.group_id
  JOIN accounts_user u ON u.id = m.user_id LEFT JOIN facilities_staff p ON p.id = m.staff_id
  LEFT JOIN facilities_facility v ON v.id = p.facility_id
  WHERE number IS NOT NULL AND m.group_id = in_group AND m.id = own_membership
    AND m.user_id = author AND m.role = own_role AND g.archived_at IS NULL AND m.left_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > now())
    AND p.ended_at IS NULL AND p.paused_at IS NULL AND v.frozen_at IS NULL
  FOR SHARE OF m, g;
  IF NOT FOUND THEN
    number := NULL;
    RETURN;
  END IF;

  INSERT INTO timeline_post (id, group_id, side, number, last_number, seq, changed_seq, parent_id,
    author_id, membership_id, draft_id, body_sealed, urgency, asks_acknowledgement, mentions,
    published_at)
  VALUES (new_post, in_group, at_side, number, number, seq, seq, of_parent,
    author, own_membership, of_draft, sealed, how_urgent, asks, named, said_at)
  ON CONFLICT (group_id, author_id, draft_id) DO NOTHING;
  IF NOT FOUND THEN
    number := NULL;
    RETURN;
  END IF;

  UPDATE groups_timeline t SET seq = timeline_publish.seq, posts = timeline_publish.number
  WHERE t.group_id = in_group AND t.id = in_timeline;
  IF of_parent IS NOT NULL THEN
    UPDATE timeline_post p SET last_number = timeline_publish.number
    WHERE p.group_id = in_group AND p.side = at_side AND p.id = of_parent;
  END IF;
  UPDATE groups_readmark r SET known = greatest(r.known, r.number) + 1,
    number = CASE WHEN greatest(r.known, r.number) + 1 = timeline_publish.number
      THEN timeline_publish.number ELSE r.number END
  WHERE r.group_id = in_group AND r.id = own_mark AND r.membership_id = own_membership
    AND r.timeline_id = in_timeline;

  INSERT INTO factlog_loggedfact
    (kind, actor_id, facility_id, group_id, object_id, request_id, detail)
  VALUES (of_kind, author, from_facility, in_group, new_post, by_request, with_detail);
END $$;
REVOKE EXECUTE ON FUNCTION timeline_publish FROM PUBLIC;
GRANT EXECUTE ON FUNCTION timeline_publish TO carestation_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("timeline", "0010_what_one_wrote_is_not_unread"),
        ("groups", "0018_what_one_wrote_is_known"),
        ("factlog", "0006_a_fact_may_go_after_five_years"),
    ]
    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION timeline_publish")]
