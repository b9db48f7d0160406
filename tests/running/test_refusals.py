"""What cannot start ends with one sentence."""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psycopg
import pytest
from django.utils import timezone

from carestation.vault.sealing import keyset_from
from carestation.vault.shares import shares_of
from config.postgres import program
from config.privileges import ServerUser, hand_over, started_as
from tests.running.prepared import prepared
from tests.running.starts import COMMAND, PROJECT, refused, started, surroundings

WRONG: Final = b'{"email": "nobody@example.org", "password": "x"}'
pytestmark = pytest.mark.xdist_group("running")
DEBIANS: Final = Path("/usr/lib/postgresql/15/bin")
NOBODY: Final = ServerUser(uid=65534, gid=65534) if os.geteuid() == 0 else None


@pytest.fixture(scope="module")
def outside() -> Iterator[str]:
    """Return the address of a PostgreSQL that someone else runs: Debian's 15, or the wheel's."""
    programs = DEBIANS if (DEBIANS / "postgres").exists() else program("postgres", NOBODY).parent
    folder = Path("/tmp") / f"cs-outside-{os.getpid()}"  # noqa: S108 - a folder that nobody reaches
    folder.mkdir(mode=0o700)
    hand_over(folder, NOBODY)
    user = started_as(NOBODY)
    make = [*user, f"{programs}/initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "postgres"]
    subprocess.run(make, check=True, capture_output=True)  # noqa: S603 - ours
    serve = [*user, f"{programs}/postgres", "-D", f"{folder}/data", "-k", str(folder)]
    with subprocess.Popen([*serve, "-c", "listen_addresses="], stderr=subprocess.DEVNULL) as server:  # noqa: S603 - ours
        try:
            url = f"postgresql://postgres@/postgres?host={folder}"
            _wait_for(url)
            yield url
        finally:
            server.send_signal(signal.SIGINT)
    shutil.rmtree(folder)


def _wait_for(url: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            # Its socket is there before it lets anyone in.
            assert time.monotonic() < until, "PostgreSQL does not start"
            threading.Event().wait(0.05)
        else:
            return


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://nobody:x@127.0.0.1:1/none", "refused"),
        ("postgresql://nobody:x@/none?host=/nowhere", "No such file"),
        ("mysql://somewhere", "DATABASE_URL"),
    ],
)
def test_a_wrong_database_url(url: str, reason: str, tmp_path: Path) -> None:
    sentence = refused("up", f"--data={tmp_path}/data", "--port=0", DATABASE_URL=url)

    assert reason in sentence
    assert "x@" not in sentence


def test_a_database_from_outside_serves_as_well(outside: str, tmp_path: Path) -> None:
    with started(tmp_path / "data", "--web=1", DATABASE_URL=outside) as one:
        with psycopg.connect(one.said["database_app_url"]) as connection:
            role = connection.execute("SELECT current_user").fetchone()

        assert one.said["pids"]["postgres"] is None
        assert role == ("carestation_app",)
        assert not (one.data / "postgres").exists()


def test_a_user_that_may_not_take_the_role_is_told_what_to_ask_for(
    outside: str, tmp_path: Path
) -> None:
    with psycopg.connect(outside, autocommit=True) as connection:
        connection.execute("CREATE ROLE small LOGIN PASSWORD 'small'")
    host = outside.split("?host=")[1]
    url = f"postgresql://small:small@/postgres?host={host}"

    sentence = refused("up", f"--data={tmp_path}/data", "--port=0", DATABASE_URL=url)

    assert "GRANT carestation_app TO small" in sentence


def test_who_serves_people_is_bound_by_row_level_security(outside: str, tmp_path: Path) -> None:
    with psycopg.connect(outside, autocommit=True) as connection:
        connection.execute("CREATE DATABASE unbound")
    url = outside.replace("/postgres?", "/unbound?")

    sentence = refused(
        "up",
        f"--data={tmp_path}/data",
        "--port=0",
        "--web=1",
        DATABASE_URL=url,
        DATABASE_OWNER_URL=url,
    )

    assert "Row-level security does not bind the database's user postgres" in sentence


def test_production_wants_tls_and_no_demo(tmp_path: Path) -> None:
    data = f"--data={tmp_path}/data"

    assert "TLS" in refused("up", data, "--port=0", CARESTATION_ENV="production")
    assert "demo" in refused("up", data, "--port=0", "--demo", CARESTATION_ENV="production")


def test_production_starts_under_a_name_of_its_own(tmp_path: Path) -> None:
    key = "not-the-default-" * 4

    with started(
        tmp_path / "data",
        "--web=1",
        CARESTATION_ENV="production",
        CARESTATION_SECRET_KEY=key,
        SITE_URL="https://care.example",
    ) as one:
        assert one.url == "https://care.example"
        assert one.said["kind"] == "production"


@pytest.mark.parametrize("name", ["BUS_URL", "BLOB_URL", "KEY_URL"])
def test_what_there_is_not_is_said_at_once(tmp_path: Path, name: str) -> None:
    sentence = refused("up", f"--data={tmp_path}/data", "--port=0", **{name: "amqp://there"})

    assert name in sentence


def test_a_bus_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    url = "tls://carestation:secret@127.0.0.1:1"

    sentence = refused("up", f"--data={tmp_path}/data", "--port=0", BUS_URL=url)

    assert "BUS_URL does not lead to a bus: 127.0.0.1:1 does not answer: Connection" in sentence
    assert "secret" not in sentence


@pytest.mark.control("8.18")
def test_a_lost_root_key_is_not_replaced_and_who_brings_it_back_is_in_the_log(
    tmp_path: Path,
) -> None:
    data = prepared(tmp_path / "data")
    with started(data, "--web=1") as one:
        # A sign-in, wrong as it is, is the first to need the operator's key.
        sent = Request(f"{one.url}/api/v1/sessions", WRONG, {"Content-Type": "application/json"})  # noqa: S310 - http
        with pytest.raises(HTTPError, match="401"):
            urlopen(sent)  # noqa: S310 - our own address
    kept = (data / "keys" / "root.json").rename(tmp_path / "root.json")

    sentence = refused("up", f"--data={data}", "--port=0")

    assert "root key" in sentence
    assert not (data / "keys" / "root.json").exists()
    assert _brought_back(data, kept) == {"command": "keys recover"}


def _brought_back(data: Path, kept: Path) -> dict[str, str]:
    """Bring the root back by two shares, start, and return what the log has of it, but the time."""
    shares = shares_of(keyset_from(kept.read_text()))
    options = ["--as=加藤 恵子", "--because=鍵のファイルがなくなったため", f"--data={data}"]
    began = timezone.now()
    subprocess.run(  # noqa: S603 - ours
        [*COMMAND, "keys", "recover", *options],
        env=surroundings(),
        cwd=PROJECT,
        input="\n".join(shares[:2]) + "\n",
        capture_output=True,
        text=True,
        check=True,
    )
    waiting = data / "typed.jsonl"
    assert waiting.stat().st_mode & 0o077 == 0
    with started(data, "--web=1") as one, psycopg.connect(one.said["database_url"]) as database:
        ((told,),) = database.execute(
            "SELECT detail FROM factlog_loggedfact WHERE kind = 'support.CommandTyped'"
        ).fetchall()
    assert not waiting.exists()
    assert began < datetime.fromisoformat(told.pop("typed_at")) < timezone.now()
    return dict(told)


def test_an_unknown_kind_of_installation(tmp_path: Path) -> None:
    assert "CARESTATION_ENV" in refused("up", f"--data={tmp_path}/data", CARESTATION_ENV="staging")


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk wants root")
def test_a_full_disk(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(  # noqa: S603 - ours
        ["/usr/bin/mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(small)], check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this root may not mount")
    try:
        assert "full" in refused("up", f"--data={small}/data", "--port=0")
    finally:
        subprocess.run(["/usr/bin/umount", str(small)], check=True)  # noqa: S603 - ours


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written() -> None:
    assert "cannot be made" in refused("up", "--data=/proc/none", "--port=0")
