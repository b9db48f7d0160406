"""Writing and looking in tests: posts by commands, the index by its followers."""

from uuid import UUID

from carestation.factlog.commands import FOLLOWERS, Follower
from carestation.factlog.facts import fact_of
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.groups.queries.seats import take_seats
from carestation.kernel.ids import uuid7
from carestation.search.queries.candidates import Question
from carestation.search.queries.finding import Found, find
from carestation.search.rules import words_of
from carestation.timeline.commands.posts import Draft, publish_post
from tests.world import World


def let_index_follow() -> None:
    """Let every follower of the index read the whole log, once more where it has read it."""
    rows = [row.__dict__ for row in LoggedFact.objects.order_by("id")]
    for name, one in FOLLOWERS.items():
        facts = [fact_of(row) for row in rows if row["kind"] == one.kind.kind]
        if name.startswith("carestation.search.") and facts:
            assert isinstance(one, Follower)
            one.act(facts)


def say(world: World, who: str, side: Side, body: str, **more: object) -> UUID:
    draft = Draft(id=uuid7(), body=body, **more)  # type: ignore[arg-type]  # a draft's own fields
    return publish_post(world.seat(who, side), draft).post.pk


def look(world: World, who: str, asked: str, limit: int = 30, **more: object) -> Found:
    question = Question(words=words_of(asked), **more)  # type: ignore[arg-type]  # a question's own
    return find(take_seats(world.actor(who)), question, limit=limit)


def found_posts(world: World, who: str, asked: str, **more: object) -> list[UUID]:
    return [hit.post_id for hit in look(world, who, asked, limit=1000, **more).hits]
