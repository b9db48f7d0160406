"""A post that was written just now is shown as it will be read."""

import pytest

from carestation.groups.choices import Side
from carestation.groups.queries.seats import members_at
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.posts import Draft, publish_post
from carestation.timeline.queries.messages import message
from carestation.timeline.queries.standing import standing_of
from tests.world import World, a_draft

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT


@pytest.mark.parametrize(("name", "side"), [("kato", PRO), ("sato", PAT), ("mori", PAT)])
@pytest.mark.parametrize("answers", ["nothing", "a post"])
def test_what_was_written_just_now_and_what_is_read_agree(
    world: World, name: str, side: Side, answers: str
) -> None:
    seat = world.seat(name, side)
    parent_id = (
        publish_post(world.seat("kato", side), a_draft()).post.pk if answers == "a post" else None
    )

    published = publish_post(seat, Draft(id=uuid7(), body="体温 36.9", parent_id=parent_id))

    assert published.fresh is not None
    read = message(seat, published.post.pk)
    standing = standing_of(read, members_at(seat))
    assert published.fresh.message == read
    assert (published.fresh.readers, 0) == (standing.readers, standing.read)


def test_names_and_requests_are_read_again(world: World) -> None:
    seat = world.seat("kato", PRO)
    drafts = (
        Draft(id=uuid7(), body="見てください", mentions=(world.seat("sato", PRO).actor.user_id,)),
        Draft(id=uuid7(), body="確認を", asks_acknowledgement=True),
    )

    assert [publish_post(seat, draft).fresh for draft in drafts] == [None, None]
