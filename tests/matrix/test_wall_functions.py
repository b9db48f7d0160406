"""What works as the owner of the tables stands outside the second wall, and asks by itself."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest
from django.db import connection

from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Role, Side
from carestation.groups.rules import Seat
from carestation.kernel.errors import Refused
from carestation.timeline.commands.posts import publish_post
from carestation.timeline.models import Post
from tests.conftest import act_as
from tests.world import World, a_draft

pytestmark = [pytest.mark.control("8.3"), pytest.mark.control("CLD.9.5.1")]
PRO: Final = Side.PROFESSIONAL
# Every function that sees tables as their owner does, with what it asks or why it need not.
ASK: Final = {
    "audit_remove_facts": "takes no facts but those past their term",
    "factlog_drop_months": "drops no month but an empty one",
    "factlog_make_month": "makes an empty month",
    "groups_own": "who acts",
    "groups_sits": "who acts",
    "timeline_bytes_of_facilities": "adds sizes up, and shows no group",
    "timeline_publish_at": "who acts, and whether they sit there: below",
}
OWNED: Final = """
SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace ORDER BY 1
"""
Forgery = Callable[[World], Seat]
# A seat that none of them has: by whom it is used, and what of it is untrue.
FORGED: Final[dict[str, tuple[str, Forgery]]] = {
    "another's seat": ("sato", lambda world: world.seat("kato", PRO)),
    "a seat, by nobody": ("", lambda world: world.seat("kato", PRO)),
    "in another's name": (
        "kato",
        lambda world: replace(world.seat("kato", PRO), actor=world.actor("sato")),
    ),
    "in another group": (
        "kato",
        lambda world: replace(world.seat("kato", PRO), group_id=world.elsewhere.pk),
    ),
    "family, at the staff's side": (
        "mori",
        lambda world: replace(
            world.seat("mori", Side.PATIENT), side=PRO, timeline_id=world.timeline(PRO).pk
        ),
    ),
    "family, as staff": (
        "mori",
        lambda world: replace(
            world.seat("mori", Side.PATIENT),
            side=PRO,
            timeline_id=world.timeline(PRO).pk,
            role=Role.PROFESSIONAL,
        ),
    ),
}


def test_each_function_that_works_as_the_owner_is_known_for_what_it_asks(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(OWNED)
        assert [name for (name,) in cursor.fetchall()] == sorted(ASK)


def test_who_sits_there_writes(world: World) -> None:
    seat = world.seat("kato", PRO)
    act_as(str(seat.actor.user_id))

    assert publish_post(seat, a_draft()).is_new


@pytest.mark.parametrize("how", FORGED)
def test_from_a_seat_that_is_not_ones_own_nothing_is_written(how: str, world: World) -> None:
    who, forge = FORGED[how]
    seat = forge(world)
    facts = LoggedFact.objects.count()
    act_as(str(world.people[who].pk) if who else "")

    with pytest.raises(Refused):
        publish_post(seat, a_draft())

    act_as("system:content")
    assert (Post.objects.count(), LoggedFact.objects.count()) == (0, facts)
