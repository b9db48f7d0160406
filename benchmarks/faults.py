"""Two nodes under faults, one by one: `python -m benchmarks.faults`.

Sixteen people write with draft ids through a proxy before two nodes, and sixteen pages are open,
while pieces are killed and paused in turn. It prints, and with `--write` keeps, a table of what
people saw; it ends with 1 where a post is lost or doubled, or a page is not whole in time.
"""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial, reduce
from operator import add
from pathlib import Path
from typing import Final

import psutil

from tests.durability.findings import Findings, findings_at
from tests.durability.ordeal import Acknowledged, Ordeal, Place
from tests.live.own_postgres import OwnPostgres
from tests.nodes.nodes import Nodes, nodes
from tests.nodes.watching import Watcher

GROUPS, MEMBERS = 4, 4
FAULT_SECONDS: Final = 10.0
# So long a page may lack a post that was acknowledged.
WHOLE_SECONDS: Final = 30.0
PIECES: Final = ("web", "live", "worker", "caddy")
TABLE: Final = Path(__file__).parents[1] / "docs" / "reference" / "faults.md"
RULE: Final = "|---|---|---|---|---|\n"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What people saw of one fault."""

    fault: str
    acknowledged: int
    failures: int
    longest_wait_seconds: float
    longest_unseen_seconds: float

    def row(self) -> str:
        """Return it as a row."""
        waits = f"{self.longest_wait_seconds:.1f} | {self.longest_unseen_seconds:.1f}"
        return f"| {self.fault} | {self.acknowledged} | {self.failures} | {waits} |"


Fault = tuple[str, Callable[[], object], Callable[[], object]]


def main() -> int:
    """Try every fault; return 1 where a promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write the table into {TABLE.name}")
    parser.add_argument("--only", default="", help="faults whose name holds this")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cs-faults-") as folder:
        seen, found = _tried(Path(folder), options.only)
    rows = "\n".join(one.row() for one in seen)
    last = (
        f"{found.acknowledged} posts were acknowledged: {found.lost} lost, {found.doubled} "
        f"doubled, {found.gaps} numbers missing, {found.facts_amiss} facts amiss."
    )
    print(f"{rows}\n\n{last}")
    if options.write:
        said, rule, _ = TABLE.read_text(encoding="utf-8").partition(RULE)
        TABLE.write_text(f"{said}{rule}{rows}\n\n{last}\n", encoding="utf-8")
    is_whole = all(one.longest_unseen_seconds <= WHOLE_SECONDS + FAULT_SECONDS for one in seen)
    return 0 if found.is_sound and is_whole else 1


def _tried(folder: Path, only: str) -> tuple[list[Seen], Findings]:
    (folder / "postgres").mkdir()
    postgres = OwnPostgres(folder / "postgres", max_connections="200")
    postgres.start()
    try:
        with nodes(folder, postgres.owner_url) as both:
            faults = [one for one in _faults(both, postgres) if only in one[0]]
            return _seen(both, faults, both.people(GROUPS, MEMBERS))
    finally:
        postgres.stop()


def _faults(both: Nodes, postgres: OwnPostgres) -> list[Fault]:
    found: list[Fault] = [("nothing", _nothing, _nothing)]
    for piece in PIECES:
        found += [(f"{piece} of a node is killed", partial(both.send, 0, piece), _nothing)]
    found += [("all of a node is killed", partial(_kill_node, both), _nothing)]
    for piece in PIECES:
        stop = partial(both.send, 1, piece, signal.SIGSTOP)
        go_on = partial(both.send, 1, piece, signal.SIGCONT)
        found += [(f"{piece} of a node is paused", stop, go_on)]
    found += [
        ("the bus is killed", partial(both.bus.stop, signal.SIGKILL), both.bus.start),
        ("the bus is paused", both.bus.pause, both.bus.go_on),
        ("the store of files is paused", both.store.pause, both.store.go_on),
        ("PostgreSQL is killed", partial(_kill_postgres, postgres), _nothing),
        (
            "PostgreSQL is paused",
            partial(_send_to_all, postgres, signal.SIGSTOP),
            partial(_send_to_all, postgres, signal.SIGCONT),
        ),
    ]
    return found


def _seen(both: Nodes, faults: list[Fault], people: list[Place]) -> tuple[list[Seen], Findings]:
    ordeal = Ordeal(url=both.url, data=both.nodes[0].data)
    pages = [Watcher(both.url, place) for place in people]
    windows: list[tuple[str, float, float, int]] = []
    with ordeal.writing(people):
        for name, begin, end in faults:
            ordeal.await_more()
            began, failed = time.monotonic(), ordeal.failures.total()
            begin()
            time.sleep(FAULT_SECONDS)
            end()
            ordeal.await_more()
            windows.append((name, began, time.monotonic(), ordeal.failures.total() - failed))
            print(f"{name}: {dict(ordeal.failures)}", file=sys.stderr)
    _await_whole(pages, ordeal.acknowledged)
    seen = [
        _of_window(
            name,
            failures,
            [one for one in ordeal.acknowledged if begin <= one.told_at <= end],
            pages,
        )
        for name, begin, end, failures in windows
    ]
    for page in pages:
        page.end()
    sides = (
        findings_at(both.url, both.database_url, place, ordeal.acknowledged)
        for place in people[:GROUPS]
    )
    return seen, reduce(add, sides)


def _of_window(name: str, failures: int, told: list[Acknowledged], pages: list[Watcher]) -> Seen:
    unseen = [
        page.seen.get(one.post_id, float("inf")) - one.told_at
        for one in told
        for page in pages
        if page.place.group_id == one.group_id
    ]
    return Seen(
        fault=name,
        acknowledged=len(told),
        failures=failures,
        longest_wait_seconds=max((one.told_at - one.sent_at for one in told), default=0.0),
        longest_unseen_seconds=max(unseen, default=0.0),
    )


def _await_whole(pages: list[Watcher], told: list[Acknowledged]) -> None:
    until = time.monotonic() + WHOLE_SECONDS
    for page in pages:
        posts = {one.post_id for one in told if one.group_id == page.place.group_id}
        page.sees(posts, until - time.monotonic())


def _kill_node(both: Nodes) -> None:
    for piece in PIECES:
        both.send(0, piece)


def _kill_postgres(postgres: OwnPostgres) -> None:
    # While one of them lives the next could not begin: they share its memory.
    psutil.wait_procs(_send_to_all(postgres, signal.SIGKILL), timeout=20)
    postgres.process.wait(timeout=20)
    postgres.start()


def _send_to_all(postgres: OwnPostgres, what: signal.Signals) -> list[psutil.Process]:

    main_process = psutil.Process(postgres.process.pid)
    found = [main_process, *main_process.children(recursive=True)]
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(what)
    return found[1:]


def _nothing() -> None:
    return


if __name__ == "__main__":
    sys.exit(main())
