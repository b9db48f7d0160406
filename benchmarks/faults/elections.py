"""Faults in which Patroni and etcd decide who writes: how each begins, and how it is mended."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from benchmarks.faults.patroni import PATIENCE_SECONDS, KeptPair, Member, line_of
from benchmarks.faults.pieces import Piece, await_that
from benchmarks.faults.scene import Scene
from benchmarks.faults.trials import FAILED_OVER_SECONDS, Fault, each

# Longer than it takes until the other writes: `ttl`, and a look around.
LASTS_SECONDS: Final = 40.0


class Struck:
    """One of both machines, chosen when its fault begins: who writes then, or who follows."""

    def __init__(self, pair: KeptPair, *, writes: bool) -> None:
        self._pair = pair
        self._which = 0 if writes else 1
        self._one = pair.members[0]

    def begin(self, what: Callable[[Member], object]) -> None:
        """Do it to who it is now."""
        self._one = self._pair.order()[self._which]
        what(self._one)

    def mend(self, what: Callable[[Member], object]) -> None:
        """Do it to the same, whoever writes by now."""
        what(self._one)


def elections(scene: Scene, pair: KeptPair) -> Iterator[Fault]:
    """Return all of them, in the order in which they are tried."""
    whole = partial(await_that, "one waits for the other", pair.is_whole, PATIENCE_SECONDS)

    def fault(
        name: str,
        begin: Callable[[], object],
        mend: Callable[[], object] | None = None,
        lasts_seconds: float = LASTS_SECONDS,
    ) -> Fault:
        return Fault(
            name=name,
            begin=begin,
            mend=mend or (lambda: None),
            tidy=whole,
            lasts_seconds=lasts_seconds,
            whole_seconds=FAILED_OVER_SECONDS,
        )

    yield Fault(name="nothing", tidy=whole)
    yield fault("a switchover is asked for", pair.switch_over, lasts_seconds=10.0)
    for who, writes in (("the machine that writes", True), ("the standby's machine", False)):
        one = Struck(pair, writes=writes)
        yield fault(
            f"{who} is killed, and starts again after 40 s",
            partial(one.begin, Member.kill),
            partial(one.mend, Member.come_back),
        )
        yield fault(
            f"{who} stands still for 40 s",
            partial(one.begin, Member.pause),
            partial(one.mend, Member.go_on),
        )
    one = Struck(pair, writes=True)
    yield fault(
        "the machine that writes is cut from etcd for 40 s",
        partial(one.begin, lambda member: scene.links[line_of(member)].pause()),
        partial(one.mend, lambda member: scene.links[line_of(member)].go_on()),
    )
    servers = pair.etcd.servers
    yield fault("a server of etcd is killed", servers[0].kill, lasts_seconds=10.0)
    yield fault(
        "all of etcd stands still for 40 s",
        partial(each, servers, Piece.pause),
        partial(each, servers, Piece.go_on),
    )
