"""What became of what was acknowledged: read as a program reads it, and in the database."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.request import Request, urlopen

import psycopg
from psycopg.rows import dict_row

from tests.durability.ordeal import Acknowledged, Place

PAGE: Final = 100
POSTS: Final = """
SELECT id::text, draft_id, number, seq FROM timeline_post WHERE group_id = %s ORDER BY number
"""
COUNTED: Final = """
SELECT t.seq, t.posts,
  (SELECT count(*) FROM factlog_loggedfact f
    WHERE f.group_id = t.group_id AND f.kind = 'timeline.PostPublished') AS facts,
  (SELECT count(DISTINCT f.object_id) FROM factlog_loggedfact f
    WHERE f.group_id = t.group_id AND f.kind = 'timeline.PostPublished') AS posts_with_fact
FROM groups_timeline t WHERE t.group_id = %s AND t.side = %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What is wrong; all zero where acknowledged means kept."""

    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    gaps: int = 0
    facts_amiss: int = 0

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.doubled or self.gaps or self.facts_amiss)

    def __add__(self, other: "Findings") -> "Findings":
        return Findings(
            acknowledged=self.acknowledged + other.acknowledged,
            lost=self.lost + other.lost,
            doubled=self.doubled + other.doubled,
            gaps=self.gaps + other.gaps,
            facts_amiss=self.facts_amiss + other.facts_amiss,
        )


def findings_at(
    url: str, database_url: str, place: Place, acknowledged: Sequence[Acknowledged]
) -> Findings:
    """Return what is wrong at one side, whose posts were all written in the ordeal."""
    told = [one for one in acknowledged if one.group_id == place.group_id]
    shown = _shown(url, place)
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        rows = connection.execute(POSTS, [place.group_id]).fetchall()
        counted = connection.execute(COUNTED, [place.group_id, place.side]).fetchone()
    assert counted is not None
    ids = Counter(post["id"] for post in shown)
    bodies = Counter(post["body"] for post in shown)
    numbers = {post["id"]: post["number"] for post in shown}
    drafts = {row["draft_id"]: row["id"] for row in rows}
    begins = counted["seq"] - counted["posts"]
    kept = [
        one
        for one in told
        if drafts.get(one.draft_id) == one.post_id and numbers.get(one.post_id) == one.number
    ]
    return Findings(
        acknowledged=len(told),
        lost=len(told) - len(kept),
        doubled=sum(count - 1 for count in (*ids.values(), *bodies.values())),
        gaps=_gaps([row["number"] for row in rows], 1, counted["posts"])
        + _gaps([row["seq"] for row in rows], begins + 1, counted["posts"])
        + _gaps(sorted(numbers.values()), 1, counted["posts"]),
        facts_amiss=abs(counted["facts"] - len(rows)) + abs(counted["posts_with_fact"] - len(rows)),
    )


def _gaps(found: list[int], first: int, count: int) -> int:
    return len(set(found) ^ set(range(first, first + count)))


def _shown(url: str, place: Place) -> list[dict[str, Any]]:
    posts: list[dict[str, Any]] = []
    more, before = True, ""
    while more:
        asked = Request(f"{url}{place.path}?limit={PAGE}{before}", headers=place.headers)  # noqa: S310 - our own address
        with urlopen(asked) as answer:  # noqa: S310 - our own address
            page = json.load(answer)
        posts += page["posts"]
        more = page["more"]
        before = f"&before={posts[-1]['number']}" if posts else ""
    return posts
