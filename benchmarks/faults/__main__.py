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
from dataclasses import replace
from functools import reduce
from operator import add
from pathlib import Path
from typing import Final

from benchmarks.faults.elections import elections
from benchmarks.faults.pair import Pair
from benchmarks.faults.patroni import KeptPair
from benchmarks.faults.removals import Removals
from benchmarks.faults.scene import Scene, scene
from benchmarks.faults.seen import TABLE, Seen, Window, await_whole, seen_in, written
from benchmarks.faults.trials import Fault, faults
from config.postgres import ADMIN
from tests.durability.findings import Findings, findings_at
from tests.durability.ordeal import Ordeal, Place
from tests.nodes.watching import Watcher

GROUPS, MEMBERS = 4, 4
FAULTS: Final = "# Faults, and what people saw"
ELECTIONS: Final = "## Where Patroni and etcd decide who writes"
REST_SECONDS: Final = 0.2
# Somewhat into a fault someone loses their seat.
REMOVED_AFTER_SECONDS: Final = 2.0
# A fact's time is the database's own; a post waits for its lock at most as long as a fault lasts.
WRONG_TIMES: Final = """
SELECT count(*) FROM timeline_post p JOIN factlog_loggedfact f ON f.object_id = p.id
WHERE f.kind = 'timeline.PostPublished' AND abs(extract(epoch FROM p.published_at - f.at)) > 60
"""


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
        tried = [one for one in chosen if not one.skipped]
        seen, found, shown = _tried(whole, tried)
        wrong = whole.pair.ask(WRONG_TIMES)
    rows = [one.row() for one in seen]
    rows += [f"| {one.name} | not tried: {one.skipped} | | | | |" for one in chosen if one.skipped]
    last = (
        f"{found.acknowledged} posts were acknowledged: {found.lost} lost, {found.doubled} "
        f"doubled, {found.gaps} numbers missing, {found.facts_amiss} facts amiss. "
        f"{len(seen)} people lost their seat meanwhile and went on listening, and one who has none "
        f"listened and asked all the time: {shown} posts reached them. "
        f"{wrong} posts bear a time that is not the database's."
    )
    sys.stdout.write("\n".join([*rows, "", last, ""]))
    if options.write:
        written(rows, last, under=ELECTIONS if options.patroni else FAULTS)
    is_whole = all(one.is_whole_in_time for one in seen)
    return 0 if found.is_sound and is_whole and not shown and not wrong else 1


def _holds(name: str, parts: list[str]) -> bool:
    return any(part in name for part in parts)


def _tried(whole: Scene, chosen: list[Fault]) -> tuple[list[Seen], Findings, int]:
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
    windows: list[Window] = []
    with ordeal.writing(writers, len(writers)):
        windows += (_window(fault, ordeal, pages, removals) for fault in chosen)
    await_whole(pages, ordeal.acknowledged, windows[-1].whole_seconds)
    seen = [seen_in(window, ordeal.acknowledged, pages) for window in windows]
    shown = removals.shown_without_a_seat(ordeal.acknowledged)
    for page in pages:
        page.end()
    removals.end()
    return seen, reduce(add, _sides(whole, ordeal, people[:GROUPS], removals.manager)), shown


def _window(fault: Fault, ordeal: Ordeal, pages: list[Watcher], removals: Removals) -> Window:
    fault.prepare()
    ordeal.await_more()
    removals.seat_next()
    began, failed = time.monotonic(), dict(ordeal.failures)
    fault.begin()
    time.sleep(min(REMOVED_AFTER_SECONDS, fault.lasts_seconds))
    removals.begin_next()
    time.sleep(max(fault.lasts_seconds - REMOVED_AFTER_SECONDS, 0.0))
    fault.mend()
    mended = time.monotonic()
    ordeal.await_more()
    await_whole(pages, ordeal.acknowledged, fault.whole_seconds)
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
        whole_seconds=fault.whole_seconds,
    )


def _sides(
    whole: Scene, ordeal: Ordeal, places: list[Place], where_seats_end: Place
) -> list[Findings]:
    *found, last = [
        findings_at(whole.urls[0], whole.pair.owner_url, place, ordeal.acknowledged)
        for place in (*places, where_seats_end)
    ]
    # There the numbers between posts are those of memberships that ended.
    return [*found, replace(last, gaps=0)]


if __name__ == "__main__":
    sys.exit(main())
