"""The managing facility of a patient's group changes when both agree: at once, whole, keys too."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

import pytest
import tink
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from carestation.facilities.choices import Right
from carestation.facilities.commands.rulings import freeze_facility, unfreeze_facility
from carestation.facilities.commands.staff import pause_staff
from carestation.facilities.rules import Desk
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Role, Side
from carestation.groups.commands.memberships import end_membership
from carestation.groups.commands.roles import change_role, name_manager
from carestation.groups.models.groups import Group
from carestation.groups.models.memberships import Membership
from carestation.groups.queries.unmanaged import unmanaged_at
from carestation.kernel.errors import Conflict, DomainError, NotVisible, Refused
from carestation.kernel.ids import uuid7
from carestation.patients import followers
from carestation.patients.choices import CustodyEnd
from carestation.patients.commands.custody import (
    accept_custody,
    decline_custody,
    end_expired_transfers,
    propose_custody,
    withdraw_custody,
)
from carestation.patients.commands.emergencies import seek_access
from carestation.patients.commands.face_sheets import change_face_sheet, register_patient
from carestation.patients.facts import CustodyProposed, CustodyRetained, CustodyTransferred
from carestation.patients.models import CustodyTransfer, Patient
from carestation.patients.queries.alike import who_is_alike
from carestation.patients.queries.custody import custody_at, custody_of
from carestation.patients.queries.emergencies import accesses_at
from carestation.patients.queries.face_sheets import patients_of
from carestation.patients.rules import CUSTODY_WAITS
from carestation.timeline.commands.posts import publish_post
from carestation.vault.models import OwnerKey, Scope
from carestation.vault.scopes import forget_all, opened_owner_key
from carestation.vault.sealing import unwrap
from tests.accounts.operating import a_console
from tests.accounts.people import clock_at
from tests.accounts.signing_in import sign_in_client
from tests.accounts.test_races import at_once, won
from tests.facilities.people import a_holder
from tests.patients.custody import pharmacy, proposed, two_facilities
from tests.patients.emergencies import SOUGHT, an_emergency
from tests.world import FACE_SHEET, World, a_draft

if TYPE_CHECKING:
    from collections.abc import Callable

PRO: Final = Side.PROFESSIONAL


def taken_over(world: World, giver: Desk, taker: Desk) -> CustodyTransfer:
    """Let the pharmacy manage the group from now on, and Oka there."""
    transfer = proposed(world, giver)
    accept_custody(taker, transfer.pk, manager_id=world.membership("oka").pk)
    transfer.refresh_from_db()
    return transfer


def opens(owner_key: OwnerKey, scope: Scope) -> bool:
    """Whether a facility's key opens the keys of a scope."""
    try:
        for wrapped, part in (
            (scope.sealing_wrapped, b"sealing"),
            (scope.deriving_wrapped, b"deriving"),
        ):
            unwrap(bytes(wrapped), opened_owner_key(owner_key), Scope.bound_to(scope.pk, part))
    except tink.TinkError:
        return False
    return True


def facts(kind: str) -> list[LoggedFact]:
    return list(LoggedFact.objects.filter(kind=f"patients.{kind}").order_by("id"))


@pytest.mark.control("5.18")
def test_when_both_agree_the_group_and_the_patient_are_the_others(world: World) -> None:
    giver, taker = two_facilities(world)

    transfer = taken_over(world, giver, taker)

    patient, group = Patient.objects.get(), Group.objects.get(pk=world.group.pk)
    assert patient.managing_facility == group.facility == pharmacy(world)
    assert (transfer.outcome, transfer.decider_id) == (CustodyEnd.ACCEPTED, world.people["oka"].pk)
    for who, side in (("kato", PRO), ("sato", PRO), ("mori", Side.PATIENT)):
        assert publish_post(world.seat(who, side), a_draft()).post.number >= 1
    assert patients_of(world.actor("sato"))[group.pk].face_sheet == FACE_SHEET


@pytest.mark.control("8.24")
def test_the_former_facilitys_key_opens_the_groups_keys_no_more(world: World) -> None:
    giver, taker = two_facilities(world)
    former = OwnerKey.objects.get(owner_id=world.facility.pk)
    assert opens(former, Scope.objects.get(pk=world.group.pk))

    taken_over(world, giver, taker)

    scope = Scope.objects.select_related("owner_key").get(pk=world.group.pk)
    assert scope.owner_key.owner_id == pharmacy(world).pk
    assert opens(scope.owner_key, scope)
    assert not opens(former, scope)
    forget_all()
    assert patients_of(world.actor("kato"))[world.group.pk].face_sheet == FACE_SHEET


@pytest.mark.control("8.3")
def test_an_emergency_is_found_at_the_new_facility_and_no_more_at_the_former(world: World) -> None:
    giver, taker = two_facilities(world)
    taken_over(world, giver, taker)
    for name in ("sato", "oka"):
        end_membership(world.seat("kato", PRO), world.membership(name).pk)

    with pytest.raises(DomainError, match="nobody_found"):
        seek_access(world.actor("sato"), world.staff["sato"].pk, SOUGHT)
    assert seek_access(world.actor("oka"), world.staff["oka"].pk, SOUGHT).expires_at


@pytest.mark.control("8.3")
def test_who_came_in_an_emergency_for_the_former_facility_leaves_with_the_change(
    world: World,
) -> None:
    giver, taker = two_facilities(world)
    access = an_emergency(world, "ito")
    assert world.seat("ito", PRO).expires_at

    transfer = proposed(world, giver)
    changed = accept_custody(taker, transfer.pk, manager_id=world.membership("oka").pk)

    assert {one.pk for one in changed} == {access.membership_id, world.membership("oka").pk}
    with pytest.raises(NotVisible):
        world.seat("ito", PRO)
    # What its people did is still the former's to look into; why was written for it.
    assert [one.reason for one in accesses_at(giver)] == [SOUGHT.reason]
    assert accesses_at(taker) == []


@pytest.mark.control("8.3")
def test_the_same_patient_is_known_to_the_new_facility_and_not_to_the_former(world: World) -> None:
    giver, taker = two_facilities(world)
    taken_over(world, giver, taker)

    at_former = who_is_alike(world.actor("ito"), world.facility.pk, FACE_SHEET)
    at_new = who_is_alike(world.actor("ito"), pharmacy(world).pk, FACE_SHEET)

    assert at_former.doubles == ()
    assert [one.group_id for one in at_new.doubles] == [world.group.pk]
    register_patient(world.actor("ito"), world.staff["ito"], FACE_SHEET)
    with pytest.raises(Conflict, match="alike"):
        register_patient(world.actor("oka"), world.staff["oka"], FACE_SHEET)
    card = patients_of(world.actor("sato"))[world.group.pk]
    change_face_sheet(world.seat("sato", PRO), FACE_SHEET, version=card.version)
    with pytest.raises(Conflict, match="alike"):
        register_patient(world.actor("oka"), world.staff["oka"], FACE_SHEET)


@pytest.mark.control("5.18")
def test_the_former_desk_has_the_group_no_more_and_the_new_one_has(world: World) -> None:
    giver, taker = two_facilities(world)
    assert [one.id for one in custody_at(giver).groups] == [world.group.pk]
    taken_over(world, giver, taker)
    pause_staff(giver, world.staff["kato"].pk)
    Membership.objects.filter(pk=world.membership("oka").pk).update(role=Role.PROFESSIONAL)

    assert custody_at(giver).groups == []
    assert [one.id for one in custody_at(taker).groups] == [world.group.pk]
    assert unmanaged_at(giver) == []
    assert [one.id for one in unmanaged_at(taker)] == [world.group.pk]
    with pytest.raises(NotVisible):
        name_manager(giver, world.membership("sato").pk)
    assert name_manager(taker, world.membership("oka").pk).role == Role.MANAGER
    with pytest.raises(NotVisible):
        propose_custody(giver, world.group.pk, pharmacy(world).pk)


@pytest.mark.control("5.18")
def test_somebody_of_the_new_facility_manages_the_group_from_then_on(world: World) -> None:
    giver, taker = two_facilities(world)
    transfer = proposed(world, giver)

    for wrong in (None, world.membership("sato").pk, uuid7()):
        with pytest.raises(DomainError, match="manager_missing"):
            accept_custody(taker, transfer.pk, manager_id=wrong)
    accept_custody(taker, transfer.pk, manager_id=world.membership("oka").pk)

    assert world.seat("oka", PRO).role is Role.MANAGER
    assert world.seat("kato", PRO).role is Role.MANAGER


def test_where_one_of_them_manages_it_already_nobody_is_named(world: World) -> None:
    giver, taker = two_facilities(world)
    change_role(world.seat("kato", PRO), world.membership("oka").pk, Role.MANAGER)

    assert accept_custody(taker, proposed(world, giver).pk) == []


@pytest.mark.control("8.15")
def test_each_step_is_a_fact_of_both_facilities_and_a_letter_to_both_desks(world: World) -> None:
    giver, taker = two_facilities(world)
    a_holder(world, giver, "sato", Right.TRANSFER_CUSTODY)
    both = {world.facility.pk, pharmacy(world).pk}
    steps: list[tuple[str, Callable[[], object]]] = [
        ("CustodyProposed", lambda: proposed(world, giver)),
        ("CustodyRetained", lambda: decline_custody(taker, newest())),
        ("CustodyProposed", lambda: proposed(world, giver)),
        ("CustodyTransferred", lambda: accept_custody(taker, newest(), manager_id=own.pk)),
    ]
    own = world.membership("oka")
    for kind, act in steps:
        before = len(facts(kind))
        act()
        told = facts(kind)[before:]
        assert {one.facility_id for one in told} == both
        assert {one.object_id for one in told} == {newest()}
        assert {one.group_id for one in told} == {world.group.pk}
        assert {one.patient_id for one in told} == {Patient.objects.get().pk}
    assert facts("CustodyRetained")[0].detail["outcome"] == CustodyEnd.DECLINED


def newest() -> UUID:
    return CustodyTransfer.objects.latest("id").pk


@pytest.mark.control("5.18")
def test_letters_go_to_whoever_decides_at_both_desks_but_the_actor(world: World) -> None:
    giver, taker = two_facilities(world)
    a_holder(world, giver, "sato", Right.TRANSFER_CUSTODY)
    about = {
        "group_id": world.group.pk,
        "patient_id": Patient.objects.get().pk,
        "transfer_id": uuid7(),
        "giver_id": giver.facility_id,
        "taker_id": taker.facility_id,
        "request_id": uuid7(),
        "actor_id": world.people["oka"].pk,
    }
    desks = [{"facility_id": one} for one in (giver.facility_id, taker.facility_id)]
    declined = CustodyEnd.DECLINED
    followers.tell_of_proposal([CustodyProposed(**about, **one) for one in desks])
    followers.tell_of_transfer([CustodyTransferred(**about, **one) for one in desks])
    followers.tell_of_retained([CustodyRetained(**about, **one, outcome=declined) for one in desks])

    for letter in ("custody_proposed", "custody_changed", "custody_unchanged"):
        assert told_by(letter) == {world.people[name].pk for name in ("abe", "sato")}


def told_by(letter: str) -> set[UUID]:
    jobs = ProcrastinateJob.objects.filter(args__letter=letter)
    return {UUID(one.args["user_id"]) for one in jobs}


@pytest.mark.control("5.18")
def test_the_proposal_is_seen_by_every_member_and_so_is_the_change(world: World) -> None:
    giver, taker = two_facilities(world)
    transfer = proposed(world, giver)
    for who, side in (("sato", PRO), ("mori", Side.PATIENT)):
        client = Client()
        sign_in_client(client, world.people[who])
        page = client.get(reverse("timeline:members", args=[world.group.pk, side])).text
        assert "すずかけ通り薬局 が引き受けるかどうか" in page
        assert (
            reverse("patients:propose_custody", args=[world.facility.pk, world.group.pk])
            not in page
        )
    accept_custody(taker, transfer.pk, manager_id=world.membership("oka").pk)

    seen = custody_of(world.seat("mori", Side.PATIENT))
    assert seen is not None
    assert (seen.facility, seen.taker, seen.may_propose) == ("すずかけ通り薬局", "", False)
    assert seen.since is not None
    own = custody_of(world.seat("oka", PRO))
    assert own is not None
    assert own.may_propose


@pytest.mark.control("5.18")
def test_a_proposal_goes_only_where_someone_sits_for_good_and_can_act(world: World) -> None:
    giver, taker = two_facilities(world)
    transfer = proposed(world, giver)
    end_membership(world.seat("oka", PRO), world.membership("oka").pk)

    with pytest.raises(Conflict, match="nobody_there"):
        accept_custody(taker, transfer.pk)
    withdraw_custody(giver, transfer.pk)
    for nobody in (pharmacy(world).pk, world.facility.pk, uuid7()):
        with pytest.raises(Conflict, match="nobody_there"):
            propose_custody(giver, world.group.pk, nobody)


@pytest.mark.control("5.18")
def test_while_one_of_the_two_is_frozen_nothing_goes_over(world: World) -> None:
    giver, taker = two_facilities(world)
    transfer = proposed(world, giver)
    console = a_console()
    freeze_facility(console, world.facility.pk, "調査のため")

    with pytest.raises(Conflict, match="stopped"):
        accept_custody(taker, transfer.pk, manager_id=world.membership("oka").pk)
    unfreeze_facility(console, world.facility.pk, "調査が終わったため")
    freeze_facility(console, pharmacy(world).pk, "調査のため")
    with pytest.raises(Refused):
        accept_custody(taker, transfer.pk, manager_id=world.membership("oka").pk)
    unfreeze_facility(console, pharmacy(world).pk, "調査が終わったため")
    assert accept_custody(taker, transfer.pk, manager_id=world.membership("oka").pk)


@pytest.mark.control("5.18")
def test_what_was_decided_withdrawn_or_over_is_agreed_to_no_more(world: World) -> None:
    giver, taker = two_facilities(world)
    oka = world.membership("oka").pk
    for end in (decline_custody, withdraw_custody):
        transfer = proposed(world, giver)
        end(taker if end is decline_custody else giver, transfer.pk)
        for again in (accept_custody, decline_custody):
            with pytest.raises(Conflict, match="custody_over"):
                again(taker, transfer.pk)
        with pytest.raises(Conflict, match="custody_over"):
            withdraw_custody(giver, transfer.pk)
    transfer = proposed(world, giver)
    last = transfer.proposed_at + CUSTODY_WAITS
    with clock_at(last), pytest.raises(Conflict, match="custody_over"):
        accept_custody(taker, transfer.pk, manager_id=oka)
    with clock_at(last - timedelta(seconds=1)):
        assert accept_custody(taker, transfer.pk, manager_id=oka)


@pytest.mark.control("5.18")
def test_past_its_term_it_ends_by_itself_or_by_the_next(world: World) -> None:
    giver, _ = two_facilities(world)
    first = proposed(world, giver)
    with pytest.raises(Conflict, match="proposed_already"):
        proposed(world, giver)

    with clock_at(timezone.now() + CUSTODY_WAITS + timedelta(seconds=1)):
        second = proposed(world, giver)
        assert end_expired_transfers() == 0
    with clock_at(timezone.now() + 2 * CUSTODY_WAITS + timedelta(minutes=1)):
        assert custody_at(giver).sent == []
        assert end_expired_transfers() == 1

    ended = [CustodyTransfer.objects.get(pk=one.pk).outcome for one in (first, second)]
    assert ended == [CustodyEnd.EXPIRED, CustodyEnd.EXPIRED]
    assert len(facts("CustodyRetained")) == 4


@pytest.mark.control("5.18")
def test_nobody_answers_or_withdraws_what_is_not_theirs(world: World) -> None:
    giver, taker = two_facilities(world)
    transfer = proposed(world, giver)

    for act in (
        lambda: accept_custody(giver, transfer.pk),
        lambda: decline_custody(giver, transfer.pk),
        lambda: withdraw_custody(taker, transfer.pk),
        lambda: propose_custody(taker, world.group.pk, world.facility.pk),
    ):
        with pytest.raises(NotVisible):
            act()
    assert CustodyTransfer.objects.get().ended_at is None


def test_the_database_keeps_one_proposal_a_patient_and_an_outcome_for_each_end(
    world: World,
) -> None:
    giver, _ = two_facilities(world)
    row = proposed(world, giver)
    for change in (
        {"taker_id": row.giver_id},
        {"ended_at": timezone.now()},
        {"outcome": CustodyEnd.ACCEPTED},
        {"ended_at": timezone.now(), "outcome": CustodyEnd.ACCEPTED},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            CustodyTransfer.objects.filter(pk=row.pk).update(**change)
    row.pk = uuid7()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.control("5.18")
def test_of_many_answers_at_once_one_counts(committed_world: World) -> None:
    world = committed_world
    giver, taker = two_facilities(world)
    transfer = proposed(world, giver)
    oka = world.membership("oka").pk
    acts: list[Callable[[], object]] = [
        lambda: accept_custody(taker, transfer.pk, manager_id=oka),
        lambda: decline_custody(taker, transfer.pk),
        lambda: withdraw_custody(giver, transfer.pk),
    ]

    results = at_once(9, lambda number: acts[number % 3]())

    assert won(results) == 1
    transfer.refresh_from_db()
    went = transfer.outcome == CustodyEnd.ACCEPTED
    owner = pharmacy(world).pk if went else world.facility.pk
    group, patient = Group.objects.get(pk=world.group.pk), Patient.objects.get()
    scope = Scope.objects.select_related("owner_key").get(pk=group.pk)
    assert {group.facility_id, patient.managing_facility_id, scope.owner_key.owner_id} == {owner}


@pytest.mark.control("5.18")
def test_of_many_proposals_at_once_one_stands(committed_world: World) -> None:
    giver, _ = two_facilities(committed_world)

    results = at_once(8, lambda _: proposed(committed_world, giver))

    assert won(results) == 1
    assert CustodyTransfer.objects.count() == 1


@pytest.mark.control("8.3")
def test_an_emergency_beside_a_change_leaves_no_seat_that_has_no_ground(
    committed_world: World,
) -> None:
    world = committed_world
    giver, taker = two_facilities(world)
    transfer, oka = proposed(world, giver), world.membership("oka").pk

    def act(number: int) -> object:
        if number == 0:
            return accept_custody(taker, transfer.pk, manager_id=oka)
        return seek_access(world.actor("ito"), world.staff["ito"].pk, SOUGHT)

    at_once(2, act)

    temporary = Membership.objects.active().of_group(world.group.pk).exclude(expires_at=None)
    assert not temporary.exists()
    assert Patient.objects.get().managing_facility_id == taker.facility_id


def a_client(world: World, name: str) -> Client:
    client = Client()
    sign_in_client(client, world.people[name])
    return client


@pytest.mark.control("5.18")
def test_a_change_is_proposed_and_taken_on_the_pages_of_the_desks(world: World) -> None:
    giver, taker = two_facilities(world)
    abe, oka = a_client(world, "abe"), a_client(world, "oka")
    page = abe.get(reverse("patients:custody", args=[giver.facility_id])).text
    where = reverse("patients:propose_custody", args=[giver.facility_id, world.group.pk])
    assert where in page
    assert FACE_SHEET.name not in page
    assert "すずかけ通り薬局（すずかけどおりやっきょく・1人が参加）" in abe.get(where).text
    assert abe.post(where, {}).status_code == 422

    assert abe.post(where, {"taker": taker.facility_id}).status_code == 302
    again = abe.post(where, {"taker": taker.facility_id})
    assert again.status_code == 422
    assert "答えを待っている提案がもうあります" in again.text

    top = oka.get(reverse("patients:top", args=[taker.facility_id])).text
    assert "管理施設の変更の提案が届いています（1）" in top
    answer = reverse("patients:answer_custody", args=[taker.facility_id, newest()])
    # Oka sits in the group, so the patient's name is hers to read.
    assert FACE_SHEET.name in oka.get(answer).text
    own = world.membership("oka").pk
    assert oka.post(answer, {"accepts": "yes"}).status_code == 422
    assert oka.post(answer, {"accepts": "yes", "manager": own}).status_code == 302
    assert Patient.objects.get().managing_facility_id == taker.facility_id
    past = oka.get(reverse("patients:custody", args=[taker.facility_id])).text
    assert "引き受けました" in past
    assert oka.get(answer).status_code == 200
    assert {one.facility_id for one in facts("CustodyViewed")} == {
        giver.facility_id,
        taker.facility_id,
    }


def test_a_proposal_is_withdrawn_or_declined_on_the_page(world: World) -> None:
    giver, taker = two_facilities(world)
    abe, oka = a_client(world, "abe"), a_client(world, "oka")
    first = proposed(world, giver)
    abe.post(reverse("patients:withdraw_custody", args=[giver.facility_id, first.pk]))
    second = proposed(world, giver)
    oka.post(
        reverse("patients:answer_custody", args=[taker.facility_id, second.pk]), {"accepts": "no"}
    )

    ends = CustodyTransfer.objects.order_by("id").values_list("outcome", flat=True)
    assert list(ends) == [CustodyEnd.WITHDRAWN, CustodyEnd.DECLINED]
    page = abe.get(reverse("patients:custody", args=[giver.facility_id])).text
    assert "引き受けませんでした" in page
    assert "提案が取り消されました" in page


def test_where_nobody_else_sits_the_page_says_what_to_do_first(world: World) -> None:
    giver, _ = two_facilities(world)
    end_membership(world.seat("kato", PRO), world.membership("oka").pk)

    where = reverse("patients:propose_custody", args=[giver.facility_id, world.group.pk])
    page = a_client(world, "abe").get(where).text

    assert "引き継げる施設がありません" in page
    assert "提案する</button>" not in page
