"""Many at once: a right is read again under the lock, and locks are taken in one order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import transaction

from carestation.groups.choices import Role, Side
from carestation.groups.commands.groups import archive_group
from carestation.groups.commands.memberships import end_membership
from carestation.groups.commands.roles import change_role
from carestation.groups.commands.timelines import lock_timelines
from carestation.groups.rules import Seat
from carestation.kernel.errors import Refused
from carestation.patients.commands.consents import record_consent, withdraw_consent
from carestation.patients.commands.emergencies import review_access, review_instead
from carestation.patients.commands.face_sheets import change_face_sheet
from carestation.patients.models import Patient
from carestation.ui.times import local_date
from tests.accounts.test_races import at_once, told_meanwhile, wait_until_someone_waits
from tests.facilities.people import a_manager, desk_of
from tests.patients.emergencies import an_emergency
from tests.patients.test_consents import a_consent
from tests.world import FACE_SHEET, World

PRO = Side.PROFESSIONAL


def let_change(world: World, seat: Seat) -> Callable[[], object]:
    return partial(change_face_sheet, seat, FACE_SHEET, version=1)


def let_record(world: World, seat: Seat) -> Callable[[], object]:
    return partial(record_consent, seat, a_consent())


def let_withdraw(world: World, seat: Seat) -> Callable[[], object]:
    standing = record_consent(seat, a_consent())
    return partial(withdraw_consent, seat, standing.pk, withdrawn_on=local_date(), note="")


def end(world: World) -> None:
    end_membership(world.seat("kato", PRO), world.membership("sato").pk)


def lower(world: World) -> None:
    change_role(world.seat("kato", PRO), world.membership("sato").pk, Role.READER)


def archive(world: World) -> None:
    archive_group(world.seat("kato", PRO))


@pytest.mark.control("8.3")
@pytest.mark.parametrize("take_away", [end, lower, archive])
@pytest.mark.parametrize("let", [let_change, let_record, let_withdraw])
def test_who_lost_the_right_since_their_page_was_opened_writes_nothing_of_a_patient(
    world: World,
    let: Callable[[World, Seat], Callable[[], object]],
    take_away: Callable[[World], None],
) -> None:
    write = let(world, world.seat("sato", PRO))
    take_away(world)

    with pytest.raises(Refused):
        write()


@pytest.mark.control("8.3")
def test_who_loses_the_right_in_this_moment_is_waited_for(committed_world: World) -> None:
    write = let_change(committed_world, committed_world.seat("sato", PRO))

    written = told_meanwhile(write, partial(end, committed_world))

    assert written == "Refused"
    assert Patient.objects.get().version == 1


@pytest.mark.control("5.18")
def test_an_emergency_is_looked_into_from_both_sides_at_once_and_nobody_blocks_the_other(
    committed_world: World,
) -> None:
    a_manager(committed_world)
    access = an_emergency(committed_world, "ito")
    kato, desk = committed_world.seat("kato", PRO), desk_of(committed_world, "abe")

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            lock_timelines(committed_world.group.pk, Role.MANAGER)
            instead = pool.submit(at_once, 1, lambda _: review_instead(kato, access.pk, ends=True))
            wait_until_someone_waits()
            review = pool.submit(at_once, 1, lambda _: review_access(desk, access.pk, ends=True))
            wait_until_someone_waits(2)
        [refused], [ended] = instead.result(timeout=30), review.result(timeout=30)

    access.refresh_from_db()
    assert refused == "Refused"
    assert access.reviewer_id == desk.actor.user_id
    assert access.membership.left_at is not None
    assert ended == access.membership
