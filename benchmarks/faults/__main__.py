"""Everything under faults, one by one: `python -m benchmarks.faults`.

People write with draft ids through two proxies before two nodes, three servers of the bus and a
pair of databases, and pages are open, while pieces are killed and paused, lines cut, disks filled
and clocks moved, in turn. It prints, and with `--write` keeps, a table of what people saw; it ends
with 1 where a post is lost or doubled, a page is not whole in time, or someone without a seat was
shown anything.
"""

import argparse
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from pathlib import Path
from typing import Final

from benchmarks.faults.elections import elections
from benchmarks.faults.files import Files, FilesSeen
from benchmarks.faults.pair import Pair
from benchmarks.faults.patroni import KeptPair
from benchmarks.faults.pieces import await_that
from benchmarks.faults.removals import Removals
from benchmarks.faults.scene import Scene, scene
from benchmarks.faults.seen import TABLE, Seen, Window, await_whole, seen_in, written
from benchmarks.faults.trials import Fault, faults
from config.postgres import ADMIN
from tests.durability.findings import Findings, findings_at
from tests.durability.ordeal import Acknowledged, Ordeal, Place
from tests.nodes.watching import Watcher

GROUPS, MEMBERS = 4, 4
# Two hand in files and post them, two open them.
WITH_FILES: Final = 4
FAULTS: Final = "# Faults, and what people saw"
FILES: Final = "## Files meanwhile"
TOLD: Final = "## Who is told"
ELECTIONS: Final = "## Where Patroni and etcd decide who writes"
REST_SECONDS: Final = 0.2
LOOK_SECONDS: Final = 0.1
# So soon everyone has learnt what time the database says it is.
LEARNT_SECONDS: Final = 5.0
# A worker has two, and each gives a sign of life every ten seconds.
HANDS: Final = """
SELECT count(*) FROM procrastinate_workers
WHERE last_heartbeat > clock_timestamp() - interval '15 seconds'
"""
# Somewhat into a fault someone loses their seat.
REMOVED_AFTER_SECONDS: Final = 2.0
# A fact's time is the database's own; a post waits for its lock at most as long as a fault lasts.
WRONG_TIMES: Final = """
SELECT count(*) FROM timeline_post p JOIN factlog_loggedfact f ON f.object_id = p.id
WHERE f.kind = 'timeline.PostPublished' AND abs(extract(epoch FROM p.published_at - f.at)) > 60
  AND p.id <> ALL (%s::uuid[])
"""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What was seen of all faults that were tried."""

    seen: list[Seen]
    files: list[FilesSeen]
    told: list[Window]
    findings: Findings
    files_lost: int
    # How many posts reached somebody who had no seat.
    shown: int
    # How many bear a time that was never the database's.
    wrong: object

    @property
    def is_well(self) -> bool:
        """Whether every promise was kept."""
        in_time = [one.is_whole_in_time for one in self.seen]
        in_time += [one.is_whole_in_time for one in self.files]
        told = all(one.told_after_seconds is not None for one in self.told)
        nothing_amiss = not (self.files_lost or self.shown or self.wrong)
        return self.findings.is_sound and all(in_time) and told and nothing_amiss

    def last_words(self) -> str:
        """Return what stands under the table."""
        found = self.findings
        return (
            f"{found.acknowledged} posts were acknowledged: {found.lost} lost, {found.doubled} "
            f"doubled, {found.gaps} numbers missing, {found.facts_amiss} facts amiss. "
            f"{len(self.seen)} people lost their seat meanwhile and went on listening, and one who "
            f"has none listened and asked all the time: {self.shown} posts reached them. "
            f"{self.wrong} posts bear a time that is not the database's."
        )

    def last_words_of_files(self) -> str:
        """Return what stands under the table of files."""
        files = sum(one.files for one in self.files)
        return (
            f"{files} files were handed in, posted and opened: {self.files_lost} lost or changed."
        )


def main() -> int:
    """Try every fault; return 1 where a promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write the table into {TABLE.name}")
    parser.add_argument(
        "--patroni", action="store_true", help="those in which Patroni and etcd decide who writes"
    )
    parser.add_argument(
        "--only", nargs="*", default=[""], help="faults whose name holds any of these"
    )
    options = parser.parse_args()
    # Told to end, it takes its disks away as at the end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with (
        tempfile.TemporaryDirectory(prefix="cs-faults-") as folder,
        scene(Path(folder), KeptPair if options.patroni else Pair) as whole,
    ):
        pair = whole.pair
        every = elections(whole, pair) if isinstance(pair, KeptPair) else faults(whole)
        chosen = [one for one in every if _holds(one.name, options.only)]
        found = _tried(whole, [one for one in chosen if not one.skipped])
    rows = [one.row() for one in found.seen]
    rows += [f"| {one.name} | not tried: {one.skipped} | | | | |" for one in chosen if one.skipped]
    of_files = [one.row() for one in found.files]
    of_telling = [one.row_of_telling() for one in found.told]
    last, last_of_files = found.last_words(), found.last_words_of_files()
    said = [*rows, "", last, "", *of_files, "", last_of_files, "", *of_telling, ""]
    sys.stdout.write("\n".join(said))
    if options.write:
        written(rows, last, under=ELECTIONS if options.patroni else FAULTS)
    if options.write and not options.patroni:
        written(of_files, last_of_files, under=FILES)
        written(of_telling, "", under=TOLD)
    return 0 if found.is_well else 1


def _holds(name: str, parts: list[str]) -> bool:
    return any(part in name for part in parts)


def _tried(whole: Scene, chosen: list[Fault]) -> Tried:
    people = whole.people(GROUPS, MEMBERS)
    leavers = whole.people(1, len(chosen) + 1)
    url, *others = whole.urls
    removals = Removals(whole.urls, whole.pair.url(ADMIN), leavers, people[0])
    ordeal = Ordeal(
        url=url,
        others=tuple(others),
        data=whole.nodes[0].data,
        rest_seconds=REST_SECONDS,
    )
    pages = [Watcher(url, place, *others) for place in people]
    writers = [*people, removals.manager]
    files = Files(whole.urls, whole.people(1, WITH_FILES))
    windows: list[Window] = []
    with ordeal.writing(writers, len(writers)):
        windows += (_window(fault, ordeal, pages, removals, files) for fault in chosen)
    await_whole(pages, ordeal.acknowledged, windows[-1].whole_seconds)
    files_lost = files.end()
    hands = 2 * len(whole.nodes)
    await_that("every timetable is at work", lambda: whole.pair.ask(HANDS) == hands)
    seen = [seen_in(window, ordeal.acknowledged, pages) for window in windows]
    shown = removals.shown_without_a_seat(ordeal.acknowledged)
    for page in pages:
        page.end()
    removals.end()
    told = [*ordeal.acknowledged, *files.posts]
    places = (*people[:GROUPS], files.places[0], removals.manager)
    moved = [fault.moves_time for fault in chosen]
    either = [
        one.post_id
        for window, moves in zip(windows, moved, strict=True)
        for one in told
        if moves and window.begin <= one.told_at <= window.end + LEARNT_SECONDS
    ]
    return Tried(
        seen=seen,
        files=[files.seen_in(window) for window in windows],
        told=[window for window in windows if window.tells],
        findings=reduce(add, _sides(whole, told, places)),
        files_lost=files_lost,
        shown=shown,
        wrong=whole.pair.ask(WRONG_TIMES, either),
    )


def _window(
    fault: Fault, ordeal: Ordeal, pages: list[Watcher], removals: Removals, files: Files
) -> Window:
    fault.prepare()
    ordeal.await_more()
    removals.seat_next()
    began, failed = time.monotonic(), dict(ordeal.failures)
    failed_of_files = files.failures.total()
    fault.begin()
    time.sleep(min(REMOVED_AFTER_SECONDS, fault.lasts_seconds))
    removals.begin_next()
    told_after = _lasted(fault, began)
    fault.mend()
    mended = time.monotonic()
    ordeal.await_more()
    await_whole(pages, ordeal.acknowledged, fault.whole_seconds)
    files.await_round(mended)
    removals.await_it()
    more = {name: count - failed.get(name, 0) for name, count in ordeal.failures.items()}
    ended = time.monotonic()
    fault.tidy()
    sys.stderr.write(f"{fault.name}: { {name: count for name, count in more.items() if count} }\n")
    return Window(
        fault=fault.name,
        begin=began,
        mended=mended,
        end=ended,
        failures=sum(more.values()),
        failures_of_files=files.failures.total() - failed_of_files,
        whole_seconds=fault.whole_seconds,
        tells=fault.tells,
        told_after_seconds=told_after,
    )


def _lasted(fault: Fault, began: float) -> float | None:
    """Let a fault last; return after how long somebody was told of it."""
    while time.monotonic() < began + fault.lasts_seconds:
        if fault.is_told():
            return time.monotonic() - began
        time.sleep(LOOK_SECONDS)
    return None


def _sides(whole: Scene, told: list[Acknowledged], places: tuple[Place, ...]) -> list[Findings]:
    *found, last = [findings_at(whole.urls[0], whole.pair.owner_url, one, told) for one in places]
    # There the numbers between posts are those of memberships that ended.
    return [*found, replace(last, gaps=0)]


if __name__ == "__main__":
    sys.exit(main())
