"""What the demo's people attached, and the word to look for in each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from config.demo import pictures
from config.demo.papers import AGENDA_CANARY, agenda


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoFile:
    """A file of the demo: its name holds one canary, the text of a paper another."""

    stem: str
    suffix: str
    canary: str
    make: Callable[[], bytes]
    canary_inside: str = ""

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.stem}_{self.canary}.{self.suffix}"


def _picture(stem: str, canary: str, make: Callable[[], bytes]) -> DemoFile:
    return DemoFile(stem=stem, suffix="jpg", canary=canary, make=make)


FILES: Final = {
    "feet-before": _picture("両足_退院後", "サザナミ写", pictures.feet_without_swelling),
    "feet-after": _picture("両足のむくみ", "シオミチ写", pictures.feet_with_swelling),
    "room": _picture("居室_手すりの位置", "ヒダマリ写", pictures.room_with_rail),
    "meal": _picture("夕食", "ユウゲ写", pictures.supper),
    "breakfast": _picture("朝ごはん", "アサゲ写", pictures.breakfast),
    "oximeter": _picture("測定値", "カザミ写", pictures.oximeter),
    "calendar": _picture("お薬カレンダー", "クスリヨミ写", pictures.medicine_calendar),
    "calendar-new": _picture("新しいお薬カレンダー", "ツヅラ写", pictures.new_medicine_calendar),
    "garden": _picture("縁側の鉢植え", "ニワカゼ写", pictures.flowers),
    "agenda": DemoFile(
        stem="担当者会議_次第",
        suffix="pdf",
        canary="イトマキ版",
        make=agenda,
        canary_inside=AGENDA_CANARY,
    ),
}
