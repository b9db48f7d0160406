"""What is broken: two proxies before two nodes, three servers of the bus, a pair of databases.

Each piece is started as its unit starts it (`carestation piece`), with the proxy's configuration of
an installation. What the second node says to others it says over lines that can be cut.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.request import urlopen

from benchmarks.faults.link import HOST
from benchmarks.faults.machines import Disk
from benchmarks.faults.pair import Pair
from benchmarks.faults.pieces import Piece, await_that
from config.places import Places
from config.readiness import is_ready
from tests.durability.ordeal import Place, places_of
from tests.live.nats_server import PASSWORD, NatsServer, nats_cluster
from tests.ports import free_port
from tests.running.starts import COMMAND, PROJECT, surroundings
from tests.vault.store import Store, store

BUSES: Final = 3
# What each piece of a node needs, in the order in which they are started.
NEEDS: Final = {
    "web-1": ("PostgreSQL", "the bus", "the store"),
    "live": ("PostgreSQL", "the bus"),
    "downloads": ("PostgreSQL", "the store"),
    "worker": ("PostgreSQL", "the bus", "the store"),
    "watch": ("PostgreSQL",),
}
PIECES: Final = tuple(NEEDS)
# To these the proxies lead.
SERVING: Final = ("web-1", "live", "downloads")
# What every version has, and to which of them its proxies lead.
OLDEST: Final = ("web-1", "live", "worker")
OLDEST_SERVING: Final = ("web-1", "live")
DISK_BYTES: Final = {"pair/one": 600_000_000, "pair/two": 600_000_000, "node-1": 80_000_000}
LINK: Final = Path(__file__).with_name("link.py")


@dataclass(kw_only=True)
class Node:
    """One machine that serves: its pieces, and where they listen."""

    data: Path
    # Where its watch tells what it measures.
    metrics_url: str
    pieces: dict[str, Piece] = field(default_factory=dict)
    at: dict[str, int] = field(default_factory=dict)


@dataclass(kw_only=True)
class Scene:
    """Everything, and under which addresses people know it."""

    folder: Path
    pair: Pair
    buses: list[NatsServer]
    files: Store
    # What is to end with the scene.
    stack: ExitStack
    nodes: list[Node] = field(default_factory=list)
    proxies: list[Piece] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    # What can be cut, by who speaks over it.
    links: dict[str, Piece] = field(default_factory=dict)
    # By the folder's name: the disks of the second node and of both databases.
    disks: dict[str, Disk] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    _over_lines: dict[str, dict[str, str]] = field(default_factory=dict)
    # Where the proxies find who serves, on both nodes.
    _behind: dict[str, list[str]] = field(default_factory=dict)

    def people(self, groups: int, members: int) -> list[Place]:
        """Make people with open sessions; return where each may write, group by group in turn."""
        seed = self.folder / f"seed-{groups}-{members}.json"
        asked = [f"--groups={groups}", f"--members={members}", f"--json={seed}"]
        run([*COMMAND, "load-seed", *asked], self.variables)
        return places_of(json.loads(seed.read_text()))

    def serves(self) -> bool:
        """Whether every proxy leads to a web process that is ready, and every piece is there."""
        return all(_answers(url) for url in self.urls) and all(
            is_ready("http://localhost", node.at["web-1"]) for node in self.nodes
        )

    def exchange(self, number: int, name: str, code: Path, more: Mapping[str, str]) -> None:
        """Renew one piece with the code of a version, and what more it is told."""
        node = self.nodes[number]
        piece = node.pieces[name]
        if name.startswith("web"):
            run([*COMMAND, "leave", name, f"--data={node.data}"], self.variables)
        piece.end()
        piece.code = code
        piece.variables = self.variables_of(number, name) | {"PYTHONPATH": str(code)} | dict(more)
        piece.start()
        if name.startswith("web"):
            run([*COMMAND, "arrive", f"--at={HOST}:{node.at[name]}"], self.variables)

    def exchange_proxies(self, code: Path, serving: tuple[str, ...] = SERVING) -> None:
        """Renew the proxies one by one, with the code of a version and before what it has."""
        for number, proxy in enumerate(self.proxies):
            proxy.end()
            self._name_nodes(number, serving)
            proxy.code = code
            proxy.variables = _of_proxy(self.folder / f"proxy-{number}", code)
            proxy.start()
            await_that("a proxy answers", partial(_answers, self.urls[number]))

    def variables_of(self, number: int, name: str) -> dict[str, str]:
        """Return what a piece of a node knows; the second node's lead over lines."""
        node = self.nodes[number]
        own = self.variables | {
            "CARESTATION_DATA": str(node.data),
            "METRICS_URL": node.metrics_url,
        }
        if number == 0:
            return own
        return own | self._over_lines[name]

    def lay_lines(self) -> None:
        """Lay lines from the second node's pieces to what they need."""
        ports = {
            "PostgreSQL": [server.port for server in self.pair.servers],
            "the bus": [server.port for server in self.buses],
            "the store": [self.files.port],
        }
        for name, needed in NEEDS.items():
            laid = {what: self.lay(f"{name} and {what}", ports[what]) for what in needed}
            self._over_lines[name] = {
                variable: value
                for what, entered in laid.items()
                for variable, value in self._told_of(what, entered).items()
            }

    def _told_of(self, what: str, entered: list[int]) -> dict[str, str]:
        if what == "PostgreSQL":
            return {"DATABASE_URL": self.pair.app_url(tuple(entered))}
        if what == "the bus":
            return {"BUS_URL": bus_url(entered)}
        return {"BLOB_URL": self.files.url(port=entered[0])}

    def lay(self, name: str, targets: list[int]) -> list[int]:
        """Let a line lead to some ports; return where it is entered, each in its place."""
        ports = [free_port() for _ in targets]
        self.links[name] = line(self.folder, name, dict(zip(ports, targets, strict=True)))
        return ports

    def begin_node(self) -> None:
        """Start the pieces of one node more."""
        number = len(self.nodes)
        data = self.folder / f"node-{number}"
        node = Node(data=data, metrics_url=f"http://{HOST}:{free_port()}")
        places = Places(data=node.data)
        places.make()
        self.nodes.append(node)
        owner = {"DATABASE_OWNER_URL": self.pair.owner_url, "CARESTATION_DATA": str(node.data)}
        run([*COMMAND, "piece", "prepare"], self.variables | owner)
        for name in PIECES:
            command = [*COMMAND, "piece", name]
            if name in SERVING:
                node.at[name] = free_port()
                command.append(f"--at={HOST}:{node.at[name]}")
            variables = self.variables_of(number, name)
            node.pieces[name] = Piece(command, variables, places.logs / f"{name}.log")
            node.pieces[name].start()

    def begin_proxies(self) -> None:
        """Start two proxies, each before both nodes; the second node is led to over a line."""
        near, far = self.nodes
        targets = [far.at[name] for name in SERVING]
        far_at = dict(zip(SERVING, self.lay("the proxies and a node", targets), strict=True))
        self._behind = {
            name: [f"{HOST}:{at[name]}" for at in (near.at, far_at)] for name in SERVING
        }
        for number in range(len(self.urls)):
            places = Places(data=self.folder / f"proxy-{number}")
            places.make()
            file = self._name_nodes(number, SERVING)
            command = [*COMMAND, "piece", "proxy", f"--nodes={file}"]
            proxy = Piece(command, _of_proxy(places.data, PROJECT), places.logs / "caddy.log")
            proxy.start()
            self.proxies.append(proxy)

    def _name_nodes(self, number: int, serving: tuple[str, ...]) -> Path:
        port = int(self.urls[number].rpartition(":")[2])
        said: dict[str, object] = {"names": [], "listen": [HOST], "port": port}
        said |= {name.partition("-")[0]: self._behind[name] for name in serving}
        file = self.folder / f"proxy-{number}" / "proxy.toml"
        file.write_text("\n".join(f"{name} = {json.dumps(one)}" for name, one in said.items()))
        return file


@contextmanager
def scene(folder: Path, make_pair: Callable[[Path, Path], Pair] = Pair) -> Iterator[Scene]:
    """Start all of it; it has ended when the block is left."""
    for name in ("bus", "store", "keys", "pair", "logs"):
        (folder / name).mkdir(mode=0o700)
    with ExitStack() as stack:
        disks = {name: Disk(folder / name, size_bytes=size) for name, size in DISK_BYTES.items()}
        for disk in disks.values():
            stack.callback(disk.end)
        pair = make_pair(folder / "pair", folder / "secrets")
        files = stack.enter_context(store(folder / "store"))
        found = Scene(folder=folder, pair=pair, buses=[], files=files, stack=stack, disks=disks)
        stack.callback(_end, found)
        found.buses = _buses(found)
        found.lay_lines()
        pair.lay_lines(found.lay)
        for link in found.links.values():
            link.start()
        pair.start()
        found.urls = [f"http://{HOST}:{free_port()}" for _ in range(2)]
        found.variables = _variables(found)
        for _ in range(2):
            found.begin_node()
        found.begin_proxies()
        found.links["the proxies and a node"].start()
        await_that("all of it serves", found.serves)
        yield found


def run(command: list[str], variables: Mapping[str, str]) -> None:
    """Run a command of ours to its end."""
    subprocess.run(  # noqa: S603 - ours
        command, env=dict(variables), cwd=PROJECT, check=True, stdout=subprocess.DEVNULL
    )


def line(folder: Path, name: str, ways: Mapping[int, int]) -> Piece:
    """Return a line that is not laid yet."""
    words = [f"{port}:{target}" for port, target in ways.items()]
    command = [COMMAND[0], "-I", str(LINK), *words]
    return Piece(command, {}, folder / "logs" / f"{name}.log")


def bus_url(ports: list[int]) -> str:
    """Return BUS_URL of servers at these ports."""
    hosts = ",".join(f"{HOST}:{port}" for port in ports)
    return f"tls://carestation:{PASSWORD}@{hosts}"


def _buses(found: Scene) -> list[NatsServer]:
    """Start three servers; the last is led to, and leads to the others, over a line."""
    ports = [free_port() for _ in range(BUSES)]
    last = ports[-1]
    to_last, *from_last = found.lay("a server of the bus and the others", [last, *ports[:-1]])
    ways = {port: [other for other in ports[:-1] if other != port] + [to_last] for port in ports}
    servers = nats_cluster(found.folder / "bus", ports, ways | {last: from_last})
    found.links["a server of the bus and the others"].start()
    for server in servers:
        server.start()
    return servers


def _variables(found: Scene) -> dict[str, str]:
    keys = found.folder / "keys"
    return surroundings(
        CARESTATION_ENV="development",
        CARESTATION_DATA=str(found.folder / "node-0"),
        CARESTATION_SECRET_KEY="of-all-nodes-" * 5,
        DATABASE_URL=found.pair.app_url(),
        BUS_URL=bus_url([server.port for server in found.buses]),
        SSL_CERT_FILE=str(found.buses[0].authority),
        BLOB_URL=found.files.url(),
        KEY_URL=f"file://{keys}/root.json",
        BUS_KEY_URL=f"file://{keys}/bus.json",
        ERASED_URL=f"file://{keys}/erased.jsonl",
        SITE_URL=found.urls[0],
    )


def _of_proxy(data: Path, code: Path) -> dict[str, str]:
    return {"CARESTATION_DATA": str(data), "PYTHONPATH": str(code), "PATH": os.defpath}


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/ready", timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status == HTTPStatus.OK)
    except OSError:
        return False


def _end(found: Scene) -> None:
    pieces = [piece for node in found.nodes for piece in node.pieces.values()]
    for piece in [*found.proxies, *pieces, *found.links.values()]:
        piece.end(at_once=True)
    found.pair.stop()
    for server in found.buses:
        server.stop()
