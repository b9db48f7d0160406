"""What people saw of each fault, as rows of the table."""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.durability.ordeal import Acknowledged
from tests.nodes.watching import Watcher

TABLE: Final = Path(__file__).parents[2] / "docs" / "reference" / "faults.md"
RULE: Final = re.compile(r"^\|(?:---\|)+\n", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Window:
    """When something was broken and mended, and how soon all must be whole again after."""

    fault: str
    begin: float
    mended: float
    end: float
    failures: int
    failures_of_files: int
    whole_seconds: float
    # Of what somebody was told, and after how long; None: nobody was.
    tells: str = ""
    told_after_seconds: float | None = None

    def row_of_telling(self) -> str:
        """Return who was told as a row."""
        after = self.told_after_seconds
        return f"| {self.fault} | `{self.tells}` | {'never' if after is None else f'{after:.0f}'} |"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What people saw of one fault."""

    fault: str
    acknowledged: int
    failures: int
    longest_wait_seconds: float
    longest_unseen_seconds: float
    whole_after_seconds: float
    is_whole_in_time: bool

    def row(self) -> str:
        """Return it as a row."""
        waits = (self.longest_wait_seconds, self.longest_unseen_seconds, self.whole_after_seconds)
        words = " | ".join(f"{seconds:.1f}" for seconds in waits)
        return f"| {self.fault} | {self.acknowledged} | {self.failures} | {words} |"


def seen_in(window: Window, told: list[Acknowledged], pages: list[Watcher]) -> Seen:
    """Return what people saw of the posts that were acknowledged in a window."""
    never = float("inf")
    within = [one for one in told if window.begin <= one.told_at <= window.end]
    shown = [
        (page.seen.get(one.post_id, never), one)
        for one in within
        for page in pages
        if page.place.group_id == one.group_id
    ]
    # A post that was told after the mending has its own moments to come.
    late = [at - max(window.mended, one.told_at) for at, one in shown]
    whole_after = max(late, default=0.0)
    longest_wait = max((one.told_at - one.sent_at for one in within), default=0.0)
    return Seen(
        fault=window.fault,
        acknowledged=len(within),
        failures=window.failures,
        longest_wait_seconds=longest_wait,
        longest_unseen_seconds=max((at - one.told_at for at, one in shown), default=0.0),
        whole_after_seconds=max(whole_after, 0.0),
        is_whole_in_time=max(whole_after, longest_wait) <= window.whole_seconds,
    )


def await_whole(pages: list[Watcher], told: list[Acknowledged], seconds: float) -> None:
    """Wait until every page shows what was acknowledged, or this long."""
    until = time.monotonic() + seconds
    for page in pages:
        posts = {one.post_id for one in list(told) if one.group_id == page.place.group_id}
        page.sees(posts, until - time.monotonic())


def written(rows: list[str], last: str, *, under: str) -> None:
    """Keep the rows in the documentation, in the first table under a heading."""
    text = TABLE.read_text(encoding="utf-8")
    before, heading, section = text.partition(f"{under}\n")
    rule = RULE.search(section)
    if rule is None:
        raise LookupError(under)
    table = section[rule.end() :]
    after = table[table.index("\n## ") :] if "\n## " in table else ""
    body = "\n".join(rows)
    said = section[: rule.end()]
    TABLE.write_text(f"{before}{heading}{said}{body}\n\n{last}\n{after}", encoding="utf-8")
