"""The demo's people and facilities. Their passwords and secrets stand here and nowhere else."""

import base64
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from carestation.facilities.choices import FacilityKind, Profession, StaffRole
from carestation.groups.choices import Relation

PHYSICIAN: Final = Profession.PHYSICIAN
NURSE: Final = Profession.VISITING_NURSE
MANAGER: Final = StaffRole.MANAGER
MEMBER: Final = StaffRole.MEMBER


class State(StrEnum):
    """How someone stands in the demo world."""

    ACTIVE = "active"
    ENROLMENT_DUE = "enrolment_due"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoFacility:
    """A facility of the demo; `domain` is that of its people's addresses."""

    name: str
    kana: str
    kind: FacilityKind
    domain: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """A person of the demo: a professional with a facility, a patient or relative, an operator.

    `words`: what the patient or a relative is, in words.
    """

    key: str
    name: str
    kana: str
    facility: str = ""
    profession: Profession | None = None
    role: StaffRole | None = None
    relation: Relation | None = None
    words: str = ""
    is_operator: bool = False
    state: State = State.ACTIVE

    @property
    def domain(self) -> str:
        """Where this person's address is."""
        if self.is_operator:
            return "carestation.example"
        return FACILITIES[self.facility].domain if self.facility else "kazoku.example"

    @property
    def email(self) -> str:
        """The address with which this person signs in."""
        return f"{self.key}@{self.domain}"

    @property
    def password(self) -> str:
        """The password: known to everyone, which is why production refuses the demo."""
        return f"{self.key}-no-demo-2026"

    @property
    def is_professional(self) -> bool:
        """Whether a second factor is asked of this person."""
        return self.relation is None

    @property
    def totp_secret(self) -> str | None:
        """The secret of the authenticator app in base32; None without a second factor."""
        if not self.is_professional or self.state is State.ENROLMENT_DUE:
            return None
        digest = hashlib.sha256(f"carestation demo {self.key}".encode()).digest()
        return base64.b32encode(digest[:20]).decode()


FACILITIES: Final = {
    "tsukimizaka": DemoFacility(
        name="月見坂在宅クリニック",
        kana="つきみざかざいたくくりにっく",
        kind=FacilityKind.CLINIC,
        domain="tsukimizaka.example",
        phone="000-0000-0200",
    ),
    "amatsubu": DemoFacility(
        name="雨つぶ循環器クリニック",
        kana="あまつぶじゅんかんきくりにっく",
        kind=FacilityKind.CLINIC,
        domain="amatsubu.example",
    ),
    "watage": DemoFacility(
        name="訪問看護ステーションわたげ",
        kana="ほうもんかんごすてーしょんわたげ",
        kind=FacilityKind.VISITING_NURSING_STATION,
        domain="watage.example",
        phone="000-0000-0300",
    ),
    "suzukake": DemoFacility(
        name="すずかけ通り薬局",
        kana="すずかけどおりやっきょく",
        kind=FacilityKind.PHARMACY,
        domain="suzukake.example",
    ),
    "itodenwa": DemoFacility(
        name="ケアプラン糸でんわ",
        kana="けあぷらんいとでんわ",
        kind=FacilityKind.CARE_PLAN_OFFICE,
        domain="itodenwa.example",
    ),
    "yutanpo": DemoFacility(
        name="ヘルパー事業所ゆたんぽ",
        kana="へるぱーじぎょうしょゆたんぽ",
        kind=FacilityKind.HOME_HELP,
        domain="yutanpo.example",
    ),
    "sakurabashi": DemoFacility(
        name="桜橋リハビリ",
        kana="さくらばしりはびり",
        kind=FacilityKind.HOME_REHAB,
        domain="sakurabashi.example",
    ),
}


def _staff(
    key: str,
    name: str,
    kana: str,
    facility: str,
    profession: Profession,
    *,
    role: StaffRole = MEMBER,
    state: State = State.ACTIVE,
) -> DemoPerson:
    return DemoPerson(
        key=key,
        name=name,
        kana=kana,
        facility=facility,
        profession=profession,
        role=role,
        state=state,
    )


def _home(key: str, name: str, kana: str, relation: Relation, words: str) -> DemoPerson:
    return DemoPerson(key=key, name=name, kana=kana, relation=relation, words=words)


# In the order in which the sign-in page offers them: those of the first story come first.
_CAST: Final = (
    _staff("miyake", "三宅 由美子", "みやけ ゆみこ", "watage", NURSE),
    _staff("hayakawa", "早川 誠一", "はやかわ せいいち", "tsukimizaka", PHYSICIAN, role=MANAGER),
    _staff("otaki", "大滝 絵里", "おおたき えり", "yutanpo", Profession.HOME_HELPER),
    _staff("onodera", "小野寺 健", "おのでら けん", "suzukake", Profession.PHARMACIST),
    _staff("nakanishi", "中西 敦子", "なかにし あつこ", "itodenwa", Profession.CARE_MANAGER),
    _home("miki", "佐伯 美紀", "さえき みき", Relation.KEY_PERSON, "佐伯 千代 様の長女"),
    _home("kazuhiko", "佐伯 和彦", "さえき かずひこ", Relation.FAMILY, "佐伯 千代 様の長男"),
    _staff("negishi", "根岸 まゆ", "ねぎし まゆ", "tsukimizaka", Profession.CLERK),
    _staff("horiuchi", "堀内 俊介", "ほりうち しゅんすけ", "amatsubu", PHYSICIAN, role=MANAGER),
    _staff("shiina", "椎名 かおる", "しいな かおる", "amatsubu", Profession.NURSE),
    _staff("okamura", "岡村 律子", "おかむら りつこ", "watage", NURSE, role=MANAGER),
    _staff("naito", "内藤 早紀", "ないとう さき", "watage", NURSE, state=State.ENROLMENT_DUE),
    _staff("kuroda", "黒田 真理", "くろだ まり", "watage", NURSE, state=State.LEFT),
    _staff(
        "katagiri", "片桐 奈央", "かたぎり なお", "suzukake", Profession.PHARMACIST, role=MANAGER
    ),
    _staff(
        "tsuji",
        "辻 恭子",
        "つじ きょうこ",
        "itodenwa",
        Profession.SENIOR_CARE_MANAGER,
        role=MANAGER,
    ),
    _staff(
        "koga",
        "古賀 直樹",
        "こが なおき",
        "yutanpo",
        Profession.HOME_HELP_COORDINATOR,
        role=MANAGER,
    ),
    _staff(
        "hashizume",
        "橋爪 亮",
        "はしづめ りょう",
        "sakurabashi",
        Profession.PHYSICAL_THERAPIST,
        role=MANAGER,
    ),
    _staff("mizuno", "水野 遥", "みずの はるか", "sakurabashi", Profession.OCCUPATIONAL_THERAPIST),
    _home("chiyoko", "佐伯 千代子", "さえき ちよこ", Relation.PATIENT, "佐伯 千代子 様ご本人"),
    DemoPerson(key="unei", name="千草 航", kana="ちぐさ わたる", is_operator=True),
)
PEOPLE: Final = {person.key: person for person in _CAST}
