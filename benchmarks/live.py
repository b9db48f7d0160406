"""Live: what an open stream keeps in memory, what one delivery costs, and how long it takes.

`python -m benchmarks.live` starts a CareStation of its own, opens streams at live's socket and
tells pushes of the usual size over the bus. Memory is what belongs to the process alone (USS); CPU
is the process's own, so who listens and who writes is not counted. The yardstick is an answer of
the same server that does nothing: `GET /health`.
"""

import json
import resource
import select
import signal
import socket
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psutil
import psycopg

from carestation.kernel.near_telling import NearTeller
from carestation.kernel.pushes import Push
from carestation.vault.keyfiles import key_from_file
from carestation.vault.sealing import seal_push

GROUPS, MEMBERS = 2, 15
FEW, MANY = 300, 2_000
PUSHES: Final = 600
ASKED: Final = 3_000
HTML: Final = f"<cs-arrival><li>{'お変わりありません。' * 90}</li></cs-arrival>"
COUNTED: Final = "UPDATE groups_timeline SET seq = %s WHERE group_id = %s"
Figures = dict[str, float]


@dataclass
class Bench:
    """A CareStation that runs, and the streams that this program has open."""

    data: Path
    pid: int
    database_url: str
    seed: dict[str, Any]
    streams: list[socket.socket] = field(default_factory=list)
    seq: int = 1_000_000

    def __post_init__(self) -> None:
        """Find the bus, and the tables."""
        self.process = psutil.Process(self.pid)
        self.database = psycopg.connect(self.database_url, autocommit=True)
        self.bus = NearTeller(f"unix://{self.data}/run/bus.sock")
        self.key = key_from_file(f"file://{self.data}/keys/bus.json")

    def tokens(self, group: int) -> list[str]:
        """Return the tokens of a group's members."""
        return [member["token"] for member in self.seed["groups"][group]["members"]]

    def open(self, count: int, tokens: list[str]) -> None:
        """Open streams until there are so many; the timeline has counted what was told before."""
        self.database.execute(COUNTED, [self.seq, self.seed["groups"][0]["id"]])
        for number in range(len(self.streams), count):
            token = tokens[number % len(tokens)]
            stream = self.connect()
            asked = f"GET /live HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
            stream.sendall(asked.encode())
            read_until(stream, b"catchup")
            self.streams.append(stream)

    def close(self) -> None:
        """Close all streams."""
        for stream in self.streams:
            stream.close()
        self.streams.clear()

    def connect(self) -> socket.socket:
        """Return a connection to live, past the proxy."""
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(30)
        peer.connect(str(self.data / "run" / "live.sock"))
        return peer

    def tell(self) -> bytes:
        """Tell one post; return the sign by which it is known in a stream."""
        self.seq += 1
        group = self.seed["groups"][0]
        push = Push(
            kind="post", group_id=UUID(group["id"]), side=group["side"], seq=self.seq, html=HTML
        )
        self.bus.tell(seal_push(push, self.key))
        return f"/{self.seq}\n".encode()

    def cpu_us(self, work: Callable[[], None]) -> float:
        """Return the CPU microseconds that live spends on some work."""
        before = self.process.cpu_times()
        work()
        after = self.process.cpu_times()
        return (after.user + after.system - before.user - before.system) * 1e6


def read_until(stream: socket.socket, sign: bytes) -> None:
    """Read a stream up to a sign."""
    tail = b""
    while sign not in tail:
        tail = tail[-len(sign) :] + stream.recv(1 << 20)


def memory(bench: Bench) -> Figures:
    """Return the kilobytes per stream, of few and of many."""
    tokens = bench.tokens(0) + bench.tokens(1)
    bench.open(len(tokens), tokens)
    bench.close()
    time.sleep(1)
    empty = bench.process.memory_full_info().uss
    figures = {"process_mb": empty / 1e6}
    for count in (FEW, MANY):
        bench.open(count, tokens)
        uss = bench.process.memory_full_info().uss
        figures[f"kb_per_stream_at_{count}"] = (uss - empty) / count / 1e3
    bench.close()
    return figures


def deliveries(bench: Bench) -> Figures:
    """Return the CPU of one delivery and of one push, from two sizes of a room."""
    small, large = MEMBERS, MEMBERS * 10
    costs = {}
    for readers in (small, large):
        bench.open(readers, bench.tokens(0))
        _tell_many(bench, 50)
        costs[readers] = bench.cpu_us(lambda: _tell_many(bench, PUSHES)) / PUSHES
        bench.close()
    each = (costs[large] - costs[small]) / (large - small)
    return {
        "us_per_delivery": each,
        "us_per_push": costs[small] - each * small,
        f"us_per_delivery_at_{small}": costs[small] / small,
    }


def latency(bench: Bench, per_second: int) -> Figures:
    """Return how long a post takes from the bus to 14 open streams, in milliseconds."""
    bench.open(MEMBERS - 1, bench.tokens(0))
    taken = []
    for _ in range(per_second * 3):
        began = time.perf_counter()
        sign = bench.tell()
        for stream in bench.streams:
            read_until(stream, sign)
        taken.append((time.perf_counter() - began) * 1e3)
        time.sleep(max(0.0, 1 / per_second - (time.perf_counter() - began)))
    bench.close()
    cuts = statistics.quantiles(taken, n=100)
    return {f"ms_p50_at_{per_second}": cuts[49], f"ms_p99_at_{per_second}": cuts[98]}


def yardstick(bench: Bench) -> Figures:
    """Return the CPU of an answer that does nothing."""
    peer = bench.connect()

    def ask() -> None:
        for _ in range(ASKED):
            peer.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            read_until(peer, b"ok\n")

    figures = {"us_per_health": bench.cpu_us(ask) / ASKED}
    peer.close()
    return figures


def measure(bench: Bench) -> Figures:
    """Return all figures; `ratio`: one delivery against the yardstick."""
    figures = yardstick(bench) | memory(bench) | deliveries(bench)
    figures |= latency(bench, 20) | latency(bench, 100)
    figures["ratio"] = figures["us_per_delivery"] / figures["us_per_health"]
    return figures


def main() -> Figures:
    """Measure, print a row of the table, and return the figures."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, MANY * 4)), hard))
    with tempfile.TemporaryDirectory(prefix="cs-bench-") as folder, running(Path(folder)) as bench:
        figures = measure(bench)
    print("| live | " + " | ".join(f"{name} {value:.4g}" for name, value in figures.items()) + " |")
    return figures


@contextmanager
def running(data: Path) -> Iterator[Bench]:
    """Start a CareStation with people in groups, and end it."""
    program = str(Path(sysconfig.get_path("scripts")) / "carestation")
    up = [program, "up", "--data", str(data), "--port", "0", "--web", "1", "--json"]
    with subprocess.Popen(up, stdout=subprocess.PIPE, text=True) as started:  # noqa: S603 - ours
        try:
            assert started.stdout is not None  # noqa: S101 - a pipe
            told = json.loads(started.stdout.readline())
            seed = data / "seed.json"
            load = ["--groups", str(GROUPS), "--members", str(MEMBERS), "--json", str(seed)]
            subprocess.run(  # noqa: S603 - ours
                [program, "load-seed", "--data", str(data), *load],
                check=True, stdout=subprocess.DEVNULL,
            )  # fmt: skip
            yield Bench(
                data=data,
                pid=told["pids"]["live"],
                database_url=told["database_url"],
                seed=json.loads(seed.read_text()),
            )
        finally:
            started.send_signal(signal.SIGTERM)


def _tell_many(bench: Bench, count: int) -> None:
    # A few at a time: no queue fills up, and live is never idle for long.
    waiting = {stream.fileno(): stream for stream in bench.streams}
    for start in range(0, count, 20):
        sign = b""
        for _ in range(min(20, count - start)):
            sign = bench.tell()
        _all_read(waiting, sign)


def _all_read(streams: dict[int, socket.socket], sign: bytes) -> None:
    poll = select.poll()
    tails = dict.fromkeys(streams, b"")
    for number in streams:
        poll.register(number, select.POLLIN)
    while tails:
        for number, _ in poll.poll(30_000):
            tails[number] = tails[number][-len(sign) :] + streams[number].recv(1 << 20)
            if sign in tails[number]:
                poll.unregister(number)
                del tails[number]


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
