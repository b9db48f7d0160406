"""What was written at each side, read from `words/`: one file per side, oldest post first."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from carestation.groups.choices import Side
from config.demo.groups import GROUPS, DemoGroup

TOKYO: Final = ZoneInfo("Asia/Tokyo")
WORDS: Final = Path(__file__).parent / "words"
# Today's posts end at this hour; where the demo first starts earlier, they move closer together.
TODAY_ENDS: Final = time(10, 30)
DATE: Final = re.compile(r"〈([+-]\d+)〉")
WEEKDAYS: Final = "月火水木金土日"
SATURDAY: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A post of the demo, as `words/` has it. `days`: how many days ago; `to`: what it answers."""

    who: str
    days: int
    at: str
    body: str
    key: str = ""
    to: str = ""
    urgent: bool = False
    asks: bool = False
    mentions: tuple[str, ...] = ()
    ack: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    earlier: str = ""
    withdrawn: bool = False

    def moment(self, now: datetime) -> datetime:
        """Return when it was written, seen from now."""
        return moment(self.days, self.at, now)

    def text(self, now: datetime) -> str:
        """Return its words, with the dates filled in."""
        return _dated(self.body, now)

    def earlier_text(self, now: datetime) -> str:
        """Return what it said before it was put right; empty where it never was."""
        return _dated(self.earlier, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """All that was written at one side of a group."""

    group: DemoGroup
    side: Side
    posts: tuple[Said, ...]

    def signs_under(self, said: Said) -> list[str]:
        """Return who gave the sign under a post, in this order."""
        readers = [one for one in self.group.readers_of(self.side) if one != said.who]
        named = [one for one in said.ack if not one.startswith(("*", "-"))]
        if "*" not in said.ack:
            return named
        without = {one.removeprefix("-") for one in said.ack}
        return [one for one in readers if one not in without]


@cache
def talks() -> tuple[Talk, ...]:
    """Return the talks of all groups; read once."""
    found = [path.stem.rsplit("_", 1) for path in sorted(WORDS.glob("*.toml"))]
    return tuple(
        Talk(group=GROUPS[group], side=Side(side), posts=tuple(_posts(f"{group}_{side}.toml")))
        for group, side in found
    )


def moment(days: int, at: str, now: datetime) -> datetime:
    """Return a clock time some days ago in Tokyo; today's lie before `now` at any hour."""
    today = now.astimezone(TOKYO)
    midnight = datetime.combine(today.date(), time(), TOKYO)
    if days:
        return datetime.combine((midnight - timedelta(days=days)).date(), _clock(at), TOKYO)
    end = datetime.combine(today.date(), TODAY_ENDS, TOKYO)
    own = datetime.combine(today.date(), _clock(at), TOKYO)
    share = min(1.0, (today - midnight) / (end - midnight))
    return midnight + (own - midnight) * share


def _posts(name: str) -> Iterable[Said]:
    for told in tomllib.loads((WORDS / name).read_text())["post"]:
        yield Said(**{key: _fixed(value) for key, value in told.items()})


def _fixed(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return value.strip() if isinstance(value, str) else value


def _clock(at: str) -> time:
    hour, minute = at.split(":")
    return time(int(hour), int(minute))


def _dated(text: str, now: datetime) -> str:
    return DATE.sub(lambda found: _date(int(found[1]), now), text)


def _date(offset: int, now: datetime) -> str:
    day = now.astimezone(TOKYO).date() + timedelta(days=offset)
    if offset > 0 and day.weekday() >= SATURDAY:
        day += timedelta(days=7 - day.weekday())
    return f"{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"
