"""The pieces of a running CareStation: what each is started with."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.keeping import Piece
from config.places import Places, make_private
from config.postgres import Cluster
from config.proxy import Site, caddy_command, caddy_surroundings, write_caddy_configuration
from config.serving import SERVING

PYTHON: Final = [sys.executable, "-P", "-m"]
WEB: Final = r"web-\d{1,3}"
PROJECT: Final = Path(__file__).resolve().parent.parent
THREADS_PER_WEB: Final = 4
# Twice as many as can be decided on: while they are exchanged both are there.
MOST_WEB: Final = 32
WORKER_COMMAND: Final = [*PYTHON, "config.worker"]
WATCH_COMMAND: Final = [*PYTHON, "config.watch"]
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

    @property
    def downloads(self) -> Path:
        """The socket of downloads."""
        return self.places.run / "downloads.sock"

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
            web=[f"unix/{self.socket(number)}" for number in range(1, MOST_WEB + 1)],
            live=[f"unix/{self.live}"],
            downloads=[f"unix/{self.downloads}"],
            is_watched=True,
        )


def postgres_piece(cluster: Cluster) -> Piece:
    """Return PostgreSQL."""
    return Piece(name="postgres", command=cluster.command(), surroundings=PLAIN)


def web_piece(plan: Plan, number: int, threads: int = THREADS_PER_WEB) -> Piece:
    """Return one web process."""
    name = f"web-{number}"
    serving = plan.places.serving(name)
    command = web_command(f"--uds={plan.socket(number)}", serving=serving, threads=threads)
    return _own(plan, name, command)


def worker_piece(plan: Plan, number: int = 1) -> Piece:
    """Return one worker."""
    return _own(plan, "worker" if number == 1 else f"worker-{number}", WORKER_COMMAND)


def other_pieces(plan: Plan) -> list[Piece]:
    """Return all the others and, in front of them, caddy with its configuration."""
    write_caddy_configuration(plan.places, plan.site)
    return [
        *(web_piece(plan, number) for number in range(1, plan.web + 1)),
        _own(plan, "live", live_command(f"--uds={plan.live}")),
        _own(plan, "downloads", downloads_command(f"--uds={plan.downloads}")),
        worker_piece(plan),
        _own(plan, "watch", [*WATCH_COMMAND, f"--port={plan.port}"]),
        Piece(
            name="caddy",
            command=ended_with_parent(caddy_command(plan.places)),
            surroundings=caddy_surroundings(plan.places),
        ),
    ]


def _own(plan: Plan, name: str, command: list[str]) -> Piece:
    surroundings = plan.surroundings | {"CARESTATION_PIECE": name}
    return Piece(name=name, command=ended_with_parent(command), surroundings=surroundings)


def ended_with_parent(command: list[str]) -> list[str]:
    """Return what runs a command so that it is asked to end when who began it is gone."""
    return ["/usr/bin/setpriv", "--pdeathsig=TERM", "--", *command]


def web_command(*at: str, serving: Path, threads: int = THREADS_PER_WEB) -> list[str]:
    """Return what starts a web process; `at`: the options that say where it listens.

    `serving`: the folder of what it says of itself (config/serving.py), made here.
    """
    make_private(serving)
    return [
        *PYTHON,
        "granian",
        "--interface=wsgi",
        *at,
        "--workers=1",
        f"--blocking-threads={threads}",
        "--blocking-threads-idle-timeout=600",
        "--workers-kill-timeout=3",
        "--http=1",
        "--no-ws",
        f"--static-path-route={SERVING}",
        f"--static-path-mount={serving}",
        "--static-path-expires=0",
        "--log-level=warning",
        f"--working-dir={PROJECT}",
        "config.wsgi:application",
    ]


def live_command(*at: str) -> list[str]:
    """Return what starts live; `at` as with web."""
    return [*_asgi(*at), "config.live:application"]


def downloads_command(*at: str) -> list[str]:
    """Return what starts downloads; `at` as with web."""
    return [*_asgi(*at), "--no-proxy-headers", "config.downloads:application"]


def _asgi(*at: str) -> list[str]:
    return [
        *PYTHON,
        "uvicorn",
        *at,
        "--no-access-log",
        "--no-server-header",
        "--timeout-graceful-shutdown=2",
        "--log-level=warning",
        f"--app-dir={PROJECT}",
    ]
