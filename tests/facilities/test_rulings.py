"""The operator decides about facilities: approved, refused, frozen, unfrozen."""

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from carestation.accounts.choices import EndReason, Letter, Proof
from carestation.accounts.commands.sessions import open_session
from carestation.accounts.models import Session
from carestation.accounts.queries.sessions import find_entry
from carestation.accounts.tasks import mail_letter
from carestation.facilities import followers
from carestation.facilities.choices import (
    FacilityKind,
    FacilityState,
    Profession,
    Ruling,
    StaffRole,
)
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.rulings import (
    approve_facility,
    freeze_facility,
    refuse_facility,
    unfreeze_facility,
)
from carestation.facilities.commands.staff import begin_staff
from carestation.facilities.facts import FacilityFrozen
from carestation.facilities.models.facilities import Facility
from carestation.facilities.queries.desks import desks_of, take_desk
from carestation.facilities.queries.rights import workplaces_of
from carestation.facilities.queries.rulings import (
    facilities_for,
    facility_for,
    stopped_facility,
)
from carestation.facilities.queries.staff import places_of
from carestation.facilities.rules import DESK_RIGHTS, RULINGS, may_rule
from carestation.factlog.models import LoggedFact
from carestation.kernel.errors import CareError, Conflict, NotVisible, Refused
from carestation.kernel.ids import uuid7
from tests.accounts.operating import a_console
from tests.accounts.people import BROWSER
from tests.accounts.signing_in import sign_in_client
from tests.accounts.test_races import at_once
from tests.facilities.people import a_manager
from tests.facilities.test_applications import found, token_of
from tests.world import World

REASON = "連絡がつかないため"
RULE = {
    Ruling.APPROVE: approve_facility,
    Ruling.REFUSE: refuse_facility,
    Ruling.FREEZE: freeze_facility,
    Ruling.UNFREEZE: unfreeze_facility,
}


@pytest.mark.parametrize("state", FacilityState)
@pytest.mark.parametrize("ruling", Ruling)
def test_what_can_be_decided_follows_from_how_a_facility_stands(
    state: FacilityState, ruling: Ruling
) -> None:
    allowed = {
        ("waiting", "approve"),
        ("waiting", "refuse"),
        ("refused", "approve"),
        ("approved", "freeze"),
        ("frozen", "unfreeze"),
    }

    assert may_rule(state, ruling) == ((state.value, ruling.value) in allowed)
    assert (ruling in RULINGS[state]) == may_rule(state, ruling)


@pytest.mark.django_db
@pytest.mark.control("5.18")
def test_a_facility_is_refused_approved_after_all_frozen_and_unfrozen() -> None:
    founder, console = found(token_of()), a_console()
    facility_id = Facility.objects.get().pk
    states = []

    for ruling in (Ruling.REFUSE, Ruling.APPROVE, Ruling.FREEZE, Ruling.UNFREEZE):
        RULE[ruling](console, facility_id, f"{REASON}：{ruling.value}")
        states.append(Facility.objects.get().state.value)

    assert states == ["refused", "approved", "frozen", "approved"]
    card = facility_for(console, facility_id)
    assert [(one.ruling.value, one.reason) for one in card.history] == [
        (ruling, f"{REASON}：{ruling}") for ruling in ("unfreeze", "freeze", "approve", "refuse")
    ]
    assert {one.operator for one in card.history} == {"運営 さくら"}
    assert (card.people, card.managers, card.address) == (1, 1, "東京都夕陽区丘1-2-3")
    told = LoggedFact.objects.filter(actor_id=console.actor.user_id, facility_id=facility_id)
    assert [fact.kind.removeprefix("facilities.Facility") for fact in told.order_by("id")] == [
        "Refused",
        "Approved",
        "Frozen",
        "Unfrozen",
    ]
    assert founder.ended_at is None


@pytest.mark.parametrize("ruling", Ruling)
@pytest.mark.control("5.18")
def test_what_does_not_fit_or_is_not_there_is_not_decided(world: World, ruling: Ruling) -> None:
    console = a_console()
    if ruling is Ruling.FREEZE:
        freeze_facility(console, world.facility.pk, REASON)

    with pytest.raises(Conflict, match="ruled"):
        RULE[ruling](console, world.facility.pk, REASON)
    with pytest.raises(NotVisible):
        RULE[ruling](console, uuid7(), REASON)


@pytest.mark.control("8.2")
def test_while_a_facility_is_frozen_no_place_in_it_gives_anything(world: World) -> None:
    a_manager(world)
    kato, abe = world.actor("kato"), world.actor("abe")

    freeze_facility(a_console(), world.facility.pk, REASON)

    assert places_of(world.people["kato"].pk) == []
    assert workplaces_of(kato).frozen == ("月見坂在宅クリニック",)
    assert (workplaces_of(kato).rights, workplaces_of(abe).has_desk) == (frozenset(), True)
    assert [one.pk for one in desks_of(abe)] == [world.facility.pk]
    with pytest.raises(Refused, match="frozen"):
        take_desk(abe, world.facility.pk, *DESK_RIGHTS)
    with pytest.raises(NotVisible):
        take_desk(kato, world.facility.pk, *DESK_RIGHTS)


@pytest.mark.control("8.5")
def test_freezing_signs_out_whoever_works_nowhere_else(world: World) -> None:
    elsewhere = open_facility(world.actor("kato"), name="別の家", kind=FacilityKind.CLINIC)
    begin_staff(
        world.actor("kato"),
        elsewhere.pk,
        world.people["ito"].pk,
        profession=Profession.PHARMACIST,
        role=StaffRole.MEMBER,
    )
    tokens = {
        name: open_session(user.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7()).token
        for name, user in world.people.items()
    }

    freeze_facility(a_console(), world.facility.pk, REASON)

    alive = {name for name, token in tokens.items() if find_entry(token)}
    assert alive == {"ito", "mori"}
    ended = Session.objects.filter(user=world.people["kato"])
    assert {one.end_reason for one in ended} == {EndReason.FACILITY_FROZEN}
    again = open_session(world.people["kato"].pk, BROWSER, proof=Proof.TOTP, request_id=uuid7())
    assert find_entry(again.token), "who works there can sign in, and reads why it stands still"


@pytest.mark.control("5.18")
def test_unfreezing_gives_the_same_places_back(world: World) -> None:
    desk, console = a_manager(world), a_console()
    before = (places_of(world.people["sato"].pk), desk)

    freeze_facility(console, world.facility.pk, REASON)
    unfreeze_facility(console, world.facility.pk, "")

    after = take_desk(desk.actor, world.facility.pk, *DESK_RIGHTS)
    assert (places_of(world.people["sato"].pk), after) == before
    assert workplaces_of(world.actor("sato")).frozen == ()


@pytest.mark.control("5.18")
def test_the_managers_and_nobody_else_read_why_a_facility_stands_still(world: World) -> None:
    a_manager(world)
    freeze_facility(a_console(), world.facility.pk, REASON)
    page = reverse("facilities:stopped", args=[world.facility.pk])
    client, other = Client(), Client()
    sign_in_client(client, world.people["abe"])
    sign_in_client(other, world.people["kato"])

    led = client.get(reverse("facilities:desks"))
    told = client.get(page).text
    desk = client.get(reverse("facilities:staff", args=[world.facility.pk]))

    assert led["Location"] == page
    assert REASON in told
    assert "書かれたものは、何も消えていません。" in told
    assert desk.status_code == 403
    assert "運営が利用を止めました。" in desk.text
    assert other.get(page).status_code == 404
    assert "月見坂在宅クリニック は、いま使えません" in other.get("/").text


@pytest.mark.django_db
@pytest.mark.control("5.18")
def test_the_manager_of_a_refused_facility_reads_why_at_the_desk() -> None:
    founder, client = found(token_of()), Client()
    facility_id = Facility.objects.get().pk
    refuse_facility(a_console(), facility_id, REASON)
    sign_in_client(client, founder)

    desk = client.get(reverse("facilities:staff", args=[facility_id])).text
    told = client.get(reverse("facilities:stopped", args=[facility_id])).text

    assert "この施設の登録は、承認されませんでした" in desk
    assert REASON in told


@pytest.mark.control("5.18")
def test_every_manager_is_written_to_without_the_reason(
    world: World, mailoutbox: list[EmailMessage]
) -> None:
    a_manager(world)
    console = a_console()
    freeze_facility(console, world.facility.pk, REASON)
    fact = FacilityFrozen(**console.marks(), facility_id=world.facility.pk)

    followers.tell_managers_of_freezing([fact])
    asked = ProcrastinateJob.objects.filter(task_name="accounts.mail_letter").latest("id").args
    mail_letter(**asked)

    assert asked == {
        "user_id": str(world.people["abe"].pk),
        "letter": Letter.FACILITY_FROZEN.value,
    }
    [mail] = mailoutbox
    assert "何も消えていません" in mail.body
    assert REASON not in mail.body
    assert world.facility.name not in mail.body


def test_a_facility_that_takes_part_has_no_reason_to_read(world: World) -> None:
    desk = a_manager(world)

    with pytest.raises(NotVisible):
        stopped_facility(desk.actor, world.facility.pk)


@pytest.mark.django_db
def test_the_list_counts_people_and_names_none(world: World) -> None:
    [line] = facilities_for(a_console())

    assert (line.name, line.people, line.state) == (
        "月見坂在宅クリニック",
        4,
        FacilityState.APPROVED,
    )


@pytest.mark.control("5.18")
def test_of_many_who_freeze_at_once_one_does(committed_world: World) -> None:
    console, facility_id = a_console(), committed_world.facility.pk

    def freeze(_number: int) -> None:
        freeze_facility(console, facility_id, REASON)

    results: list[object | CareError] = at_once(8, freeze)

    assert (results.count(None), results.count("Conflict")) == (1, 7)
    assert len(facility_for(console, facility_id).history) == 1
