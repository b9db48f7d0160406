"""Where the demo's people sit, who the patients are, and the words to look for: the canaries."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from carestation.groups.choices import Kind, Side
from carestation.patients.choices import CareLevel, Sex
from carestation.patients.queries.face_sheets import FaceSheet

PRO, PAT, ALL = Side.PROFESSIONAL, Side.PATIENT, Side.ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoGroup:
    """A group of the demo: its founder manages it; `leavers` left it before today."""

    key: str
    kind: Kind
    title: str
    founder: str
    professionals: tuple[str, ...]
    family: tuple[str, ...] = ()
    leavers: tuple[str, ...] = ()
    opened_days_ago: int
    face_sheet: FaceSheet | None = None

    @property
    def everyone(self) -> tuple[str, ...]:
        """Who sits or sat there, in the order of joining."""
        return (self.founder, *self.professionals, *self.leavers, *self.family)

    def readers_of(self, side: Side) -> tuple[str, ...]:
        """Who sits at a side today."""
        staying = (self.founder, *self.professionals)
        return staying if side is PRO else (*staying, *self.family)


CHIYO: Final = FaceSheet(
    name="佐伯 千代",
    kana="さえき ちよ",
    birth_date=date(1940, 2, 3),
    sex=Sex.FEMALE,
    care_level=CareLevel.CARE_3,
    allergies="ペニシリン系（発疹・2019年）",
    conditions=(
        "慢性心不全（NYHA II〜III）\n2型糖尿病\n右大腿骨頸部骨折 術後（昨年11月）\n"
        "報告の基準：SpO2 92％未満・体重が3日で2kg以上増加・体温37.5℃以上\n"
        "造影剤・食物のアレルギーは「なし」と確認済み。\n"
        "急変時：まず月見坂在宅クリニックへ電話。救急搬送は希望する。\n"
        "書面の控えの整理名：ハナイカダ綴"
    ),
    contact=(
        "1番目：佐伯 美紀（長女・同居）090-0000-0103\n"
        "2番目：佐伯 和彦（長男）090-0000-0102\n"
        "主治医：早川 誠一（月見坂在宅クリニック）000-0000-0200（24時間）\n"
        "住所：みなづき市川辺町2-14。鍵は右のキーボックス（番号は事業所へ）。"
    ),
)
CHIYOKO: Final = FaceSheet(
    name="佐伯 千代子",
    kana="さえき ちよこ",
    birth_date=date(1948, 5, 21),
    sex=Sex.FEMALE,
    care_level=CareLevel.SUPPORT_2,
    allergies="",
    conditions=(
        "高血圧症\n発作性心房細動（抗凝固薬を内服中）\n変形性膝関節症\n"
        "アレルギーは「なし」と、ご本人・お薬手帳で確認済み。\n"
        "一人暮らし。ご本人がタブレットで連絡を読み書きされる。\n"
        "書面の控えの整理名：ユキノシタ綴"
    ),
    contact="妹：佐伯 登代（隣町）090-0000-0141\n住所：みなづき市坂下町1-3 ひなた荘202",
)
GROUPS: Final = {
    group.key: group
    for group in (
        DemoGroup(
            key="chiyo",
            kind=Kind.PATIENT,
            title="佐伯 千代 様",
            founder="hayakawa",
            professionals=(
                "miyake",
                "okamura",
                "onodera",
                "nakanishi",
                "otaki",
                "koga",
                "hashizume",
                "horiuchi",
                "negishi",
            ),
            family=("miki", "kazuhiko"),
            leavers=("kuroda",),
            opened_days_ago=22,
            face_sheet=CHIYO,
        ),
        DemoGroup(
            key="chiyoko",
            kind=Kind.PATIENT,
            title="佐伯 千代子 様",
            founder="okamura",
            professionals=("miyake", "onodera", "katagiri"),
            family=("chiyoko",),
            opened_days_ago=18,
            face_sheet=CHIYOKO,
        ),
        DemoGroup(
            key="taiin",
            kind=Kind.FREE,
            title="退院調整チーム",
            founder="nakanishi",
            professionals=(
                "tsuji",
                "hayakawa",
                "negishi",
                "shiina",
                "okamura",
                "miyake",
                "onodera",
                "koga",
                "hashizume",
                "mizuno",
            ),
            leavers=("kuroda",),
            opened_days_ago=21,
        ),
        DemoGroup(
            key="futari",
            kind=Kind.DIRECT,
            title="三宅 由美子・早川 誠一",
            founder="miyake",
            professionals=("hayakawa",),
            opened_days_ago=15,
        ),
    )
}
# One word per side, in one of its posts; made up, so that it is found nowhere else.
SIDE_CANARIES: Final = {
    ("chiyo", PRO): "ハネカゼ帳",
    ("chiyo", PAT): "コモレビ便",
    ("chiyoko", PRO): "ミズタマ箱",
    ("chiyoko", PAT): "アサツユ便",
    ("taiin", ALL): "ツキヨミ表",
    ("futari", ALL): "ホタルビ順",
}
FACE_SHEET_CANARIES: Final = {"chiyo": "ハナイカダ綴", "chiyoko": "ユキノシタ綴"}
# How many of the newest posts someone has not read yet; everyone else has read all.
UNREAD: Final = {
    ("chiyo", PRO): {
        "miyake": 4,
        "otaki": 2,
        "koga": 3,
        "negishi": 4,
        "hashizume": 5,
        "horiuchi": 8,
    },
    ("chiyo", PAT): {
        "miyake": 1,
        "miki": 1,
        "kazuhiko": 2,
        "otaki": 1,
        "hashizume": 3,
        "horiuchi": 3,
    },
    ("chiyoko", PRO): {"miyake": 1, "katagiri": 1},
    ("chiyoko", PAT): {"chiyoko": 1, "katagiri": 2},
    ("taiin", ALL): {"miyake": 2, "shiina": 1, "mizuno": 4, "koga": 1, "hashizume": 2},
    ("futari", ALL): {"miyake": 1},
}
