"""Invitations to the staff: to one address, once, in time, and nobody half invited."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from carestation.accounts.choices import Proof, RegistrationPurpose, Standing
from carestation.accounts.commands.passwords import WeakPassword
from carestation.accounts.commands.registrations import PersonDraft, make_registration_link
from carestation.accounts.models import Registration, User
from carestation.accounts.queries.people import read_person
from carestation.accounts.queries.sessions import find_entry
from carestation.facilities.choices import (
    EndCause,
    FacilityKind,
    InvitationState,
    Right,
    StaffRole,
)
from carestation.facilities.commands.invitations import (
    Uninvitable,
    cancel_invitation,
    invite_staff,
    join_as_known,
    join_as_new,
    resend_invitation,
)
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.roles import NewRole, end_role, make_role
from carestation.facilities.commands.staff import end_staff
from carestation.facilities.models.facilities import Facility
from carestation.facilities.models.policies import CustomRole
from carestation.facilities.models.staff import Staff, StaffInvitation
from carestation.facilities.queries.invitations import find_open_invitation, invitations_of
from carestation.facilities.rules import INVITATION_LASTS, Desk
from carestation.factlog.models import LoggedFact
from carestation.groups.commands.places import end_place
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, NotVisible, Refused
from carestation.kernel.ids import uuid7
from tests.accounts.people import clock_at
from tests.accounts.signing_in import sign_in_client
from tests.accounts.test_races import at_once
from tests.facilities.people import a_holder, a_manager, an_invited, desk_of
from tests.world import World, a_person

PASSWORD = "tsuki-to-hoshi-no-yoru"
DRAFT = PersonDraft(name="林 さくら", kana="はやし さくら", password=PASSWORD)
A_SECOND = timedelta(seconds=1)


def invite(desk: Desk, email: str = "hayashi@example.org", **more: StaffRole) -> StaffInvitation:
    [invitation] = invite_staff(desk, [an_invited(email, **more)])
    return invitation


def token_of(invitation: StaffInvitation) -> str:
    """Return the token of the newest mail of an invitation."""
    purpose = RegistrationPurpose.JOIN_FACILITY
    row = Registration.objects.unused().get(purpose=purpose, subject_id=invitation.pk)
    link = make_registration_link(row.pk, request_id=uuid7())
    assert link is not None
    return link.token


def join(token: str, draft: PersonDraft = DRAFT) -> Staff:
    return join_as_new(token, draft, request_id=uuid7())


def states(desk: Desk) -> list[InvitationState]:
    return [one.state for one in invitations_of(desk)]


@pytest.mark.control("5.16")
def test_whoever_agrees_has_an_account_and_the_place_that_was_meant(world: World) -> None:
    desk = a_manager(world)

    staff = join(token_of(invite(desk, role=StaffRole.MANAGER)))

    user = User.objects.get(pk=staff.user_id)
    assert read_person(user, None).name == "林 さくら"
    assert user.is_professional
    assert (staff.facility_id, staff.role, staff.profession) == (
        world.facility.pk,
        StaffRole.MANAGER,
        "nurse",
    )
    assert states(desk) == [InvitationState.JOINED]


@pytest.mark.control("5.16")
def test_there_is_no_account_before_and_none_after_a_weak_password(world: World) -> None:
    desk = a_manager(world)
    before = User.objects.count()
    token = token_of(invite(desk))

    with pytest.raises(WeakPassword):
        join(token, PersonDraft(name="林 さくら", kana="はやし さくら", password="short"))

    assert User.objects.count() == before
    assert states(desk) == [InvitationState.INVITED]
    assert join(token).facility_id == world.facility.pk


@pytest.mark.control("5.17")
def test_a_link_works_once(world: World) -> None:
    token = token_of(invite(a_manager(world)))
    join(token)

    with pytest.raises(NotVisible):
        join(token)
    with pytest.raises(NotVisible):
        find_open_invitation(token)


@pytest.mark.control("5.17")
def test_an_invitation_lives_seven_days_to_the_second(world: World) -> None:
    desk = a_manager(world)
    sent = timezone.now()
    with clock_at(sent):
        token = token_of(invite(desk))

    with clock_at(sent + INVITATION_LASTS - A_SECOND):
        assert find_open_invitation(token).email == "hayashi@example.org"
        assert states(desk) == [InvitationState.INVITED]
    with clock_at(sent + INVITATION_LASTS):
        with pytest.raises(NotVisible):
            join(token)
        assert states(desk) == [InvitationState.EXPIRED]


@pytest.mark.control("5.16")
def test_what_is_sent_again_ends_the_link_before_and_lasts_anew(world: World) -> None:
    desk = a_manager(world)
    invitation = invite(desk)
    first = token_of(invitation)
    later = timezone.now() + INVITATION_LASTS + A_SECOND

    with clock_at(later):
        resend_invitation(desk, invitation.pk)
        with pytest.raises(NotVisible):
            join(first)
        assert states(desk) == [InvitationState.INVITED]
        assert join(token_of(invitation)).role == StaffRole.MEMBER


@pytest.mark.control("5.16")
def test_what_is_taken_back_opens_nothing(world: World) -> None:
    desk = a_manager(world)
    invitation = invite(desk)
    token = token_of(invitation)

    cancel_invitation(desk, invitation.pk)

    with pytest.raises(NotVisible):
        join(token)
    with pytest.raises(Conflict):
        resend_invitation(desk, invitation.pk)
    assert states(desk) == [InvitationState.CANCELLED]
    assert invite(desk).pk != invitation.pk


def test_an_address_is_invited_once_however_it_is_written(world: World) -> None:
    desk = a_manager(world)
    invite(desk)

    with pytest.raises(Uninvitable, match="invited_already"):
        invite(desk, "Hayashi@Example.org")
    with pytest.raises(Uninvitable, match="works_here"):
        invite(desk, "sato@tsukimizaka.example")


@pytest.mark.control("5.16")
def test_many_are_invited_together_or_nobody(world: World) -> None:
    desk = a_manager(world)
    addresses = ["a@example.org", "b@example.org", "A@example.org", "kato@tsukimizaka.example"]

    with pytest.raises(Uninvitable) as refused:
        invite_staff(desk, [an_invited(one) for one in addresses])

    problems = [one and one.value for one in refused.value.problems]
    assert problems == [None, None, "twice", "works_here"]
    assert not StaffInvitation.objects.exists()
    assert not ProcrastinateJob.objects.filter(task_name="accounts.mail_registration").exists()


@pytest.mark.control("5.16")
def test_who_has_an_account_joins_with_it_and_nobody_else_for_them(world: World) -> None:
    desk = a_manager(world)
    oka = a_person("oka")
    token = token_of(invite(desk, "oka@tsukimizaka.example"))
    actor = Actor(user_id=oka.pk, request_id=uuid7())

    with pytest.raises(Conflict, match="known"):
        join(token)
    with pytest.raises(Refused, match="other_address"):
        join_as_known(world.actor("mori"), token)

    assert join_as_known(actor, token).user_id == oka.pk
    assert states(desk) == [InvitationState.JOINED]


@pytest.mark.control("5.18")
def test_what_a_leaver_sent_is_taken_back_with_their_place(world: World) -> None:
    abe = a_manager(world)
    join(token_of(invite(abe, role=StaffRole.MANAGER)))
    token = token_of(invite(abe, "second@example.org"))
    hayashi = Staff.objects.standing().managers().exclude(user=world.people["abe"]).get()
    desk = desk_of_user(world, hayashi)

    end_place(desk, world.staff["abe"].pk, EndCause.SAFETY)

    with pytest.raises(NotVisible):
        find_open_invitation(token)


@pytest.mark.control("8.3")
def test_one_facility_sends_nothing_again_for_another(world: World) -> None:
    desk = a_manager(world)
    invitation = invite(desk)
    StaffInvitation.objects.filter(pk=invitation.pk).update(facility=another_facility(desk))

    with pytest.raises(NotVisible):
        resend_invitation(desk, invitation.pk)
    with pytest.raises(NotVisible):
        cancel_invitation(desk, invitation.pk)


@pytest.mark.control("8.15")
def test_each_step_of_an_invitation_is_a_fact(world: World) -> None:
    desk = a_manager(world)
    invitation = invite(desk)
    resend_invitation(desk, invitation.pk)
    join(token_of(invitation))

    told = LoggedFact.objects.filter(object_id=invitation.pk).order_by("id")
    assert [one.kind.partition(".")[2] for one in told] == [
        "StaffInvited",
        "StaffInvitationResent",
        "StaffInvitationAccepted",
    ]


def test_who_left_can_be_invited_again(world: World) -> None:
    desk = a_manager(world)
    end_staff(desk, world.staff["ito"].pk, EndCause.MISTAKE)

    token = token_of(invite(desk, "ito@tsukimizaka.example"))

    assert join_as_known(world.actor("ito"), token).pk != world.staff["ito"].pk


@pytest.mark.control("5.16")
def test_someone_new_is_led_from_the_mail_to_the_second_factor(world: World) -> None:
    token = token_of(invite(a_manager(world)))
    client = Client()
    page = client.get(reverse("facilities:join"), {"token": token}).content.decode()
    typed = {"token": token, "name": "林 さくら", "kana": "ハヤシ サクラ", "password": PASSWORD}

    weak = client.post(reverse("facilities:join"), typed | {"password": "short"})
    answer = client.post(reverse("facilities:join"), typed)

    assert "月見坂在宅クリニック に参加する" in page
    assert 'value="林 さくら"' in page
    assert (weak.status_code, "短すぎます。" in weak.content.decode()) == (422, True)
    assert (answer.status_code, answer["Location"]) == (302, reverse("accounts:enrolment"))
    entry = find_entry(client.cookies["session"].value)
    assert entry is not None
    assert entry.standing is Standing.ENROLMENT_DUE


@pytest.mark.control("5.16")
def test_someone_known_signs_in_and_agrees(world: World) -> None:
    token = token_of(invite(a_manager(world), "mori@tsukimizaka.example"))
    path = f"{reverse('facilities:join')}?token={token}"
    stranger, sato, mori = Client(), Client(), Client()
    sign_in_client(sato, world.people["sato"])
    sign_in_client(mori, world.people["mori"], proof=Proof.TOTP)

    said = [one.get(path).content.decode() for one in (stranger, sato, mori)]
    taken = sato.post(reverse("facilities:accept"), {"token": token})
    agreed = mori.post(reverse("facilities:accept"), {"token": token})

    assert ["サインインして進む" in said[0], "別のアカウントで" in said[1]] == [True, True]
    assert "参加する" in said[2]
    assert (taken.status_code, agreed.status_code) == (404, 302)
    assert Staff.objects.standing().of_person(world.people["mori"].pk).exists()


def test_a_link_that_is_over_says_whom_to_ask(client: Client, world: World) -> None:
    answer = client.get(reverse("facilities:join"), {"token": "x" * 43})

    assert answer.status_code == 404
    assert "この案内は使えません" in answer.content.decode()


def another_facility(desk: Desk) -> Facility:

    return open_facility(desk.actor, name="すずかけ通り薬局", kind=FacilityKind.PHARMACY)


def desk_of_user(world: World, staff: Staff) -> Desk:
    world.people["hayashi"] = staff.user
    return desk_of(world, "hayashi")


def a_role(desk: Desk, name: str = "名簿の係", right: Right = Right.SEE_STAFF) -> CustomRole:
    return make_role(desk, NewRole(name=name, rights=frozenset({right})))


@pytest.mark.control("5.18")
def test_someone_is_invited_to_a_role_of_the_facilitys_own_and_has_it(world: World) -> None:
    desk = a_manager(world)
    role, client = a_role(desk), Client()
    sign_in_client(client, world.people["abe"], proof=Proof.TOTP)
    page = reverse("facilities:invitations", args=[world.facility.pk])
    typed = {"email": "hayashi@example.org", "profession": "nurse", "role": role.pk}
    assert client.post(page, typed | {"role": uuid7()}).status_code == 422

    assert client.post(page, typed).status_code == 302

    assert "名簿の係" in client.get(page).text
    token = token_of(StaffInvitation.objects.get())
    assert find_open_invitation(token).role_title == "名簿の係"
    staff = join(token)
    assert (staff.role, staff.custom_role_id) == (StaffRole.MEMBER, role.pk)
    facts = LoggedFact.objects.filter(kind__in=("facilities.StaffInvited", "facilities.StaffBegan"))
    assert [one.detail.get("custom_role_id") for one in facts.order_by("-id")[:2]] == [
        str(role.pk)
    ] * 2


@pytest.mark.control("5.18")
def test_who_is_invited_to_a_role_that_ends_comes_as_a_member(world: World) -> None:
    desk = a_manager(world)
    role = a_role(desk)
    invite_staff(desk, [replace(an_invited(), custom_role_id=role.pk)])

    end_role(desk, role.pk)

    staff = join(token_of(StaffInvitation.objects.get()))
    assert (staff.role, staff.custom_role_id) == (StaffRole.MEMBER, None)


@pytest.mark.control("8.2")
def test_nobody_invites_to_more_rights_than_they_have_nor_to_what_is_not_there(
    world: World,
) -> None:
    desk = a_manager(world)
    strong = a_role(desk, "承認の係", Right.APPROVE_INVITATIONS)
    a_holder(world, desk, "sato", Right.INVITE_STAFF)
    sato = desk_of(world, "sato")

    with pytest.raises(Refused):
        invite_staff(sato, [replace(an_invited(), custom_role_id=strong.pk)])
    with pytest.raises(NotVisible):
        invite_staff(desk, [replace(an_invited(), custom_role_id=uuid7())])
    [invitation] = invite_staff(desk, [replace(an_invited(), custom_role_id=strong.pk)])
    with pytest.raises(Refused):
        resend_invitation(sato, invitation.pk)


@pytest.mark.control("5.18")
def test_of_a_role_that_ends_and_who_agrees_at_once_nobody_keeps_it(
    committed_world: World,
) -> None:
    desk = a_manager(committed_world)
    role = a_role(desk)
    [invitation] = invite_staff(desk, [replace(an_invited(), custom_role_id=role.pk)])
    token = token_of(invitation)

    at_once(2, lambda number: join(token) if number else end_role(desk, role.pk))

    staff = StaffInvitation.objects.get().staff
    assert staff is not None
    assert Staff.objects.get(pk=staff.pk).custom_role_id is None
