"""The facility's own rules: they bind whoever works there, the strictest of several."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from carestation.accounts.choices import Proof
from carestation.accounts.queries.bindings import binding_of
from carestation.accounts.rules import is_sound
from carestation.facilities.choices import (
    Allowed,
    EndCause,
    FacilityKind,
    Letters,
    Profession,
    StaffRole,
)
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.policies import change_policy
from carestation.facilities.commands.rulings import freeze_facility, unfreeze_facility
from carestation.facilities.commands.staff import begin_staff
from carestation.facilities.facts import PolicyChanged
from carestation.facilities.followers import tell_managers_of_rules
from carestation.facilities.forms.policies import typed_rules
from carestation.facilities.queries.desks import take_desk
from carestation.facilities.queries.policies import differences, rules_of, version_of
from carestation.facilities.queries.staff import staff_of
from carestation.facilities.rules import DESK_RIGHTS, Desk, Rules, is_stricter, strictest
from carestation.factlog.facts import fact_of
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Relation, Role, Side
from carestation.groups.commands.memberships import begin_membership
from carestation.groups.commands.places import end_place
from carestation.groups.rules import Newcomer
from carestation.kernel.errors import Conflict, DomainError, Refused
from tests.accounts.operating import a_console
from tests.accounts.signing_in import sign_in_client
from tests.facilities.people import a_manager, shown_on
from tests.world import World

STRICT = Rules(idle_minutes=5, absolute_hours=8, shortest_password=20)
some_rules = st.builds(
    Rules,
    second_factor=st.booleans(),
    idle_minutes=st.integers(5, 60),
    absolute_hours=st.integers(1, 24),
    shortest_password=st.integers(8, 64),
    trusted_devices=st.booleans(),
    may_invite=st.sampled_from(Allowed),
    may_export=st.sampled_from(Allowed),
    family_invitations=st.booleans(),
    retention_years=st.integers(5, 30),
    checkpoint_letters=st.sampled_from(Letters),
)


def a_second_desk(world: World, *, staff: str) -> Desk:
    """Let Abe manage another facility, in which somebody works too."""
    abe = world.actor("abe")
    facility = open_facility(abe, name="すずかけ通り薬局", kind=FacilityKind.PHARMACY)
    for name, role in (("abe", StaffRole.MANAGER), (staff, StaffRole.MEMBER)):
        begin_staff(abe, facility.pk, world.people[name].pk, profession=Profession.CLERK, role=role)
    return take_desk(abe, facility.pk, *DESK_RIGHTS)


@given(st.lists(st.tuples(st.text(min_size=1, max_size=20), some_rules), max_size=5))
def test_what_binds_is_as_strict_as_each_and_can_be_asked(found: list[tuple[str, Rules]]) -> None:
    binding = strictest(found)

    assert is_sound(binding)
    for _, rules in found:
        assert binding.idle_minutes <= rules.idle_minutes
        assert binding.absolute_hours <= rules.absolute_hours
        assert binding.shortest_password >= rules.shortest_password
        assert binding.second_factor or not rules.second_factor
        assert rules.trusted_devices or not binding.trusted_devices


@given(some_rules, some_rules)
def test_of_two_rules_one_at_most_is_the_stricter(one: Rules, other: Rules) -> None:
    for name in Rules.__slots__:
        assert not (is_stricter(name, one, other) and is_stricter(name, other, one))


@pytest.mark.control("5.17")
def test_rules_bind_everyone_who_works_there_at_once(world: World) -> None:
    desk = a_manager(world)

    change_policy(desk, STRICT, version=0)

    assert (rules_of(desk.facility_id), version_of(desk.facility_id)) == (STRICT, 1)
    for name in ("abe", "kato", "sato"):
        binding = binding_of(world.people[name])
        assert (binding.idle_minutes, binding.shortest_password) == (5, 20)
        assert binding.facility_words == ("月見坂在宅クリニック",)
    assert binding_of(world.people["mori"]).idle_minutes == 15


def test_the_desk_is_covered_when_the_session_idles(world: World) -> None:
    desk = a_manager(world)
    change_policy(desk, Rules(idle_minutes=5), version=0)
    client = Client()
    sign_in_client(client, world.people["abe"])

    page = client.get(reverse("facilities:staff", args=[desk.facility_id])).content.decode()

    assert '<cs-idle minutes="5"' in page


@pytest.mark.control("5.17")
def test_the_stricter_of_two_facilities_binds_until_its_place_ends(world: World) -> None:
    desk = a_manager(world)
    second = a_second_desk(world, staff="sato")
    change_policy(desk, STRICT, version=0)
    change_policy(second, Rules(idle_minutes=60, shortest_password=30), version=0)

    both = binding_of(world.people["sato"])
    end_place(desk, world.staff["sato"].pk, EndCause.MOVED)
    one = binding_of(world.people["sato"])

    assert (both.idle_minutes, both.shortest_password) == (5, 30)
    assert (one.idle_minutes, one.shortest_password) == (60, 30)


@pytest.mark.control("5.17")
def test_the_rules_of_a_facility_that_stood_still_bind_again(world: World) -> None:
    desk, console = a_manager(world), a_console()
    second = a_second_desk(world, staff="sato")
    change_policy(desk, STRICT, version=0)

    freeze_facility(console, world.facility.pk, "")
    change_policy(second, Rules(idle_minutes=60), version=0)
    unfreeze_facility(console, world.facility.pk, "")

    assert binding_of(world.people["sato"]).idle_minutes == STRICT.idle_minutes


def test_of_two_managers_the_later_looks_again(world: World) -> None:
    desk = a_manager(world)
    change_policy(desk, STRICT, version=0)

    with pytest.raises(Conflict, match="rules_changed"):
        change_policy(desk, Rules(), version=0)

    assert change_policy(desk, STRICT, version=1) is False
    assert version_of(desk.facility_id) == 1


@pytest.mark.control("8.2")
def test_who_manages_no_more_decides_no_rules(world: World) -> None:
    desk = a_manager(world)
    second = a_second_desk(world, staff="kato")
    begin_staff(
        world.actor("abe"),
        desk.facility_id,
        world.people["mori"].pk,
        profession=Profession.CLERK,
        role=StaffRole.MANAGER,
    )
    end_place(desk, desk.staff_id, EndCause.MOVED)

    with pytest.raises(Refused):
        change_policy(desk, STRICT, version=0)

    assert change_policy(second, STRICT, version=0)


@pytest.mark.control("5.17")
def test_how_many_feel_a_stricter_rule_is_counted(world: World) -> None:
    desk = a_manager(world)
    loose = Rules(second_factor=False)

    found = differences(loose, Rules(idle_minutes=5, retention_years=10), staff_of(desk))

    assert [(one.name, one.is_stricter, one.affected) for one in found] == [
        ("second_factor", True, 5),
        ("idle_minutes", True, 5),
        ("retention_years", False, 0),
    ]


def test_who_needs_a_second_factor_for_a_desk_that_opens_is_counted(world: World) -> None:
    desk = a_manager(world)
    loose = Rules(second_factor=False)
    opened = replace(loose, may_export=Allowed.EVERYONE)

    by_desk = differences(loose, opened, staff_of(desk))
    by_rule = differences(loose, replace(opened, second_factor=True), staff_of(desk))

    assert [(one.name, one.affected, one.bound) for one in by_desk] == [("may_export", 0, 4)]
    assert [(one.affected, one.bound) for one in by_rule] == [(5, 0), (0, 0)]


def test_a_manager_sees_who_needs_a_second_factor_for_a_desk_that_opens(world: World) -> None:
    desk = a_manager(world)
    loose = Rules(second_factor=False)
    change_policy(desk, loose, version=0)
    client = Client()
    sign_in_client(client, world.people["abe"], proof=Proof.TOTP)
    rules = typed_rules(replace(loose, may_export=Allowed.EVERYONE), 1)
    typed = {name: value for name, value in rules.items() if value is not False}

    tried = client.post(reverse("facilities:rules", args=[world.facility.pk]), typed)

    assert "これから確認が要るようになる人 4人" in tried.text


@pytest.mark.control("8.15")
def test_a_change_is_a_fact_and_a_letter_to_every_manager(world: World) -> None:
    desk = a_manager(world)
    change_policy(desk, STRICT, version=0)

    row = dict(LoggedFact.objects.values().get(kind="facilities.PolicyChanged"))
    fact = fact_of(row)
    assert isinstance(fact, PolicyChanged)
    tell_managers_of_rules([fact])

    assert (fact.idle_minutes, fact.version, fact.facility_id) == (5, 1, desk.facility_id)
    [job] = ProcrastinateJob.objects.filter(task_name="accounts.mail_letter")
    assert job.args == {"user_id": str(world.people["abe"].pk), "letter": "rules_changed"}


@pytest.mark.control("5.17")
def test_a_manager_sees_what_would_change_before_it_does(world: World) -> None:
    a_manager(world)
    client, path = Client(), reverse("facilities:rules", args=[world.facility.pk])
    sign_in_client(client, world.people["abe"], proof=Proof.TOTP)
    typed = {name: value for name, value in typed_rules(STRICT, 0).items() if value is not False}

    wrong = client.post(path, typed | {"idle_minutes": 4})
    tried = client.post(path, typed)
    other = client.post(path, typed | {"idle_minutes": 7} | shown_on(tried.text))
    before = version_of(world.facility.pk)
    saved = client.post(path, typed | shown_on(tried.text))

    never = client.post(path, typed | {"checkpoint_letters": "never"})
    daily = client.post(path, typed | {"version": 1, "checkpoint_letters": "daily"})

    assert (wrong.status_code, before) == (422, 0)
    assert never.status_code == 422
    assert "毎週（月曜日の朝） → <strong>毎日（朝）</strong>" in daily.text
    assert "15 → <strong>7</strong>" in other.text, "what was typed since is shown first"
    said = tried.content.decode()
    assert "まだ変えていません。3件 変わります" in said
    assert "影響のある人 5人" in said
    assert (saved.status_code, rules_of(world.facility.pk)) == (302, STRICT)
    assert "第1版" in client.get(path).content.decode()


@pytest.mark.control("5.18")
@pytest.mark.parametrize(
    ("rules", "role", "reason"),
    [
        (Rules(family_invitations=False), Role.FAMILY, "no_family_by_rules"),
        (Rules(may_invite=Allowed.MANAGERS), Role.FAMILY, "managers_invite"),
        (Rules(may_invite=Allowed.MANAGERS), Role.PROFESSIONAL, "managers_invite"),
    ],
)
def test_who_may_bring_whom_into_a_group_follows_the_rules(
    world: World, rules: Rules, role: Role, reason: str
) -> None:
    desk = a_manager(world)
    seat = world.seat("kato", Side.PROFESSIONAL)
    change_policy(desk, rules, version=0)
    ito = world.people["ito"].pk
    newcomer = (
        Newcomer(user_id=ito, role=role, relation=Relation.FAMILY)
        if role is Role.FAMILY
        else Newcomer(user_id=ito, role=role, staff_id=world.staff["ito"].pk)
    )

    with pytest.raises(DomainError, match=reason):
        begin_membership(seat, newcomer)
    change_policy(desk, Rules(), version=1)

    assert begin_membership(seat, newcomer).user_id == ito
