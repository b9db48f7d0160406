"""The pieces of a running CareStation: what each is started with."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.places import Places
from config.postgres import Cluster
from config.proxy import Site, caddy_command, caddy_surroundings, write_caddy_configuration
from config.supervise import Piece

PYTHON: Final = [sys.executable, "-P", "-m"]
PROJECT: Final = Path(__file__).resolve().parent.parent
THREADS_PER_WEB: Final = 4
# Twice as many as can be decided on: while they are exchanged both are there.
MOST_WEB: Final = 32
PLAIN: Final = {"LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one start is to be."""

    places: Places
    surroundings: dict[str, str]
    hosts: list[str]
    port: int
    tls_names: list[str]
    web: int

    @property
    def live(self) -> Path:
        """The socket of live."""
        return self.places.run / "live.sock"

    def socket(self, number: int) -> Path:
        """The socket of one web process."""
        return self.places.run / f"web-{number}.sock"

    @property
    def site(self) -> Site:
        """What the proxy is told: every web process that there may be, beside those that are."""
        return Site(
            hosts=self.hosts,
            port=self.port,
            tls_names=self.tls_names,
            web=[self.socket(number) for number in range(1, MOST_WEB + 1)],
            live=self.live,
        )


def postgres_piece(cluster: Cluster) -> Piece:
    """Return PostgreSQL."""
    return Piece(name="postgres", command=cluster.command(), surroundings=PLAIN)


def web_piece(plan: Plan, number: int, threads: int = THREADS_PER_WEB) -> Piece:
    """Return one web process."""
    return _own(plan, f"web-{number}", _web(plan.socket(number), threads))


def worker_piece(plan: Plan, number: int = 1) -> Piece:
    """Return one worker."""
    name = "worker" if number == 1 else f"worker-{number}"
    return _own(plan, name, [*PYTHON, "config.worker"])


def other_pieces(plan: Plan) -> list[Piece]:
    """Return web, live, worker, watch and, in front of them, caddy with its configuration."""
    write_caddy_configuration(plan.places, plan.site)
    return [
        *(web_piece(plan, number) for number in range(1, plan.web + 1)),
        _own(plan, "live", _live(plan.live)),
        worker_piece(plan),
        _own(plan, "watch", [*PYTHON, "config.watch", f"--port={plan.port}"]),
        Piece(
            name="caddy",
            command=_ended_with_parent(caddy_command(plan.places)),
            surroundings=caddy_surroundings(plan.places),
        ),
    ]


def _own(plan: Plan, name: str, command: list[str]) -> Piece:
    return Piece(name=name, command=_ended_with_parent(command), surroundings=plan.surroundings)


def _ended_with_parent(command: list[str]) -> list[str]:
    return ["/usr/bin/setpriv", "--pdeathsig=TERM", "--", *command]


def _web(socket: Path, threads: int) -> list[str]:
    return [
        *PYTHON,
        "granian",
        "--interface=wsgi",
        f"--uds={socket}",
        "--workers=1",
        f"--blocking-threads={threads}",
        "--blocking-threads-idle-timeout=600",
        "--workers-kill-timeout=3",
        "--http=1",
        "--no-ws",
        "--log-level=warning",
        f"--working-dir={PROJECT}",
        "config.wsgi:application",
    ]


def _live(socket: Path) -> list[str]:
    return [
        *PYTHON,
        "uvicorn",
        f"--uds={socket}",
        "--no-access-log",
        "--no-server-header",
        "--timeout-graceful-shutdown=2",
        "--log-level=warning",
        f"--app-dir={PROJECT}",
        "config.live:application",
    ]
