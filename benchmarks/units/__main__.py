"""A node under a real systemd, from the bundle on: `python -m benchmarks.units dist`.

A Debian is laid into a folder and booted in a network of its own. The newest bundle is installed
as the manual says, started, signed in to, killed piece by piece, renewed, booted anew, verified and
stopped. It ends with 1 where anything is not as the manual says.
"""

import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.faults.pieces import await_that
from benchmarks.figures import Figures, table_of, write_down
from benchmarks.units.asking import People
from benchmarks.units.installing import ADDRESS, HOME, block, install
from benchmarks.units.machine import Machine, booted, lay_debian

INSIDE: Final = "--inside"
PIECES: Final = ("web@1", "web@2", "live", "downloads", "worker", "watch", "proxy")
# More often than systemd starts a unit without being told otherwise, and its ten seconds.
KILLS: Final = 6
MANAGER: Final = "okamura@watage.example"
FIRST: Final = f"""
systemd-run --quiet --wait --pipe -p User=carestation \\
  -p EnvironmentFile=/etc/carestation/environment {HOME}/.venv/bin/carestation first-facility \\
  --name わたげ訪問看護 --kana わたげほうもんかんご --kind visiting_nursing_station \\
  --manager-email {MANAGER} --manager-name '岡村 律子' --manager-kana 'おかむら りつこ' \\
  --manager-profession nurse --type-password
"""


def main() -> int:
    """Go where there is no network but the machine's, and rehearse there."""
    if INSIDE in sys.argv:
        return _rehearsed(Path(sys.argv[-2]), Path(sys.argv[-1]))
    newest = max(Path(sys.argv[1]).glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    with tempfile.TemporaryDirectory(prefix="cs-units-") as folder:
        lay_debian(Path(folder) / "root")
        itself = [sys.executable, "-m", "benchmarks.units", INSIDE]
        places = [str(Path(folder) / "root"), str(newest.absolute())]
        alone = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
        return subprocess.run([*alone, *itself, *places], check=False).returncode  # noqa: S603 - ours


def _rehearsed(root: Path, bundle: Path) -> int:
    figures: Figures = {}
    people = People(root / "etc/carestation/tls/fullchain.pem")
    with booted(root) as machine:
        figures["install_seconds"] = _timed(lambda: install(machine, bundle))
        for step in (_start, _sign_in, _watch, _kill, _renew, _verify):
            step(machine, people, figures)
    # Booted anew, and its address in the inner network comes late.
    subprocess.run(["ip", "address", "flush", "dev", "lo", "to", ADDRESS], check=True)  # noqa: S603, S607 - the system's
    began = time.monotonic()
    with booted(root) as machine:
        _await_all(machine, people)
        figures["boot_seconds"] = time.monotonic() - began
        _stop(machine, figures)
    print(table_of("units", figures))
    write_down("units", figures)
    return 0 if figures["refused_while_renewed"] == figures["left_after_stop"] == 0 else 1


def _start(machine: Machine, people: People, figures: Figures) -> None:
    started = block("run-on-two-nodes", "systemctl start carestation-prepare")
    figures["start_seconds"] = _timed(lambda: machine.run(started))
    await_that("somebody is served", people.is_served)
    await_that("pages have their looks", people.has_looks)


def _sign_in(machine: Machine, people: People, _: Figures) -> None:
    password = secrets.token_urlsafe(16)
    machine.run(FIRST, told=f"{password}\n{password}\n")
    if not people.sign_in(MANAGER, password):
        raise SystemExit("Who manages the facility is not signed in.")


def _watch(machine: Machine, _: People, figures: Figures) -> None:
    told = f"curl -fsS http://{ADDRESS}:9464/metrics | grep -x 'carestation_web_processes 2.0'"
    await_that("the watch counts both web processes", lambda: machine.holds(told), 90)
    status = f"{HOME}/.venv/bin/carestation status --data /var/lib/carestation"
    figures["pieces_in_status"] = float(machine.run(f"{status} | grep -c since"))


def _kill(machine: Machine, people: People, figures: Figures) -> None:
    for piece in PIECES:
        figures[f"{piece}_back_seconds"] = _killed(machine, f"carestation-{piece}")
    await_that("somebody is served", people.is_served)


def _killed(machine: Machine, unit: str) -> float:
    """Kill it whenever it comes, more often than systemd likes; return when it is back at last."""
    many = _restarts(machine, unit) + KILLS

    def is_started_often() -> bool:
        machine.holds(f"systemctl kill --signal=KILL {unit}")
        return _restarts(machine, unit) >= many

    await_that(f"{unit} is started anew", is_started_often)
    return _timed(lambda: _await_active(machine, unit))


def _renew(machine: Machine, people: People, figures: Figures) -> None:
    renewed = block("run-on-two-nodes", "systemctl restart carestation-web@1")
    asked, refused = people.refused_during(lambda: machine.run(renewed))
    figures |= {"asked_while_renewed": asked, "refused_while_renewed": refused}


def _verify(machine: Machine, _: People, figures: Figures) -> None:
    machine.run("systemctl enable --now carestation-verify.timer")
    figures["verify_seconds"] = _timed(lambda: machine.run("systemctl start carestation-verify"))
    machine.run("systemctl list-timers --no-pager carestation-verify.timer | grep ' 18:[34]'")


def _await_all(machine: Machine, people: People) -> None:
    await_that("somebody is served", people.is_served, 120)
    for piece in PIECES:
        _await_active(machine, f"carestation-{piece}")


def _stop(machine: Machine, figures: Figures) -> None:
    stopped = block("run-on-two-nodes", "systemctl stop")
    figures["stop_seconds"] = _timed(lambda: machine.run(stopped))
    left = machine.run("cat /proc/[0-9]*/status | grep -cE '^Uid:.(870|871)' || true")
    figures["left_after_stop"] = float(left)
    failed = machine.run("systemctl list-units --failed --no-legend 'carestation*'")
    if failed:
        raise SystemExit(f"Not ended cleanly:\n{failed}")


def _restarts(machine: Machine, unit: str) -> int:
    return int(machine.run(f"systemctl show --property=NRestarts --value {unit}"))


def _await_active(machine: Machine, unit: str) -> None:
    await_that(unit, lambda: machine.holds(f"systemctl is-active --quiet {unit}"), 90)


def _timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
