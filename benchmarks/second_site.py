"""A second site follows the first and is promoted by hand: `python -m benchmarks.second_site`.

The first is a pair that Patroni and etcd keep, with what is shipped in deploy/postgresql; the
second one database with an etcd of its own, a standby cluster of the first. A node of the first
serves; then all of the first is killed, the second promoted as docs/how-to/run-in-a-region.md says,
and a node that was installed and not started serves there. It ends with 1 where that fails.
"""

import json
import secrets
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

from benchmarks.faults.link import HOST
from benchmarks.faults.pair import Server
from benchmarks.faults.patroni import INSTALLED, NAMES, Etcd, KeptPair, Member, says
from benchmarks.faults.pieces import Piece, await_that
from benchmarks.figures import Figures, table_of, write_down
from config.ports import take_port
from config.postgres import APP, DATABASE, OWNER
from config.private_files import secret
from tests.running.starts import COMMAND, PROJECT, surroundings

SLOT: Final = "second_site"
FOLLOWS_SECONDS: Final = 120.0
MANAGER: Final = "okamura@watage.example"
FIRST: Final = [
    "first-facility", "--name=わたげ訪問看護", "--kana=わたげほうもんかんご",
    "--kind=visiting_nursing_station", f"--manager-email={MANAGER}", "--manager-name=岡村 律子",
    "--manager-kana=おかむら りつこ", "--manager-profession=nurse", "--type-password",
]  # fmt: skip


class Second(Member):
    """The one database of the second site."""

    def __init__(self, folder: Path, secrets: Path, first: int) -> None:
        """Take where who writes at the first site is heard."""
        super().__init__(folder, secrets, "db-3")
        self._first = first

    def told(self, etcd: list[int], scope: str) -> dict[str, Any]:
        """Return what its Patroni is told: whom it follows, too."""
        told = super().told(etcd, scope)
        told["bootstrap"]["dcs"]["standby_cluster"] = {
            # Of several Patroni knows the password at one port alone, and here each has its own.
            "host": HOST,
            "port": self._first,
            "primary_slot_name": SLOT,
        }
        return told


def main() -> int:
    """Rehearse it, and print how long it took."""
    figures: Figures = {}
    with tempfile.TemporaryDirectory(prefix="cs-sites-") as name, ExitStack() as all_of_it:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("first", "first/db", "second", "second/etcd"):
            (folder / part).mkdir()
        first = KeptPair(folder / "first/db", folder / "secrets")
        first.lay_lines(lambda _, ports: ports)
        all_of_it.callback(first.stop)
        first.start()
        password = _serve_first(first, folder)
        second = _follow(first, folder, all_of_it, figures)
        first.stop()
        _promote(second, figures)
        _serve_second(second, folder, password, all_of_it, figures)
    print(table_of("second site", figures))
    write_down("second-site", figures)
    return 0


def _serve_first(first: KeptPair, folder: Path) -> str:
    """Make the tables, and somebody who will sign in; return the password."""
    password = secrets.token_urlsafe(16)
    known = _known(first.writes, folder)
    _carestation(["piece", "prepare"], known)
    _carestation(FIRST, known, told=f"{password}\n{password}\n")
    return password


def _follow(first: KeptPair, folder: Path, all_of_it: ExitStack, figures: Figures) -> Second:
    """Let the second site become a standby cluster of the first, and have everything."""
    writes, _ = first.order()
    _configure(writes, {"slots": {SLOT: {"type": "physical"}}})
    etcd = Etcd(folder / "second/etcd")
    for server in etcd.servers:
        server.start()
        all_of_it.callback(server.end, at_once=True)
    second = Second(folder / "second/db", folder / "secrets", writes.port)
    all_of_it.callback(second.kill)
    began = time.monotonic()
    second.keep([etcd.port(name) for name in NAMES], "carestation")
    await_that("it follows", lambda: says(second, "/standby-leader"), FOLLOWS_SECONDS)
    figures["follows_seconds"] = time.monotonic() - began
    writes.ask("CREATE TABLE written_last ()")
    began = time.monotonic()
    await_that("it has everything", lambda: _has_all(second), FOLLOWS_SECONDS)
    figures["everything_seconds"] = time.monotonic() - began
    return second


def _has_all(second: Second) -> bool:
    return bool(second.ask("SELECT to_regclass('written_last') IS NOT NULL"))


def _promote(second: Second, figures: Figures) -> None:
    """Let it be a cluster of its own, as the manual says."""
    last = second.ask("SELECT pg_last_xact_replay_timestamp() IS NOT NULL")
    began = time.monotonic()
    asked = [str(INSTALLED / "bin" / "patronictl"), "-c", str(second.said), "edit-config"]
    subprocess.run([*asked, "--force", "--set", "standby_cluster=null"], check=True)  # noqa: S603 - the package's
    await_that("it writes", lambda: says(second, "/primary"), FOLLOWS_SECONDS)
    figures |= {"last_is_told": float(bool(last)), "promoted_seconds": time.monotonic() - began}


def _serve_second(
    second: Second, folder: Path, password: str, all_of_it: ExitStack, figures: Figures
) -> None:
    """Start a node there; it knows whom the first knew."""
    began, at = time.monotonic(), f"{HOST}:{take_port(0)}"
    known = _known(second, folder)
    _carestation(["piece", "prepare"], known)
    command = [*COMMAND, "piece", "web-1", f"--at={at}"]
    web = Piece(command, known, folder / "web.log")
    web.start()
    all_of_it.callback(web.end)
    _carestation(["arrive", f"--at={at}"], known)
    web_of_second = HTTPConnection(at, timeout=60)
    body = json.dumps({"email": MANAGER, "password": password})
    said = {"Host": "localhost", "Content-Type": "application/json"}
    web_of_second.request("POST", "/api/v1/sessions", body, said)
    # A right password; a manager must set up a second factor before anything else.
    if json.load(web_of_second.getresponse()).get("reason") != "second_factor":
        raise SystemExit("Who manages the facility is not known at the second site.")
    figures["served_seconds"] = time.monotonic() - began


def _configure(one: Member, change: dict[str, Any]) -> None:
    """Change what all of a cluster follow."""
    connection = HTTPConnection(HOST, one.told_at, timeout=30)
    connection.request("PATCH", "/config", json.dumps(change))
    if connection.getresponse().status != HTTPStatus.OK:
        raise SystemExit("The first site does not keep a place for the second.")


def _known(database: Server, folder: Path) -> dict[str, str]:
    """Return what a node is told; its keys were copied to the second site."""
    word = {role: secret(database.cluster.secrets, f"postgres-{role}") for role in (APP, OWNER)}
    place = f"{HOST}:{database.port}/{DATABASE}?target_session_attrs=read-write"
    return surroundings(
        CARESTATION_DATA=str(folder / "node"),
        CARESTATION_SECRET_KEY="of-both-sites" * 5,
        DATABASE_URL=f"postgresql://{APP}:{word[APP]}@{place}",
        DATABASE_OWNER_URL=f"postgresql://{OWNER}:{word[OWNER]}@{place}",
        SITE_URL="http://localhost",
    )


def _carestation(words: list[str], known: dict[str, str], told: str = "") -> None:
    subprocess.run([*COMMAND, *words], env=known, cwd=PROJECT, input=told, text=True, check=True)  # noqa: S603 - ours


if __name__ == "__main__":
    sys.exit(main())
