"""The table of rights in groups is what the rules ask: each rule on each role, each right."""

import ast
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from carestation.accounts.choices import Proof
from carestation.facilities.choices import Right, StaffRole
from carestation.groups import rules
from carestation.groups.choices import GroupRight, Kind, Role, Side
from carestation.groups.rules import (
    RIGHTS_OF,
    Seat,
    may_approve,
    may_end,
    may_invite,
    may_manage,
    may_post,
    may_see,
)
from carestation.kernel.actor import Actor
from carestation.kernel.ids import uuid7
from carestation.patients.rules import may_change_face_sheet, may_see_face_sheet
from carestation.timeline.models import Post
from carestation.timeline.rules import may_edit, may_withdraw
from tests.accounts.signing_in import sign_in_client
from tests.facilities.people import a_manager
from tests.world import World

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
PRODUCT = Path(rules.__file__).parents[1]


def a_seat(role: Role, kind: Kind = Kind.PATIENT) -> Seat:
    return Seat(
        actor=Actor(user_id=uuid7(), request_id=uuid7()),
        group_id=uuid7(),
        kind=kind,
        is_archived=False,
        side=Side.PATIENT,
        timeline_id=uuid7(),
        seq=0,
        posts=0,
        membership_id=uuid7(),
        role=role,
        staff_id=None,
        facility_id=None,
        mark_id=uuid7(),
        mark=0,
        known=0,
        expires_at=None,
        unread_beside=None,
    )


def own_post(seat: Seat) -> Post:
    return Post(author_id=seat.actor.user_id, published_at=NOW)


ASKED: dict[GroupRight, list[Callable[[Seat], bool]]] = {
    GroupRight.READ_PROFESSIONALS: [lambda seat: may_see(seat.role, Side.PROFESSIONAL)],
    GroupRight.READ_SHARED: [
        lambda seat: may_see(seat.role, Side.PATIENT),
        lambda seat: may_see(seat.role, Side.ALL),
    ],
    GroupRight.WRITE: [may_post],
    GroupRight.TAKE_BACK: [
        lambda seat: may_withdraw(seat, own_post(seat)),
        lambda seat: may_edit(seat, own_post(seat), NOW),
    ],
    GroupRight.READ_FACE_SHEET: [may_see_face_sheet],
    GroupRight.CHANGE_FACE_SHEET: [may_change_face_sheet],
    GroupRight.INVITE: [may_invite],
    GroupRight.MANAGE: [may_manage, may_approve, lambda seat: may_end(seat, uuid7())],
}


def rights_named_in(path: Path) -> set[str]:
    return {
        node.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Right"
    }


@pytest.mark.control("8.3")
@pytest.mark.parametrize("right", GroupRight, ids=str)
@pytest.mark.parametrize("role", Role, ids=str)
def test_each_rule_says_of_each_role_what_the_table_says(role: Role, right: GroupRight) -> None:
    told = {rule(a_seat(role)) for rule in ASKED[right]}

    assert told == {right in RIGHTS_OF[role]}


@pytest.mark.control("8.3")
def test_a_right_that_nothing_names_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.RIGHTS_OF, Role.MANAGER, frozenset())
    seat = a_seat(Role.MANAGER)

    refused = {right for right in GroupRight if not rules.holds(seat, right)}

    assert refused == set(GroupRight)
    assert not may_post(seat)
    assert not may_manage(seat)
    assert not may_change_face_sheet(seat)


@pytest.mark.control("5.18")
def test_every_right_of_a_facility_is_asked_by_a_page_or_a_command() -> None:
    # A context's rules may say which of two rights a command asks; those of facilities name all.
    asking = [
        path
        for path in PRODUCT.rglob("*.py")
        if {"views", "commands"} & {path.parent.name, path.stem}
        or (path.stem == "rules" and path.parent.name != "facilities")
    ]

    assert set(Right.__members__) == set().union(*map(rights_named_in, asking)) | {"CHANGE_ROLES"}


@pytest.mark.control("5.18")
def test_the_page_shows_each_right_of_each_role_in_words(world: World) -> None:
    a_manager(world)
    client = Client()
    sign_in_client(client, world.people["abe"], proof=Proof.TOTP)

    page = client.get(reverse("groups:rights", args=[world.facility.pk])).text

    assert all(str(right.label) in page for enum in (Right, GroupRight) for right in enum)
    assert all(str(role.label) in page for enum in (StaffRole, Role) for role in enum)
    inside = sum(len(held) for held in RIGHTS_OF.values())
    assert page.count("できる</span>") == len(Right) + 4 + inside
