"""Roles of a facility's own: rights chosen in words, given, changed, taken away at once."""

import re
from collections.abc import Callable
from typing import Final

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from carestation.accounts.choices import Proof
from carestation.accounts.queries.bindings import binding_of
from carestation.exports.choices import Extent
from carestation.exports.commands.exports import ask_export
from carestation.facilities.choices import Allowed, EndCause, Profession, Right, StaffRole
from carestation.facilities.commands.invitations import (
    cancel_invitation,
    invite_staff,
    resend_invitation,
)
from carestation.facilities.commands.policies import change_policy
from carestation.facilities.commands.roles import NewRole, change_role, end_role, make_role
from carestation.facilities.commands.staff import (
    NewCalling,
    change_staff,
    end_staff,
    let_factors_be_reset,
    pause_staff,
    resume_staff,
    review_staff,
)
from carestation.facilities.facts import RoleChanged, RoleEnded
from carestation.facilities.followers import (
    tell_managers_of_ended_roles,
    tell_managers_of_roles,
)
from carestation.facilities.queries.desks import desks_of, take_desk
from carestation.facilities.queries.rights import rights_at
from carestation.facilities.queries.roles import custom_role, custom_roles_of
from carestation.facilities.rules import (
    DESK_RIGHTS,
    MANAGERS_ALONE,
    MEMBERS_OWN,
    MOST_ROLES,
    OVER_STAFF,
    Desk,
    Rules,
    completed,
    may_give,
    may_handle,
    rights_of,
)
from carestation.factlog.facts import Fact, fact_of
from carestation.factlog.models import LoggedFact
from carestation.groups.commands.approvals import decide_at_desk
from carestation.groups.commands.groups import open_free_group
from carestation.groups.commands.roles import name_manager
from carestation.kernel.doors import Door, entrances
from carestation.kernel.errors import CareError, Conflict, DomainError, NotVisible, Refused
from carestation.kernel.ids import uuid7
from carestation.patients.commands.custody import (
    accept_custody,
    decline_custody,
    propose_custody,
    withdraw_custody,
)
from carestation.patients.commands.emergencies import review_access
from config.urls import urlpatterns
from tests.accounts.signing_in import sign_in_client
from tests.exports.people import a_wish
from tests.facilities.people import a_holder, a_manager, an_invited, desk_of, place_of, shown_on
from tests.facilities.test_policies import some_rules
from tests.world import World

some_rights = st.frozensets(st.sampled_from(Right))
GIVABLE: Final = tuple(one for one in DESK_RIGHTS if one not in MANAGERS_ALONE)
# Which rights open which page of the desk; one of them is enough.
OPENS: Final = {
    "patients:top": set(DESK_RIGHTS),
    "facilities:staff": {Right.SEE_STAFF},
    "facilities:change": set(OVER_STAFF),
    "facilities:reset_factors": {Right.RESET_FACTORS},
    "facilities:facility": {Right.CHANGE_RULES},
    "facilities:rules": {Right.CHANGE_RULES},
    "facilities:review": {Right.SIGN_REVIEW},
    "facilities:invitations": {Right.INVITE_STAFF},
    "facilities:list": {Right.INVITE_STAFF},
    "facilities:invite_listed": {Right.INVITE_STAFF},
    "facilities:resend": {Right.INVITE_STAFF},
    "facilities:cancel": {Right.INVITE_STAFF},
    "facilities:new_role": {Right.CHANGE_ROLES},
    "facilities:role": {Right.CHANGE_ROLES},
    "facilities:end_role": {Right.CHANGE_ROLES},
    "groups:rights": set(DESK_RIGHTS),
    "groups:waiting": {Right.APPROVE_INVITATIONS},
    "groups:decide_at_desk": {Right.APPROVE_INVITATIONS},
    "patients:emergencies": {Right.REVIEW_EMERGENCIES},
    "patients:review_emergency": {Right.REVIEW_EMERGENCIES},
    "patients:custody": {Right.TRANSFER_CUSTODY},
    "patients:propose_custody": {Right.TRANSFER_CUSTODY},
    "patients:answer_custody": {Right.TRANSFER_CUSTODY},
    "patients:withdraw_custody": {Right.TRANSFER_CUSTODY},
    "groups:unmanaged": {Right.NAME_MANAGERS},
    "audit:record": {Right.READ_RECORD},
    "audit:readers": {Right.READ_RECORD},
    "exports:exports": {Right.EXPORT, Right.EXPORT_OWN},
    "exports:plan": {Right.EXPORT},
    "exports:record": {Right.EXPORT},
    "exports:reader": {Right.EXPORT, Right.EXPORT_OWN},
    "exports:fetch": {Right.EXPORT, Right.EXPORT_OWN},
    "exports:remove": {Right.EXPORT, Right.EXPORT_OWN},
    "groups:end_place": {Right.END_STAFF},
    "groups:pause_place": {Right.END_STAFF},
    "groups:resume_place": {Right.END_STAFF},
}
DESKS: Final = {one.name: one for one in entrances(urlpatterns) if one.door is Door.DESK}
NURSE: Final = NewCalling(profession=Profession.NURSE, role=StaffRole.MEMBER)
MANAGER: Final = NewCalling(profession=Profession.NURSE, role=StaffRole.MANAGER)


def an_own(name: str, *rights: Right) -> NewRole:
    return NewRole(name=name, rights=frozenset(rights))


def signed_in(world: World, name: str) -> Client:
    client = Client()
    sign_in_client(client, world.people[name], proof=Proof.TOTP)
    return client


def path_of(world: World, name: str) -> str:
    parts = re.findall(r"<uuid:(\w+)>", DESKS[name].pattern)
    known = {"facility_id": world.facility.pk, "staff_id": world.staff["ito"].pk}
    return reverse(name, kwargs={part: known.get(part, uuid7()) for part in parts})


@given(some_rights, some_rules)
def test_no_role_but_the_managers_governs_and_no_rules_lower_the_manager(
    granted: frozenset[Right], rules: Rules
) -> None:
    own = rights_of(StaffRole.MEMBER, rules, granted)
    member = rights_of(StaffRole.MEMBER, rules)
    manager = rights_of(StaffRole.MANAGER, rules)

    assert own <= granted
    assert not own & MANAGERS_ALONE
    assert member & set(DESK_RIGHTS) <= {Right.EXPORT_OWN}
    assert set(DESK_RIGHTS) <= manager
    assert own <= manager
    assert member <= manager


@given(some_rights, some_rights, some_rights, some_rules)
def test_what_may_be_given_is_never_more_than_what_is_held(
    held: frozenset[Right], given_on: frozenset[Right], further: frozenset[Right], rules: Rules
) -> None:
    members = rights_of(StaffRole.MEMBER, rules)

    if may_give(held, given_on, members) and may_give(given_on, further, members):
        assert further <= held | members
        assert may_handle(held, further, members)


def test_what_every_member_may_keeps_nobody_from_being_handled() -> None:
    exporting, none = frozenset({Right.EXPORT_OWN}), frozenset[Right]()

    assert may_handle(none, exporting, exporting)
    assert not may_handle(none, exporting, none)


@given(some_rights)
def test_who_handles_staff_sees_the_list(rights: frozenset[Right]) -> None:
    whole = completed(rights)

    assert whole - rights <= {Right.SEE_STAFF}
    assert completed(whole) == whole
    assert Right.SEE_STAFF in whole or whole.isdisjoint(OVER_STAFF)


@pytest.mark.control("5.18")
def test_every_page_of_the_desk_says_which_right_opens_it() -> None:
    # While the operator has stopped a facility, whoever has a desk there reads why.
    assert set(DESKS) == set(OPENS) | {"facilities:stopped"}


@pytest.mark.control("5.18")
@pytest.mark.parametrize("right", GIVABLE, ids=str)
def test_a_right_opens_its_pages_and_no_other(world: World, right: Right) -> None:
    a_holder(world, a_manager(world), "sato", right)
    client, held = signed_in(world, "sato"), completed(frozenset({right}))

    for name, wanted in OPENS.items():
        method = client.get if "GET" in DESKS[name].methods else client.post
        status = method(path_of(world, name)).status_code
        assert (status != 403) == (not held.isdisjoint(wanted)), (name, status)


@pytest.mark.control("8.2")
@pytest.mark.parametrize("right", sorted(set(Right) - set(DESK_RIGHTS)), ids=str)
def test_who_has_no_right_at_the_desk_has_no_desk(world: World, right: Right) -> None:
    a_holder(world, a_manager(world), "sato", right)

    with pytest.raises(NotVisible):
        desk_of(world, "sato")

    assert desks_of(world.actor("sato")) == []
    assert signed_in(world, "sato").get(path_of(world, "facilities:staff")).status_code == 404


@pytest.mark.control("8.2")
def test_a_desk_that_is_taken_for_nothing_is_refused(world: World) -> None:
    a_manager(world)

    with pytest.raises(Refused):
        take_desk(world.actor("abe"), world.facility.pk)


def every_command(world: World, desk: Desk) -> dict[Right, list[Callable[[], object]]]:
    [invitation] = invite_staff(desk_of(world, "abe"), [an_invited("waits@example.org")])
    role = make_role(desk_of(world, "abe"), an_own("ほかの係"))
    ito = world.staff["ito"].pk
    return {
        Right.INVITE_STAFF: [
            lambda: invite_staff(desk, [an_invited()]),
            lambda: resend_invitation(desk, invitation.pk),
            lambda: cancel_invitation(desk, invitation.pk),
        ],
        Right.CHANGE_STAFF: [lambda: change_staff(desk, ito, NURSE)],
        Right.END_STAFF: [
            lambda: pause_staff(desk, ito),
            lambda: resume_staff(desk, ito),
            lambda: end_staff(desk, ito, EndCause.MOVED),
        ],
        Right.RESET_FACTORS: [lambda: let_factors_be_reset(desk, world.staff["kato"].pk)],
        Right.SIGN_REVIEW: [lambda: review_staff(desk, mark="")],
        Right.APPROVE_INVITATIONS: [lambda: decide_at_desk(desk, uuid7(), approves=True)],
        Right.REVIEW_EMERGENCIES: [lambda: review_access(desk, uuid7(), ends=False)],
        Right.NAME_MANAGERS: [lambda: name_manager(desk, uuid7())],
        Right.TRANSFER_CUSTODY: [
            lambda: propose_custody(desk, world.group.pk, uuid7()),
            lambda: accept_custody(desk, uuid7()),
            lambda: decline_custody(desk, uuid7()),
            lambda: withdraw_custody(desk, uuid7()),
        ],
        Right.EXPORT: [lambda: ask_export(desk, a_wish(Extent.FACILITY))],
        Right.EXPORT_OWN: [lambda: ask_export(desk, a_wish(Extent.OWN))],
        Right.CHANGE_RULES: [lambda: change_policy(desk, Rules(idle_minutes=5), version=0)],
        Right.CHANGE_ROLES: [
            lambda: make_role(desk, an_own("もうひとつの係")),
            lambda: change_role(desk, role.pk, an_own("別の係"), version=1),
            lambda: end_role(desk, role.pk),
        ],
    }


@pytest.mark.control("5.18")
@pytest.mark.parametrize("right", GIVABLE, ids=str)
def test_a_command_asks_for_its_right_and_for_no_other(world: World, right: Right) -> None:
    a_holder(world, a_manager(world), "sato", right)
    commands = every_command(world, desk_of(world, "sato"))

    refused = {wanted for wanted, calls in commands.items() if all(map(is_refused, calls))}

    assert set(commands) == set(DESK_RIGHTS) - {Right.SEE_STAFF, Right.READ_RECORD}
    assert refused == set(commands) - {right}


def is_refused(call: Callable[[], object]) -> bool:
    try:
        call()
    except Refused:
        return True
    except CareError:
        return False
    return False


@pytest.mark.control("5.18")
def test_a_right_that_is_taken_away_is_gone_at_the_next_request(world: World) -> None:
    abe = a_manager(world)
    role = a_holder(world, abe, "sato", Right.INVITE_STAFF, Right.SIGN_REVIEW)
    client, held = signed_in(world, "sato"), desk_of(world, "sato")
    pages = [path_of(world, f"facilities:{name}") for name in ("invitations", "review", "staff")]
    before = [client.get(page).status_code for page in pages]

    change_role(abe, role.pk, an_own("satoの係", Right.SIGN_REVIEW), version=1)
    lowered = [client.get(page).status_code for page in pages]
    with pytest.raises(Refused):
        invite_staff(held, [an_invited()])
    end_role(abe, role.pk)
    ended = [client.get(page).status_code for page in pages]

    assert before == [200, 200, 200]
    assert lowered == [403, 200, 200]
    assert ended == [404, 404, 404]
    assert place_of(world, "sato").role == StaffRole.MEMBER


@pytest.mark.control("8.2")
def test_nobody_gives_more_than_they_have_nor_rules_over_who_has_more(world: World) -> None:
    abe = a_manager(world)
    change_policy(abe, Rules(may_invite=Allowed.MANAGERS), version=0)
    a_holder(world, abe, "sato", *GIVABLE)
    more = make_role(abe, an_own("招く係", Right.INVITE_FAMILY))
    sato, kato = desk_of(world, "sato"), world.staff["kato"].pk
    given_more = NewCalling(
        profession=Profession.CLERK, role=StaffRole.MEMBER, custom_role_id=more.pk
    )
    [to_managers] = invite_staff(abe, [an_invited("m@example.org", role=StaffRole.MANAGER)])

    for call in (
        lambda: change_staff(sato, kato, MANAGER),
        lambda: change_staff(sato, kato, given_more),
        lambda: change_staff(sato, sato.staff_id, MANAGER),
        lambda: end_staff(sato, abe.staff_id, EndCause.SAFETY),
        lambda: pause_staff(sato, abe.staff_id),
        lambda: let_factors_be_reset(sato, abe.staff_id),
        lambda: invite_staff(sato, [an_invited(role=StaffRole.MANAGER)]),
        lambda: resend_invitation(sato, to_managers.pk),
    ):
        with pytest.raises(Refused, match="beyond_own_rights"):
            call()


@pytest.mark.control("8.2")
def test_who_is_refused_for_having_less_reads_why(world: World) -> None:
    a_holder(world, a_manager(world), "sato", *GIVABLE)
    client = signed_in(world, "sato")
    path = reverse("facilities:change", args=[world.facility.pk, world.staff["ito"].pk])

    answer = client.post(path, {"profession": "nurse", "role": "manager"})

    assert answer.status_code == 422
    assert "ご自分にない権限は渡せません。" in answer.text


@pytest.mark.control("5.18")
def test_what_keeps_a_facility_governable_is_the_managers_alone(world: World) -> None:
    abe = a_manager(world)

    for right in MANAGERS_ALONE:
        with pytest.raises(DomainError, match="managers_alone"):
            make_role(abe, an_own("事務リーダー", right))
    with pytest.raises(DomainError, match="last_manager"):
        change_staff(abe, abe.staff_id, NURSE)


def test_two_roles_have_two_names_and_there_are_so_many(world: World) -> None:
    abe = a_manager(world)
    first = make_role(abe, an_own("事務リーダー"))
    second = make_role(abe, an_own("連携室"))

    with pytest.raises(DomainError, match="role_name_taken"):
        make_role(abe, an_own("事務 リーダー"))
    with pytest.raises(DomainError, match="role_name_taken"):
        change_role(abe, second.pk, an_own("事務リーダー"), version=1)
    end_role(abe, first.pk)
    assert change_role(abe, second.pk, an_own("事務リーダー"), version=1)
    for number in range(MOST_ROLES - 1):
        make_role(abe, an_own(f"係{number}"))
    with pytest.raises(DomainError, match="too_many_roles"):
        make_role(abe, an_own("もうひとつ"))


def test_of_two_managers_the_later_looks_at_the_role_again(world: World) -> None:
    abe = a_manager(world)
    role = make_role(abe, an_own("事務リーダー", Right.SEE_STAFF))
    change_role(abe, role.pk, an_own("事務リーダー", Right.INVITE_STAFF), version=1)

    with pytest.raises(Conflict, match="role_changed"):
        change_role(abe, role.pk, an_own("事務リーダー"), version=1)

    again = an_own("事務リーダー", Right.INVITE_STAFF)
    assert change_role(abe, role.pk, again, version=2) is False
    assert custom_role(abe, role.pk).granted == {Right.INVITE_STAFF}
    with pytest.raises(NotVisible):
        change_role(abe, uuid7(), again, version=2)


@pytest.mark.control("8.15")
def test_each_change_of_a_role_is_a_fact_and_a_letter_to_every_manager(world: World) -> None:
    abe = a_manager(world)
    role = a_holder(world, abe, "sato", Right.INVITE_STAFF)
    change_role(abe, role.pk, an_own("名簿の係", Right.SIGN_REVIEW), version=1)
    end_role(abe, role.pk)

    rows = list(LoggedFact.objects.filter(object_id=role.pk).order_by("id").values())
    told = [(row["kind"].partition(".")[2], row["detail"].get("right")) for row in rows]
    facts: list[Fact] = [fact_of(dict(row)) for row in rows]
    tell_managers_of_roles([one for one in facts if isinstance(one, RoleChanged)])
    tell_managers_of_ended_roles([one for one in facts if isinstance(one, RoleEnded)])

    assert told == [
        ("RoleChanged", None),
        ("RightGiven", "invite_staff"),
        ("RoleChanged", None),
        ("RightGiven", "see_staff"),
        ("RightGiven", "sign_review"),
        ("RightTaken", "invite_staff"),
        ("RoleEnded", None),
    ]
    [changed] = LoggedFact.objects.filter(kind="facilities.StaffChanged")
    assert changed.detail["custom_role_id"] == str(role.pk)
    jobs = ProcrastinateJob.objects.filter(task_name="accounts.mail_letter")
    letters = [job.args for job in jobs if job.args["letter"] == "roles_changed"]
    assert letters == [{"user_id": str(world.people["abe"].pk), "letter": "roles_changed"}] * 3


@pytest.mark.control("8.5")
def test_who_has_a_desk_has_a_second_factor_whatever_the_rules(world: World) -> None:
    abe = a_manager(world)
    loose = Rules(second_factor=False, trusted_devices=True)
    change_policy(abe, loose, version=0)
    role = a_holder(world, abe, "sato", Right.INVITE_STAFF)

    bound = {name: binding_of(world.people[name]) for name in ("abe", "sato", "kato")}
    change_role(abe, role.pk, an_own("satoの係"), version=1)

    asked = {name: (one.second_factor, one.trusted_devices) for name, one in bound.items()}
    assert asked == {"abe": (True, False), "sato": (True, False), "kato": (False, True)}
    assert binding_of(world.people["sato"]).second_factor is False


@pytest.mark.control("5.18")
def test_who_may_not_open_groups_nor_look_in_an_emergency_finds_no_way_to(world: World) -> None:
    abe, client = a_manager(world), signed_in(world, "sato")
    ways = [reverse(name) for name in ("groups:open_free", "patients:emergency")]
    before = [client.get(way).status_code for way in ways]
    shown = client.get("/").text

    a_holder(world, abe, "sato", Right.INVITE_TO_GROUPS)
    after = [client.get(way).status_code for way in ways]
    with pytest.raises(Refused):
        open_free_group(world.actor("sato"), place_of(world, "sato"), "退院の相談")

    assert (before, after) == ([200, 200], [404, 404])
    assert all(way in shown for way in ways)
    assert not any(way in client.get("/").text for way in ways)


@pytest.mark.control("5.18")
def test_a_role_of_its_own_may_bring_people_into_groups_where_members_may_not(
    world: World,
) -> None:
    abe = a_manager(world)
    change_policy(abe, Rules(may_invite=Allowed.MANAGERS), version=0)
    a_holder(world, abe, "kato", Right.INVITE_TO_GROUPS)

    assert rights_at(place_of(world, "kato")) == {Right.INVITE_TO_GROUPS}
    assert rights_at(place_of(world, "sato")) == MEMBERS_OWN


@pytest.mark.control("5.18")
def test_a_manager_sees_what_would_change_and_for_how_many_before_it_does(world: World) -> None:
    abe = a_manager(world)
    role = a_holder(world, abe, "sato", Right.INVITE_STAFF)
    client, place = signed_in(world, "abe"), [world.facility.pk, role.pk]
    path = reverse("facilities:role", args=place)
    typed = {"version": 1, "name": "事務リーダー", "rights": ["sign_review"]}

    wrong = client.post(path, typed | {"rights": ["change_rules"]})
    tried = client.post(path, typed)
    more = typed | {"rights": ["sign_review", "export"]} | shown_on(tried.text)
    other = client.post(path, more)
    before = custom_role(abe, role.pk)
    saved = client.post(path, typed | shown_on(tried.text))

    assert (wrong.status_code, before.version) == (422, 1)
    assert Right.EXPORT.label in other.text.split("<form")[1], "ticked since: shown first"
    assert "影響のある人は1人です" in tried.text
    rows = re.findall(r'rowheader">([^<]+)</th>(.*?)</tr>', tried.text, re.DOTALL)
    assert [(words, "できない" in cells.split("</td>")[0]) for words, cells in rows] == [
        (Right.SEE_STAFF.label, True),
        (Right.INVITE_STAFF.label, False),
        (Right.SIGN_REVIEW.label, True),
    ]
    assert saved.status_code == 302
    [shown] = custom_roles_of(abe)
    assert (shown.title, shown.people) == ("事務リーダー", 1)
    assert "事務リーダー" in client.get(path_of(world, "facilities:staff")).text


def test_a_role_is_made_given_and_ended_on_pages(world: World) -> None:
    abe = a_manager(world)
    client, place = signed_in(world, "abe"), [world.facility.pk]
    typed = {"version": 0, "name": "事務リーダー", "rights": ["invite_staff"]}

    begun = client.get(reverse("facilities:new_role", args=place)).text
    tried = client.post(reverse("facilities:new_role", args=place), typed)
    sent = typed | shown_on(tried.text)
    client.post(reverse("facilities:new_role", args=place), sent)
    again = client.post(reverse("facilities:new_role", args=place), sent)
    [role] = custom_roles_of(abe)
    change = reverse("facilities:change", args=[*place, world.staff["sato"].pk])
    client.post(change, {"profession": "clerk", "role": str(role.id)})
    chosen = client.get(change).text
    asked = client.get(reverse("facilities:end_role", args=[*place, role.id]))
    client.post(reverse("facilities:end_role", args=[*place, role.id]))

    chosen_first = re.findall(r'name="rights" value="(\w+)" checked', begun)
    members = MEMBERS_OWN | {Right.INVITE_TO_GROUPS, Right.INVITE_FAMILY}
    assert set(chosen_first) == {one.value for one in members}
    assert "まだ変えていません。" in tried.text
    assert again.status_code == 422
    assert "同じ名前の権限の組があります。" in again.text
    assert re.search(rf'value="{role.id}" checked', chosen)
    assert "影響のある人は1人です" in asked.text
    assert custom_roles_of(abe) == []
    own = MEMBERS_OWN | {Right.INVITE_TO_GROUPS, Right.INVITE_FAMILY}
    assert rights_at(place_of(world, "sato")) == own
