"""A fact that followers read, of no world: for tests of how facts are followed."""

from carestation.groups.choices import Side
from carestation.kernel.ids import uuid7
from carestation.timeline.facts import PostPublished


def posted() -> PostPublished:
    return PostPublished(
        actor_id=uuid7(), group_id=uuid7(), request_id=uuid7(), side=Side.ALL, post_id=uuid7()
    )
