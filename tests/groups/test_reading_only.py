"""A professional who only reads: named by a manager, obeyed by every command, shown as such."""

import pytest
from django.test import Client
from django.urls import reverse

from carestation.accounts.choices import Proof
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import InvitationEnd, Role, Side
from carestation.groups.commands.joining import join_invited
from carestation.groups.commands.roles import change_role
from carestation.groups.models.invitations import Invitation
from carestation.groups.rules import Seat, may_see
from carestation.kernel.errors import Conflict, DomainError, NotVisible, Refused
from carestation.patients.commands.consents import record_consent
from carestation.patients.commands.face_sheets import change_face_sheet
from carestation.patients.commands.invitations import invite_member
from carestation.patients.queries.rooms import room_of
from carestation.timeline.commands.acknowledgements import acknowledge_post
from carestation.timeline.commands.changes import edit_post, withdraw_post
from carestation.timeline.commands.posts import Draft, publish_post
from carestation.timeline.queries.home import groups_of
from carestation.timeline.queries.messages import message
from carestation.timeline.queries.standing import standing_of
from tests.accounts.signing_in import sign_in_client
from tests.accounts.test_races import at_once
from tests.groups.people import agreed, invite, professional
from tests.patients.emergencies import an_emergency
from tests.patients.test_consents import a_consent
from tests.world import FACE_SHEET, World, a_draft

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT


def lower(world: World, name: str = "sato", role: Role = Role.READER) -> Seat:
    change_role(world.seat("kato", PRO), world.membership(name).pk, role)
    return world.seat(name, PRO)


def a_client(world: World, name: str) -> Client:
    client = Client()
    sign_in_client(client, world.people[name], proof=Proof.TOTP)
    return client


@pytest.mark.control("8.3")
@pytest.mark.parametrize("taken", ["before", "after"])
def test_who_only_reads_writes_nothing_not_even_with_a_seat_from_before(
    world: World, taken: str
) -> None:
    agreed(world)
    own = publish_post(world.seat("sato", PRO), a_draft()).post.pk
    kato = publish_post(world.seat("kato", PRO), a_draft()).post.pk
    seat = world.seat("sato", PRO)
    after = lower(world)
    seat = after if taken == "after" else seat

    for act in (
        lambda: publish_post(seat, a_draft()),
        lambda: acknowledge_post(seat, kato),
        lambda: edit_post(seat, own, "直した"),
        lambda: withdraw_post(seat, own),
        lambda: invite_member(seat, professional()),
    ):
        with pytest.raises(Refused):
            act()
    assert LoggedFact.objects.filter(kind="timeline.PostPublished").count() == 2
    for what in (
        lambda: change_face_sheet(after, FACE_SHEET, version=1),
        lambda: record_consent(after, a_consent()),
    ):
        with pytest.raises(Refused):
            what()


@pytest.mark.control("8.3")
def test_who_only_reads_reads_both_sides_and_the_face_sheet(world: World) -> None:
    lower(world)
    client = a_client(world, "sato")

    for side in (PRO, PAT):
        assert may_see(Role.READER, side)
        page = client.get(reverse("timeline:timeline", args=[world.group.pk, side])).text
        assert "このグループは閲覧のみです" in page
        assert "加藤 恵子" in page
        assert reverse("timeline:write", args=[world.group.pk, side]) not in page
        write = client.get(reverse("timeline:write", args=[world.group.pk, side])).text
        assert "このグループは閲覧のみです" in write
        assert 'name="body"' not in write
    sheet = client.get(reverse("patients:face_sheet", args=[world.group.pk, PRO])).text
    assert FACE_SHEET.allergies in sheet
    assert reverse("patients:edit_face_sheet", args=[world.group.pk, PRO]) not in sheet


@pytest.mark.control("8.3")
def test_a_post_under_the_eyes_of_who_only_reads_has_no_buttons(world: World) -> None:
    own = publish_post(world.seat("sato", PRO), a_draft()).post
    lower(world)
    client = a_client(world, "sato")
    timeline = client.get(reverse("timeline:timeline", args=[world.group.pk, PRO])).text
    came = client.get(reverse("timeline:after", args=[world.group.pk, PRO, 0]))
    after, tells = came.text, came.headers["X-Writes"]
    post = client.get(reverse("timeline:post", args=[world.group.pk, PRO, own.pk])).text

    # A page drawn while they wrote learns by this answer that it is to be loaded anew.
    assert tells == "no"
    assert 'writes="no"' in timeline
    for page in (timeline, after, post):
        assert "acknowledgement/" not in page
        assert f"{own.pk}/edit/" not in page
        assert f"{own.pk}/withdraw/" not in page
    assert 'id="reply-body"' not in post
    sent = client.post(
        reverse("timeline:publish", args=[world.group.pk, PRO]),
        {"draft_id": own.pk, "body": "書けますか"},
    )
    assert sent.status_code == 403
    assert "このグループは閲覧のみです" in sent.text


@pytest.mark.control("8.3")
def test_nobody_waits_for_the_sign_of_who_only_reads(world: World) -> None:
    draft = Draft(id=world.group.pk, body="確認をお願いします", asks_acknowledgement=True)
    post = publish_post(world.seat("kato", PRO), draft).post
    assert [row.waiting for row in groups_of(world.actor("sato"))] == [1]

    seat = lower(world)

    assert [row.waiting for row in groups_of(world.actor("sato"))] == [0]
    standing = standing_of(message(seat, post.pk), room_of(seat).members)
    assert standing.asked == frozenset()
    assert (standing.missing, standing.readers) == ((), 1)


@pytest.mark.control("5.18")
def test_what_they_had_invited_to_is_over_and_comes_back_with_nothing(world: World) -> None:
    agreed(world)
    invitation = invite(world, "kato", professional()).invitation
    own = invite(world, "sato", professional("oka@tsukimizaka.example")).invitation

    lower(world)
    lower(world, role=Role.PROFESSIONAL)

    own.refresh_from_db()
    assert own.end_cause == InvitationEnd.INVITER_LOWERED
    assert join_invited(world.actor("ito"), invitation.pk, None).left_at is None
    assert Invitation.objects.waiting().count() == 0
    assert publish_post(world.seat("sato", PRO), a_draft()).is_new


@pytest.mark.control("5.18")
def test_only_managers_lower_and_never_the_last_of_them_nor_the_family(world: World) -> None:
    kato, mori = world.membership("kato").pk, world.membership("mori").pk
    seat = world.seat("kato", PRO)
    with pytest.raises(Conflict, match="only_manager"):
        change_role(seat, kato, Role.READER)
    with pytest.raises(DomainError, match="family_manages_nothing"):
        change_role(seat, mori, Role.READER)
    with pytest.raises(Refused):
        change_role(world.seat("sato", PRO), kato, Role.READER)
    an_emergency(world, "ito")
    with pytest.raises(DomainError, match="seat_ends_by_itself"):
        change_role(seat, world.membership("ito").pk, Role.READER)
    reader = lower(world)
    with pytest.raises(Refused):
        change_role(reader, reader.membership_id, Role.PROFESSIONAL)
    with pytest.raises(Conflict, match="role_is_so"):
        lower(world)


def test_a_manager_lowers_and_raises_someone_on_the_page(world: World) -> None:
    kato, sato = a_client(world, "kato"), world.membership("sato").pk
    page = reverse("timeline:member_role", args=[world.group.pk, PRO, sato])
    assert "閲覧のみにする" in kato.get(page).text

    assert kato.post(page, {"role": "reader"}).status_code == 302
    members = kato.get(reverse("timeline:members", args=[world.group.pk, PRO])).text
    assert "・閲覧のみ" in members
    assert "書けるようにする" in kato.get(page).text
    assert kato.post(page, {"role": "professional"}).status_code == 302

    roles = LoggedFact.objects.filter(kind="groups.RoleChanged").order_by("id")
    assert [one.detail["role"] for one in roles] == ["reader", "professional"]


@pytest.mark.control("8.3")
def test_of_a_post_and_a_lowering_at_once_none_comes_after_the_other(
    committed_world: World,
) -> None:
    world = committed_world
    seat, kato = world.seat("sato", PRO), world.seat("kato", PRO)
    sato = world.membership("sato").pk

    def act(number: int) -> object:
        if number == 3:
            return change_role(kato, sato, Role.READER)
        return publish_post(seat, a_draft())

    at_once(8, act)

    kinds = ("timeline.PostPublished", "groups.RoleChanged")
    done = LoggedFact.objects.filter(kind__in=kinds, group_id=world.group.pk).order_by("id")
    assert world.seat("sato", PRO).role is Role.READER
    with pytest.raises(Refused):
        publish_post(seat, a_draft())
    assert done.filter(kind="groups.RoleChanged").count() == 1


def test_the_family_has_no_such_role(world: World) -> None:
    page = reverse("timeline:member_role", args=[world.group.pk, PAT, world.membership("mori").pk])
    assert a_client(world, "kato").get(page).status_code == 404
    with pytest.raises(NotVisible):
        world.seat("mori", PRO)
