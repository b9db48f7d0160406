"""A second node joins a first, from the bundle on: `python -m benchmarks.joining dist`.

Two Debians, each booted with its own systemd, on one network in which there is nothing else. The
first has been installed and serves; beside it stand its database, a bus and a store of files. The
second is made of the bundle and of what it gets from the first, as the manual says, command by
command. Then the first is taken out, and somebody signs in: only the second can have answered.
It ends with 1 where that takes longer than ten minutes, or is not as the manual says.
"""

import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from benchmarks.bundle import LONGEST_SECONDS
from benchmarks.faults.pieces import await_that
from benchmarks.figures import Figures, table_of, write_down
from benchmarks.units.__main__ import FIRST, MANAGER
from benchmarks.units.asking import People
from benchmarks.units.installing import (
    ADDRESS,
    NAME,
    block,
    fill_in,
    install_first,
    lay_inner,
    unpack,
)
from benchmarks.units.machine import Machine, booted, lay_debian
from tests.live.nats_server import nats_server
from tests.vault.store import store

INSIDE: Final = "--inside"
SECOND: Final = "10.42.0.2"
CHAIN: Final = "etc/carestation/tls/fullchain.pem"
OWN_READY: Final = (
    f"curl -fsS -H 'Host: {NAME}' -H 'X-Forwarded-Proto: https' http://{SECOND}:8101/ready"
)


def main() -> int:
    """Go where there is no network but the machines', and rehearse there."""
    if INSIDE in sys.argv:
        return _rehearsed(Path(sys.argv[-2]), Path(sys.argv[-1]))
    newest = max(Path(sys.argv[1]).glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    with tempfile.TemporaryDirectory(prefix="cs-joining-") as folder:
        lay_debian(Path(folder) / "first")
        itself = [sys.executable, "-m", "benchmarks.joining", INSIDE]
        alone = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
        command = [*alone, *itself, folder, str(newest.absolute())]
        return subprocess.run(command, check=False).returncode  # noqa: S603 - ours


def _rehearsed(folder: Path, bundle: Path) -> int:
    figures: Figures = {}
    # The second has no database.
    subprocess.run(["cp", "-a", str(folder / "first"), str(folder / "second")], check=True)  # noqa: S603, S607 - the system's
    subprocess.run(["systemctl", f"--root={folder}/second", "mask", "postgresql"], check=True)  # noqa: S603, S607 - as above
    with ExitStack() as all_of_it:
        first = all_of_it.enter_context(booted(folder / "first"))
        password = _first_serves(first, bundle, folder, all_of_it)
        second = all_of_it.enter_context(booted(folder / "second"))
        lay_inner(second, SECOND, 0)
        began = time.monotonic()
        _join(first, second, bundle)
        figures["ready_seconds"] = time.monotonic() - began
        people = People(first.root / CHAIN, SECOND)
        stopped = block("run-on-two-nodes", "systemctl stop")
        asked, refused = people.refused_during(lambda: first.run(stopped))
        figures |= {"asked_while_first_went": asked, "refused_while_first_went": refused}
        if not people.sign_in(MANAGER, password):
            raise SystemExit("Who manages the facility is not signed in by the second.")
        figures["whole_seconds"] = time.monotonic() - began
        second.run("systemctl start carestation-verify")
    print(table_of("joining", figures))
    write_down("joining", figures)
    is_well = figures["refused_while_first_went"] == 0
    return 0 if is_well and figures["whole_seconds"] <= LONGEST_SECONDS else 1


def _first_serves(first: Machine, bundle: Path, folder: Path, all_of_it: ExitStack) -> str:
    """Let the first serve, with a bus and a store beside it; return a manager's password."""
    for name in ("bus", "store"):
        (folder / name).mkdir()
    bus = all_of_it.enter_context(nats_server(folder / "bus"))
    files = all_of_it.enter_context(store(folder / "store"))
    install_first(first, bundle)
    shutil.copy(bus.authority, first.root / "etc/carestation/ca.pem")
    known = {"SSL_CERT_FILE": "/etc/carestation/ca.pem"}
    fill_in(first, known | {"BUS_URL": bus.url, "BLOB_URL": files.url()})
    _listen_at(first, ADDRESS)
    first.run(block("run-on-two-nodes", "systemctl start carestation-prepare"))
    password = secrets.token_urlsafe(16)
    first.run(FIRST, told=f"{password}\n{password}\n")
    return password


def _join(first: Machine, second: Machine, bundle: Path) -> None:
    unpack(second, bundle)
    first.run(block("run-on-two-nodes", "(umask 077; tar"))
    shutil.move(first.root / "root/node.tar", second.root / "root")
    second.run(block("run-on-two-nodes", "tar -C / -xpf"))
    # What the name leads to, and whose certificates are trusted, are the world's.
    second.run(f"cp /{CHAIN} /usr/local/share/ca-certificates/care.crt && update-ca-certificates")
    second.run(f"echo {SECOND} {NAME} >>/etc/hosts")
    _listen_at(second, SECOND)
    second.run(block("run-on-two-nodes", "systemctl start carestation-prepare"))
    await_that("the second's own web is ready", lambda: second.holds(OWN_READY))


def _listen_at(machine: Machine, address: str) -> None:
    """Let the proxy take one address alone: both machines are on one network stack."""
    file = machine.root / "etc/carestation/proxy.toml"
    kept = [line for line in file.read_text().splitlines() if not line.startswith("listen")]
    file.write_text("\n".join([*kept, f'listen = ["{address}"]', ""]))


if __name__ == "__main__":
    sys.exit(main())
