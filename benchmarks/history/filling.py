"""Ten million posts in nine hundred groups, and a million of them in one.

Groups and people are made by the product's commands. The posts are made by the database itself, in
the order of their times, as many groups at once would have written them. Their words are one sealed
text of their group, which opens at the place of no post: nobody looks at them. What is measured
reads posts that were written and sealed for real. Neither facts nor entries of the index of words
are written.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import psycopg

from benchmarks.scene import Group, let_count
from carestation.kernel.acting import Work, acting_as

if TYPE_CHECKING:
    from config.loading.cast import Caster, LoadGroup

STEPS: Final = 10_000
# In one group so many are written while the others write one.
OF_LARGEST: Final = 100
STEPS_AT_ONCE: Final = 100
MEMBERS: Final = 15
SPREAD: Final = timedelta(days=365)
WORDS: Final = "訪問しました。お変わりありません。血圧 122/66、脈拍 68、SpO2 97％、体重 48.4kg。"
STAGE: Final = """
CREATE UNLOGGED TABLE bench_place (group_id uuid, side text, author_id uuid, membership_id uuid,
  seq bigint, posts int, words bytea)
"""
PLACE: Final = "INSERT INTO bench_place VALUES (%s, %s, %s, %s, %s, %s, %s)"
# The primary key stays, to which others refer: its ids come in order.
KEPT: Final = """
SELECT format('ALTER TABLE timeline_post DROP CONSTRAINT %I', c.conname),
  format('ALTER TABLE timeline_post ADD CONSTRAINT %I %s', c.conname, pg_get_constraintdef(c.oid))
FROM pg_constraint c WHERE c.conrelid = 'timeline_post'::regclass AND (c.contype = 'u'
  OR c.conname = 'timeline_post_is_its_members')
UNION ALL
SELECT format('DROP INDEX %I', i.indexname), i.indexdef FROM pg_indexes i
WHERE i.tablename = 'timeline_post' AND i.indexname NOT IN (SELECT conname FROM pg_constraint)
"""
FILL: Final = """
INSERT INTO timeline_post (id, group_id, side, number, last_number, seq, changed_seq, author_id,
  membership_id, draft_id, body_sealed, urgency, asks_acknowledgement, mentions, published_at)
SELECT i.id, p.group_id, p.side, n.number, n.number, p.seq + n.number, p.seq + n.number,
  p.author_id, p.membership_id, i.id, p.words, 'normal', false, '{}', a.at
FROM generate_series(%(first)s::int, %(last)s::int) AS s (step)
CROSS JOIN LATERAL (SELECT now() - %(spread)s * (1 - s.step / %(steps)s::float) AS at OFFSET 0) a
CROSS JOIN LATERAL (SELECT * FROM bench_place OFFSET 0) p
CROSS JOIN LATERAL generate_series((s.step - 1) * p.posts + 1, s.step * p.posts) AS n (number)
CROSS JOIN LATERAL (
  SELECT (lpad(to_hex((extract(epoch FROM a.at) * 1000)::bigint), 12, '0') || '7'
    || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid AS id, n.number OFFSET 0) i
"""
COUNT: Final = """
UPDATE groups_timeline t SET posts = p.posts * %(steps)s, seq = p.seq + p.posts * %(steps)s
FROM bench_place p WHERE t.group_id = p.group_id AND t.side = p.side
"""
READ: Final = """
UPDATE groups_readmark r SET number = t.posts FROM groups_timeline t, bench_place p
WHERE t.group_id = p.group_id AND t.side = p.side AND r.group_id = p.group_id
  AND r.timeline_id = t.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """How many posts there are now, and the group that holds a tenth of them."""

    posts: int
    largest: Group


def fill(database_url: str, posts: int) -> Filled:
    """Write posts until there are about so many; return where most of them are."""
    from config.loading.cast import Caster  # noqa: PLC0415 - needs Django to be set up

    others = max(1, posts // STEPS - OF_LARGEST)
    caster = Caster()
    groups = [_made(caster, members) for members in (MEMBERS, *[1] * others)]
    with psycopg.connect(database_url, autocommit=True) as connection:
        _stage(connection, groups)
        kept = connection.execute(KEPT).fetchall()
        for dropped, _ in kept:
            _run(connection, dropped)
        for first in range(1, STEPS + 1, STEPS_AT_ONCE):
            asked = {"first": first, "last": first + STEPS_AT_ONCE - 1}
            connection.execute(FILL, asked | {"spread": SPREAD, "steps": STEPS})
        _run(connection, "SET maintenance_work_mem = '512MB'")
        for _, made in kept:
            _run(connection, made)
        for statement in (COUNT, READ):
            connection.execute(statement, {"steps": STEPS})
        _run(connection, "DROP TABLE bench_place")
    let_count(database_url)
    return Filled(posts=(OF_LARGEST + others) * STEPS, largest=_told(groups[0]))


def _made(caster: "Caster", members: int) -> "LoadGroup":
    # Who asked for a session last is not who makes groups.
    with acting_as(Work.CONTENT):
        return caster.group(members)


def _stage(connection: psycopg.Connection, groups: "list[LoadGroup]") -> None:
    from carestation.kernel.ids import uuid7  # noqa: PLC0415 - needs Django to be set up
    from carestation.timeline.models import Post  # noqa: PLC0415 - the same
    from carestation.vault.scopes import open_scope  # noqa: PLC0415 - the same

    _run(connection, STAGE)
    with connection.cursor() as cursor:
        for place, group in enumerate(groups):
            seat = group.members[0].seat
            words = open_scope(group.group_id, None).seal(WORDS, Post.body_place(uuid7()))
            who = (seat.actor.user_id, seat.membership_id)
            share = 1 if place else OF_LARGEST
            cursor.execute(PLACE, (group.group_id, seat.side.value, *who, seat.seq, share, words))


def _run(connection: psycopg.Connection, statement: str) -> None:
    connection.execute(statement.encode())


def _told(group: "LoadGroup") -> Group:
    return Group(
        id=str(group.group_id),
        side=group.side.value,
        tokens=[one.token for one in group.members],
        people=[str(one.person_id) for one in group.members],
    )
