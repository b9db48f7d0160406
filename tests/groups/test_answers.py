"""What waits for one's answer is found in one look, and the same that many looks would find."""

from collections.abc import Callable

from carestation.groups.commands.approvals import agree_to_invitation, decide_invitation
from carestation.groups.commands.connections import (
    answer_offer,
    offer_by_address,
    offer_to_person,
)
from carestation.groups.commands.groups import archive_group
from carestation.groups.models.connections import ConnectionOffer
from carestation.groups.models.invitations import Invitation
from carestation.groups.queries.answers import Answers, answers_due
from carestation.groups.queries.seats import take_seats
from carestation.kernel.actor import Actor
from tests.accounts.people import clock_later
from tests.groups.people import (
    PAT,
    PRO,
    a_neighbour,
    agreed,
    family,
    invite,
    professional,
    the_patient,
)
from tests.groups.twins import answers_twin
from tests.world import World

Step = Callable[[], object]
A_MONTH = 31 * 24 * 60 * 60


def due(actor: Actor) -> Answers:
    return answers_due(actor, take_seats(actor))


def test_the_hot_statement_and_its_twin_agree_while_people_invite_and_offer(world: World) -> None:
    agreed(world)
    the_patient(world)
    a_neighbour(world)
    first = invite(world, "sato", family()).invitation
    found = []

    def offered() -> ConnectionOffer:
        return ConnectionOffer.objects.latest("id")

    steps: tuple[Step, ...] = (
        lambda: invite(world, "sato", professional()),
        lambda: invite(world, "kato", professional("abe@tsukimizaka.example")),
        lambda: decide_invitation(world.seat("kato", PRO), first.pk, approves=True),
        lambda: agree_to_invitation(world.seat("oka", PAT), first.pk, agrees=True),
        lambda: offer_by_address(world.actor("kato"), "abe@tsukimizaka.example"),
        lambda: offer_to_person(world.actor("sato"), world.people["kato"].pk),
        lambda: offer_by_address(world.actor("abe"), "kato@tsukimizaka.example"),
        lambda: answer_offer(world.actor("kato"), offered().pk, accepts=True),
        lambda: offer_to_person(world.actor("kato"), world.people["sato"].pk),
        lambda: archive_group(world.seat("kato", PRO)),
    )
    for step in steps:
        step()
        for name in world.people:
            actor = world.actor(name)
            found.append(due(actor))
            assert found[-1] == answers_twin(actor), name
            with clock_later(A_MONTH):
                assert due(actor) == answers_twin(actor), name

    assert {one.is_invited for one in found} == {True, False}
    assert {one.offers for one in found} >= {0, 1}
    assert {count for one in found for count in one.decides.values()} >= {1, 2}


def test_what_a_manager_decides_is_counted_once_however_many_sides_they_see(world: World) -> None:
    agreed(world)
    invite(world, "sato", family())

    assert due(world.actor("kato")).decides == {world.group.pk: 1}
    assert due(world.actor("sato")).decides == {}
    assert due(world.actor("mori")).decides == {}
    assert Invitation.objects.count() == 1
