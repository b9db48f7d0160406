"""The sign 了解: its statement says what its slow twin says, and holds under races."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.groups.commands.memberships import end_membership
from carestation.groups.commands.timelines import lock_timeline
from carestation.groups.models.groups import Group
from carestation.groups.rules import Seat
from carestation.kernel.errors import CareError, NotVisible, Refused
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.acknowledgements import (
    acknowledge_post,
    withdraw_acknowledgement,
)
from carestation.timeline.commands.changes import withdraw_post
from carestation.timeline.commands.posts import publish_post
from carestation.timeline.models import Acknowledgement, Post
from tests.settled import CAST
from tests.timeline.twins import acknowledge_post_twin, withdraw_acknowledgement_twin
from tests.world import World, a_draft

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT
Change = Callable[[Seat, UUID], int | None]
HOT: tuple[Change, Change] = (acknowledge_post, withdraw_acknowledgement)
TWINS: tuple[Change, Change] = (acknowledge_post_twin, withdraw_acknowledgement_twin)
turns = st.lists(
    st.tuples(
        st.sampled_from(["give", "take", "withdraw the post"]),
        st.sampled_from(["kato", "sato", "mori"]),
        st.sampled_from(["own", "of the other side", "of nobody", "withdrawn"]),
    ),
    max_size=8,
)


def outcome(changes: tuple[Change, Change], told: list[tuple[str, str, str]]) -> object:
    world = CAST.lay_down()
    sides = {"kato": PRO, "sato": PRO, "mori": PAT}
    seats = {name: world.seat(name, side) for name, side in sides.items()}
    posts = {
        "own": publish_post(seats["kato"], a_draft()).post.pk,
        "of the other side": publish_post(world.seat("kato", PAT), a_draft()).post.pk,
        "of nobody": uuid7(),
        "withdrawn": publish_post(seats["kato"], a_draft()).post.pk,
    }
    withdraw_post(seats["kato"], posts["withdrawn"])
    answers: list[object] = []
    for what, name, which in told:
        try:
            if what == "withdraw the post":
                withdraw_post(seats["kato"], posts[which])
            else:
                answers.append(changes[what == "take"](seats[name], posts[which]))
        except CareError as error:
            answers.append(type(error))
    return (
        answers,
        [
            (row.seq, row.changed_seq)
            for row in Post.objects.filter(group=world.group).order_by("side", "number")
        ],
        [
            (row.post.number, row.withdrawn_at is None)
            for row in Acknowledgement.objects.order_by("at").select_related("post")
        ],
        list(LoggedFact.objects.order_by("id").values_list("kind", flat=True)),
    )


def undone(changes: tuple[Change, Change], told: list[tuple[str, str, str]]) -> object:
    with transaction.atomic():
        result = outcome(changes, told)
        transaction.set_rollback(True)
    return result


class TwinTests(TestCase):
    @given(turns)
    @settings(max_examples=25, deadline=None)
    def test_the_statement_of_the_sign_and_its_twin_agree(
        self, told: list[tuple[str, str, str]]
    ) -> None:
        assert undone(HOT, told) == undone(TWINS, told)


@pytest.mark.parametrize("change", HOT)
@pytest.mark.control("8.3")
def test_who_sits_there_no_more_gives_no_sign(world: World, change: Change) -> None:
    post = publish_post(world.seat("kato", PRO), a_draft()).post
    sato = world.seat("sato", PRO)
    end_membership(world.seat("kato", PRO), world.membership("sato").pk)

    with pytest.raises(Refused):
        change(sato, post.pk)


@pytest.mark.parametrize("change", HOT)
def test_an_archived_group_takes_no_sign(world: World, change: Change) -> None:
    post = publish_post(world.seat("kato", PRO), a_draft()).post
    sato = world.seat("sato", PRO)
    Group.objects.filter(pk=world.group.pk).update(archived_at=timezone.now())

    with pytest.raises(Refused):
        change(sato, post.pk)


@pytest.mark.parametrize("change", HOT)
@pytest.mark.control("8.3")
def test_a_post_of_another_side_is_not_there(world: World, change: Change) -> None:
    post = publish_post(world.seat("kato", PRO), a_draft()).post

    with pytest.raises(NotVisible):
        change(world.seat("mori", PAT), post.pk)


def in_a_thread(work: Callable[[], object]) -> object:
    try:
        return work()
    except CareError as error:
        return type(error)
    finally:
        connection.close()


def test_a_sign_waits_for_the_withdrawal_before_it_and_is_refused(
    committed_world: World,
) -> None:
    kato, sato = committed_world.seat("kato", PRO), committed_world.seat("sato", PRO)
    post = publish_post(kato, a_draft()).post
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock_timeline(kato)
            later = pool.submit(in_a_thread, lambda: acknowledge_post(sato, post.pk))
            await_waiting()
            withdraw_post(kato, post.pk)
        answer = later.result(timeout=20)

    assert answer is Refused
    assert not Acknowledgement.objects.filter(post_id=post.pk).exists()


def test_of_sixteen_presses_at_once_one_counts(committed_world: World) -> None:
    post = publish_post(committed_world.seat("kato", PRO), a_draft()).post
    sato = committed_world.seat("sato", PRO)
    ready = threading.Barrier(16)

    def press() -> object:
        ready.wait()
        return acknowledge_post(sato, post.pk)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(in_a_thread, [press] * 16))

    assert sorted(answer is None for answer in answers) == [False] + [True] * 15
    assert committed_world.timeline(PRO).seq == post.seq + 1


def await_waiting() -> None:
    """Wait until somebody waits for a lock."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    for _ in range(400):
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
        threading.Event().wait(0.01)
    raise AssertionError("nobody waits")
