"""The rules in a kernel: what is reached from outside, from the inner network and from within."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

import pytest

from tests.deploy.files import DEPLOY, needs, tool

# What a node and its databases could ever listen on, whether they do or not.
PORTS: Final = (
    22, 80, 443, 2019, 2379, 2380, 4222, 5432, 6222, 8008, 8101, 8109, 8110, 8201, 8301, 9464,
)  # fmt: skip
NODE: Final = "10.42.0.1"
OUTSIDE: Final = "203.0.113.1"
# For one reader who is slow (docs/decisions/0157).
MOST_HELD_BYTES: Final = 256 * 1024
PEOPLE, KEEPER = "203.0.113.7", "192.0.2.1"
OTHER_NODE, DATABASE, WITNESS, WATCHER = "10.42.0.2", "10.42.0.11", "10.42.0.13", "10.42.0.20"
LINES: Final = {
    "eth0": (OUTSIDE, (PEOPLE, KEEPER)),
    "wg0": (NODE, (OTHER_NODE, DATABASE, WITNESS, WATCHER, "10.42.0.99")),
}
# Everything is listened on; the first line says that it is.
LISTEN: Final = f"""
import select, socket
open_ones = [socket.create_server(("0.0.0.0", port), backlog=64) for port in {PORTS}]
print("listening", flush=True)
while True:
    for one in select.select(open_ones, [], [])[0]:
        one.accept()[0].close()
"""
# Asks all at once, and says which let it in, and which said no instead of nothing.
ASK: Final = """
import selectors, socket, sys, os, time
at, own, user, *ports = sys.argv[1:]
os.setuid(int(user))
asked = selectors.DefaultSelector()
for port in ports:
    one = socket.socket()
    one.setblocking(False)
    one.bind((own, 0))
    one.connect_ex((at, int(port)))
    asked.register(one, selectors.EVENT_WRITE, port)
until, let_in = time.monotonic() + 2, []
while (left := until - time.monotonic()) > 0 and asked.get_map():
    for key, _ in asked.select(left):
        if not key.fileobj.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            let_in.append(int(key.data))
        asked.unregister(key.fileobj)
print(*sorted(let_in))
"""
pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="a network of its own needs root"),
    needs("nft", "nftables"),
    needs("ip", "iproute2"),
    pytest.mark.control("8.20"),
]


@dataclass(frozen=True)
class Machine:
    """A network of its own, in which something can be run."""

    pid: int

    def run(self, *command: str) -> str:
        inside = ["nsenter", f"--target={self.pid}", "--net", *command]
        ended = subprocess.run(inside, capture_output=True, text=True, check=False)  # noqa: S603 - the system's
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def reaches(self, at: str, *, own: str, user: int = 65_534) -> set[int]:
        """Return the ports of an address that let somebody in who comes from another."""
        words = [at, own, str(user), *map(str, PORTS)]
        return {int(port) for port in self.run(sys.executable, "-c", ASK, *words).split()}


@contextmanager
def machine() -> Iterator[Machine]:
    with subprocess.Popen(
        ["unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec sleep 300"],  # noqa: S607 - the system's
        stdout=subprocess.PIPE,
        env={"PATH": f"{os.defpath}:/usr/sbin:/sbin"},
    ) as alone:
        assert alone.stdout is not None
        assert alone.stdout.readline() == b"up\n"
        try:
            yield Machine(alone.pid)
        finally:
            alone.kill()


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Machine, Machine]]:
    """A node with the rules that are shipped, and everybody else at the other ends of its lines."""
    with ExitStack() as stack:
        node, others = (stack.enter_context(machine()) for _ in range(2))
        ip = tool("ip")
        for name, (own, theirs) in LINES.items():
            ends = ["type", "veth", "peer", "name", name, "netns", str(others.pid)]
            node.run(ip, "link", "add", name, *ends)
            node.run(ip, "address", "add", f"{own}/32", "dev", name)
            node.run(ip, "link", "set", name, "up")
            others.run(ip, "link", "set", name, "up")
            others.run(ip, "route", "add", f"{own}/32", "dev", name)
            for address in theirs:
                others.run(ip, "address", "add", f"{address}/32", "dev", name)
                node.run(ip, "route", "add", f"{address}/32", "dev", name)
        listening = ["nsenter", f"--target={node.pid}", "--net", sys.executable, "-c", LISTEN]
        listener = stack.enter_context(subprocess.Popen(listening, stdout=subprocess.PIPE))  # noqa: S603 - ours
        stack.callback(listener.kill)
        assert listener.stdout is not None
        assert listener.stdout.readline() == b"listening\n"
        assert others.reaches(OUTSIDE, own=PEOPLE) == set(PORTS)
        node.run(tool("nft"), "-f", str(DEPLOY / "network" / "nftables.conf"))
        yield node, others


@pytest.mark.parametrize(
    ("who", "let_in"),
    [(PEOPLE, {443}), (KEEPER, {22, 443})],
    ids=["people", "who looks after it"],
)
def test_outside_there_is_one_door(
    both: tuple[Machine, Machine], who: str, let_in: set[int]
) -> None:
    _, others = both

    assert others.reaches(OUTSIDE, own=who) == let_in


@pytest.mark.parametrize(
    ("who", "let_in"),
    [
        (OTHER_NODE, {443, 4222, 5432, 6222, 8101, 8109, 8201, 8301}),
        (DATABASE, {443, 2379, 2380, 5432, 8008}),
        (WITNESS, {443, 2379, 2380, 4222, 6222}),
        (WATCHER, {443, 9464}),
        ("10.42.0.99", {443}),
    ],
    ids=["the other node", "a database", "the witness", "Prometheus", "nobody of ours"],
)
def test_inside_each_reaches_what_it_needs(
    both: tuple[Machine, Machine], who: str, let_in: set[int]
) -> None:
    _, others = both

    assert others.reaches(NODE, own=who) == let_in


def test_who_believes_the_proxy_is_spoken_to_by_the_proxy_alone(
    both: tuple[Machine, Machine],
) -> None:
    node, _ = both
    believing = {8101, 8109, 8201, 8301}

    seen = [node.reaches(NODE, own=NODE, user=user) for user in (65_534, 870, 871)]

    assert seen == [set(PORTS) - believing, set(PORTS), set(PORTS)]


def test_the_kernel_holds_as_little_for_slow_readers_as_is_shipped() -> None:
    file = DEPLOY / "network" / "sysctl.conf"
    (said,) = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    name, _, values = said.partition(" = ")

    with machine() as one:
        before = one.run(tool("sysctl"), "--values", name)
        one.run(tool("sysctl"), "--quiet", f"--load={file}")
        after = one.run(tool("sysctl"), "--values", name)

    assert before.split() != after.split() == values.split()
    assert int(after.split()[-1]) <= MOST_HELD_BYTES


def test_each_of_several_nodes_is_told_to_let_the_kernel_read_them() -> None:
    page = (DEPLOY.parent / "docs" / "how-to" / "run-on-two-nodes.md").read_text()

    assert "sysctl --system" in page
    assert "/etc/sysctl.d/60-carestation.conf" in page
