"""Every fault that is tried: how it begins, and how it is mended."""

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from benchmarks.faults.machines import Clock, Disk, Network
from benchmarks.faults.pair import Pair, Server
from benchmarks.faults.pieces import Piece, await_that
from benchmarks.faults.scene import OLDEST, OLDEST_SERVING, PIECES, Scene
from benchmarks.faults.told import Watches
from benchmarks.upgrade import before_the_newest_migration, code_of
from carestation.support.choices import Measured
from tests.live.nats_server import NatsServer
from tests.running.starts import PROJECT

T = TypeVar("T")

WHOLE_SECONDS: Final = 30.0
FAILED_OVER_SECONDS: Final = 60.0
FAULT_SECONDS: Final = 10.0
HOUR_SECONDS: Final = 3_600
# Half a minute without a sign of life, the next round, and some more.
TOLD_SECONDS: Final = 120.0
SILENT_SECONDS: Final = 270.0
# Whoever writes has just used their session, which idles as a browser's.
IDLE_SECONDS: Final = 900
AWAKE_SECONDS: Final = 43_200
IDLING: Final = """
WITH those AS (UPDATE accounts_session SET idle_seconds = %s, last_used_at = now() RETURNING 1)
SELECT count(*) FROM those
"""
SHORT: Final = {
    "web-1": "web",
    "live": "live",
    "downloads": "downloads",
    "worker": "the worker",
    "watch": "the watch",
}


def nothing() -> None:
    """Do nothing."""


def nobody() -> bool:
    """Nobody is told."""
    return False


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault: its name, what begins it, what mends it, and how soon all is whole after.

    `prepare` and `tidy` are done before and after, and are no part of it. `skipped`: why it cannot
    be tried on this machine. One of which somebody `is_told` lasts until then; `tells`: of what.
    `moves_time`: what is written meanwhile may bear either time.
    """

    name: str
    begin: Callable[[], object] = nothing
    mend: Callable[[], object] = nothing
    prepare: Callable[[], object] = nothing
    tidy: Callable[[], object] = nothing
    is_told: Callable[[], bool] = nobody
    tells: str = ""
    moves_time: bool = False
    skipped: str = ""
    lasts_seconds: float = FAULT_SECONDS
    whole_seconds: float = WHOLE_SECONDS


def faults(scene: Scene) -> list[Fault]:
    """Return all of them, in the order in which they are tried."""
    return [
        Fault(name="nothing"),
        *_of_pieces(scene),
        *_of_the_bus(scene),
        *_of_links(scene),
        *_of_databases(scene),
        *_of_machines(scene),
        *_of_time(scene),
        *_until_told(scene),
        *_of_renewal(scene),
    ]


def _of_pieces(scene: Scene) -> Iterator[Fault]:
    near, far = (list(node.pieces.values()) for node in scene.nodes)
    for name, said in SHORT.items():
        piece = scene.nodes[0].pieces[name]
        yield Fault(name=f"{said} of a node is killed", begin=piece.kill)
    yield Fault(name="a proxy is killed", begin=scene.proxies[0].kill)
    yield Fault(name="all of a node is killed", begin=partial(each, near, Piece.kill))
    for name, said in SHORT.items():
        piece = scene.nodes[1].pieces[name]
        yield Fault(name=f"{said} of a node is paused", begin=piece.pause, mend=piece.go_on)
    proxy = scene.proxies[1]
    yield Fault(name="a proxy is paused", begin=proxy.pause, mend=proxy.go_on)
    yield Fault(
        name="all of a node is paused",
        begin=partial(each, far, Piece.pause),
        mend=partial(each, far, Piece.go_on),
    )
    store = scene.files
    yield Fault(name="the store of files is killed", begin=store.kill, mend=store.start)
    yield Fault(name="the store of files is paused", begin=store.pause, mend=store.go_on)


def _of_the_bus(scene: Scene) -> Iterator[Fault]:
    first, second, *_ = scene.buses
    killed = partial(first.stop, signal.SIGKILL)
    yield Fault(name="a server of the bus is killed", begin=killed, mend=first.start)
    yield Fault(name="a server of the bus is paused", begin=second.pause, mend=second.go_on)
    yield Fault(
        name="the whole bus is killed",
        begin=partial(each, scene.buses, lambda bus: bus.stop(signal.SIGKILL)),
        mend=partial(each, scene.buses, lambda bus: bus.start()),
    )
    yield Fault(
        name="the bus is restarted, server after server",
        begin=partial(each, scene.buses, _restarted),
        lasts_seconds=1.0,
    )


def _of_links(scene: Scene) -> Iterator[Fault]:
    for name, line in scene.links.items():
        said = name.replace("-1", "")
        yield Fault(name=f"the line between {said} is cut", begin=line.pause, mend=line.go_on)


def _of_databases(scene: Scene) -> Iterator[Fault]:
    pair = scene.pair
    yield Fault(name="the standby is killed", begin=partial(_to_standby, pair, _again))
    yield Fault(
        name="the standby is paused",
        begin=partial(_to_standby, pair, Server.pause),
        mend=partial(_to_standby, pair, Server.go_on),
    )
    yield Fault(
        name="PostgreSQL is killed, and starts again", begin=partial(_to_writer, pair, _again)
    )
    yield Fault(
        name="PostgreSQL is paused",
        begin=partial(_to_writer, pair, Server.pause),
        mend=partial(_to_writer, pair, Server.go_on),
    )
    yield Fault(
        name="PostgreSQL is killed for good: the standby takes over after 20 s",
        begin=partial(_fail_over, pair, Server.kill),
        mend=pair.join,
        lasts_seconds=1.0,
        whole_seconds=FAILED_OVER_SECONDS,
    )
    # Without lines, which would go on answering for it.
    direct = {"DATABASE_URL": scene.variables["DATABASE_URL"]}
    yield Fault(
        name="PostgreSQL vanishes from the network: the standby takes over after 20 s",
        prepare=partial(_renew, scene, [1], direct),
        begin=partial(_fail_over, pair, lambda server: Network(server.port).cut()),
        mend=partial(_joined_again, pair),
        tidy=partial(_renew, scene, [1], {}),
        lasts_seconds=1.0,
        whole_seconds=FAILED_OVER_SECONDS,
        skipped="" if Network(pair.writes.port).is_there else "only root can let packets fall away",
    )


def _of_machines(scene: Scene) -> Iterator[Fault]:
    disk = scene.disks["node-1"]
    skipped = "" if disk.is_there else "only root can have a disk of its own here"
    yield Fault(name="the disk of a node is full", begin=disk.fill, mend=disk.free, skipped=skipped)
    yield Fault(
        name="the disk of PostgreSQL is full",
        begin=partial(_on_its_disk, scene, Disk.fill),
        mend=partial(_on_its_disk, scene, Disk.free),
        skipped=skipped,
    )


def _of_time(scene: Scene) -> Iterator[Fault]:
    clock = Clock(scene.folder / "clock")
    pair = scene.pair
    skipped = "" if clock.is_there else "needs Debian's package libfaketime"
    for seconds, said in ((HOUR_SECONDS * 2, "ahead"), (-HOUR_SECONDS * 2, "back")):
        yield Fault(
            name=f"the clock of a node is moved two hours {said}",
            prepare=partial(_renew, scene, [1], clock.variables),
            begin=partial(clock.show, seconds),
            mend=partial(clock.show, 0),
            tidy=partial(_renew, scene, [1], {}),
            skipped=skipped,
        )
    for seconds, said in ((HOUR_SECONDS * 2, "ahead"), (-HOUR_SECONDS * 2, "back")):
        yield Fault(
            name=f"the database's clock is moved two hours {said}",
            prepare=partial(_with_its_clock, pair, clock),
            begin=partial(clock.show, seconds),
            mend=partial(clock.show, 0),
            tidy=partial(_with_its_own_clock, pair),
            moves_time=True,
            skipped=skipped,
        )


def _until_told(scene: Scene) -> Iterator[Fault]:
    watches = Watches(node.metrics_url for node in scene.nodes)
    workers = [node.pieces["worker"] for node in scene.nodes]
    watch = scene.nodes[1].pieces["watch"]
    work = partial(_await_untold, watches, Measured.WORKERS)
    yield Fault(
        name="both workers are ended, and do not come again",
        prepare=work,
        begin=partial(each, workers, lambda one: one.end(at_once=True)),
        mend=partial(each, workers, Piece.start),
        is_told=partial(watches.tell, Measured.WORKERS),
        tells=Measured.WORKERS,
        lasts_seconds=TOLD_SECONDS,
    )
    yield Fault(
        name="both workers are paused",
        prepare=work,
        begin=partial(each, workers, Piece.pause),
        mend=partial(each, workers, Piece.go_on),
        is_told=partial(watches.tell, Measured.WORKERS),
        tells=Measured.WORKERS,
        lasts_seconds=TOLD_SECONDS,
    )
    yield Fault(
        name="the watch of a node is paused, and nothing ends it",
        prepare=watches.hear,
        begin=watch.pause,
        mend=watch.go_on,
        is_told=watches.fall_silent,
        tells="CarestationWatchSilent",
        lasts_seconds=SILENT_SECONDS,
    )


def _await_untold(watches: Watches, measured: Measured) -> None:
    """Wait until the watches have seen that what was broken before is whole."""
    await_that("it is told of no more", lambda: not watches.tell(measured), TOLD_SECONDS)


def _of_renewal(scene: Scene) -> Iterator[Fault]:
    yield Fault(
        name="every piece is renewed, one after the other",
        begin=partial(_renew, scene, [0, 1], {}),
        lasts_seconds=1.0,
    )
    yield Fault(
        name="every piece goes from the version before to this one, one after the other",
        prepare=partial(_go_back, scene),
        begin=partial(_renew, scene, [0, 1], {}),
        # They come last: a new one may ask web what only this version answers.
        tidy=partial(scene.exchange_proxies, PROJECT),
        lasts_seconds=1.0,
    )


def _renew(scene: Scene, numbers: list[int], more: Mapping[str, str]) -> None:
    for number in numbers:
        for name in PIECES:
            scene.exchange(number, name, PROJECT, more)


def _go_back(scene: Scene) -> None:
    """Let all pieces run the code of the version before, on the tables of this one."""
    before = scene.stack.enter_context(code_of(before_the_newest_migration()))
    scene.exchange_proxies(before, OLDEST_SERVING)
    for number in range(len(scene.nodes)):
        for name in OLDEST:
            scene.exchange(number, name, before, {})


def each(things: Sequence[T], what: Callable[[T], object]) -> None:
    """Do it to each of them."""
    for thing in things:
        what(thing)


# Who writes and who follows is asked when it is done: a failover turns them round.
def _to_writer(pair: Pair, what: Callable[[Server], object]) -> None:
    what(pair.writes)


def _to_standby(pair: Pair, what: Callable[[Server], object]) -> None:
    what(pair.follows)


def _on_its_disk(scene: Scene, what: Callable[[Disk], object]) -> None:
    what(scene.disks[f"pair/{scene.pair.writes.folder.name}"])


def _fail_over(pair: Pair, lose: Callable[[Server], object]) -> None:
    lose(pair.writes)
    pair.fail_over()


def _with_its_clock(pair: Pair, clock: Clock) -> None:
    pair.renew(clock.variables)
    pair.ask(IDLING, IDLE_SECONDS)


def _with_its_own_clock(pair: Pair) -> None:
    pair.renew({})
    pair.ask(IDLING, AWAKE_SECONDS)


def _joined_again(pair: Pair) -> None:
    # What comes back must not write beside the other: Patroni's watchdog has ended it.
    pair.follows.kill()
    Network(pair.follows.port).mend()
    pair.join()


def _restarted(bus: NatsServer) -> None:
    bus.stop()
    bus.start()


def _again(server: Server) -> None:
    server.kill()
    server.start()
