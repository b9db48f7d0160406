"""The cast: the same few people around the same patient, in every test.

Kato manages the patient group, Sato is a professional in it, Mori is family, Ito sits in a free
group elsewhere, Ueda has left.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from carestation.accounts.commands.people import NewPerson, register_person
from carestation.accounts.models import User
from carestation.facilities.choices import FacilityKind, Profession, StaffRole
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.staff import begin_staff
from carestation.facilities.models.facilities import Facility
from carestation.facilities.models.staff import Staff
from carestation.groups.choices import Kind, Relation, Role, Side
from carestation.groups.commands.groups import open_group
from carestation.groups.commands.memberships import begin_membership, end_membership
from carestation.groups.models.groups import Group, Timeline
from carestation.groups.models.memberships import Membership, ReadMark
from carestation.groups.queries.seats import take_seat
from carestation.groups.rules import Newcomer, Seat
from carestation.kernel.actor import Actor
from carestation.kernel.ids import uuid7
from carestation.patients.choices import CareLevel, Sex
from carestation.patients.commands.face_sheets import register_patient
from carestation.patients.queries.face_sheets import FaceSheet
from carestation.timeline.commands.posts import Draft

PASSWORD: Final = "hana-to-kaze-no-michi-2026"
CAST: Final = ("kato", "sato", "mori", "ito", "ueda")
NAMES: Final = {
    "kato": ("加藤 恵子", "かとう けいこ"),
    "sato": ("佐藤 一郎", "さとう いちろう"),
    "mori": ("森 花子", "もり はなこ"),
    "ito": ("伊藤 実", "いとう みのる"),
    "ueda": ("上田 静", "うえだ しずか"),
    "abe": ("阿部 誠", "あべ まこと"),
    "oka": ("岡 理恵", "おか りえ"),
}

FACE_SHEET: Final = FaceSheet(
    name="佐伯 千代",
    kana="さえき ちよ",
    birth_date=date(1940, 3, 5),
    sex=Sex.FEMALE,
    care_level=CareLevel.CARE_3,
    allergies="ペニシリン系",
    conditions="慢性心不全",
    contact="佐伯 美紀（長女）",
)


@dataclass(frozen=True)
class World:
    facility: Facility
    group: Group
    elsewhere: Group
    people: dict[str, User]
    staff: dict[str, Staff]

    def actor(self, name: str) -> Actor:
        return Actor(user_id=self.people[name].pk, request_id=uuid7())

    def seat(self, name: str, side: Side) -> Seat:
        return take_seat(self.actor(name), self.group.pk, side)

    def membership(self, name: str) -> Membership:
        return Membership.objects.get(group=self.group, user=self.people[name], left_at=None)

    def timeline(self, side: Side) -> Timeline:
        return Timeline.objects.get(group=self.group, side=side)

    def mark(self, name: str, side: Side) -> ReadMark:
        own = ReadMark.objects.at(self.group.pk, side).active()
        return own.get(membership__user=self.people[name])

    def unread(self, name: str, side: Side) -> int:
        return self.seat(name, side).unread


def settle() -> World:
    people = {name: a_person(name) for name in CAST}
    actor = Actor(user_id=people["kato"].pk, request_id=uuid7())
    facility = open_facility(
        actor,
        name="月見坂在宅クリニック",
        kana="つきみざかざいたくくりにっく",
        kind=FacilityKind.CLINIC,
    )
    callings = {
        "kato": Profession.VISITING_NURSE,
        "sato": Profession.PHYSICIAN,
        "ito": Profession.PHARMACIST,
        "ueda": Profession.HOME_HELPER,
    }
    staff = {
        name: begin_staff(
            actor, facility.pk, people[name].pk, profession=calling, role=StaffRole.MEMBER
        )
        for name, calling in callings.items()
    }
    group = register_patient(actor, staff["kato"], FACE_SHEET).group
    seat = take_seat(actor, group.pk, Side.PROFESSIONAL)
    for name in ("sato", "ueda"):
        begin_membership(
            seat,
            Newcomer(user_id=people[name].pk, role=Role.PROFESSIONAL, staff_id=staff[name].pk),
        )
    family = Newcomer(user_id=people["mori"].pk, role=Role.FAMILY, relation=Relation.FAMILY)
    begin_membership(seat, family)
    ueda = Membership.objects.get(group=group, user=people["ueda"])
    end_membership(seat, ueda.pk)
    ito = Newcomer(user_id=people["ito"].pk, role=Role.MANAGER, staff_id=staff["ito"].pk)
    elsewhere = open_group(
        Actor(user_id=people["ito"].pk, request_id=uuid7()),
        Kind.FREE,
        ito,
        facility_id=facility.pk,
        name="退院調整チーム",
    )
    return World(facility=facility, group=group, elsewhere=elsewhere, people=people, staff=staff)


def a_draft(body: str = "お変わりありません。", draft_id: UUID | None = None) -> Draft:
    return Draft(id=draft_id or uuid7(), body=body)


def a_person(name: str) -> User:
    shown, kana = NAMES[name]
    new = NewPerson(
        email=f"{name}@tsukimizaka.example",
        name=shown,
        kana=kana,
        password=PASSWORD,
        is_professional=name != "mori",
    )
    return register_person(Actor(user_id=uuid7(), request_id=uuid7()), new)
