"""What `carestation up` promises: it starts, it serves, it ends whole."""

import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil
import psycopg
import pytest

from carestation.kernel.ids import uuid7
from carestation.support.choices import Measured, State
from carestation.support.rules import state_of
from config.capacity import answers
from config.places import Places
from config.running import running_pieces
from tests.running.prepared import prepared
from tests.running.starts import (
    COMMAND,
    PROJECT,
    Started,
    lives,
    refused,
    started,
    status_of,
    surroundings,
)
from tests.timeline.test_files_views import a_noise

# What the kernel and the proxy hold, and as much at the reader's.
UNDERWAY_BYTES = 600_000
pytestmark = pytest.mark.xdist_group("running")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    data = tmp_path_factory.mktemp("up") / "data"
    apart = f"file://{data.parent}/apart"
    keys, erased = f"{apart}/root.json", f"{apart}/erased.jsonl"
    with started(data, "--web=2", WATCH_SECONDS="2", KEY_URL=keys, ERASED_URL=erased) as one:
        yield one


def test_it_says_where_it_is_and_every_piece_lives(running: Started) -> None:
    pids = running.said["pids"]

    assert running.said["ready"] is True
    assert set(pids) == {"postgres", "caddy", "web", "live", "downloads", "worker", "watch"}
    assert len(pids["web"]) == 2
    assert all(lives(pid) for pid in running.pids)


def test_it_answers_at_the_address_it_named(running: Started) -> None:
    with urlopen(f"{running.url}/ready") as answer:  # noqa: S310 - our own address
        assert answer.status == 200


@pytest.mark.control("CLD.12.4.5")
def test_the_watch_tells_what_every_process_counted_on_this_machine_alone(
    running: Started,
) -> None:
    metrics_url = running.said["metrics_url"]
    with urlopen(f"{running.url}/sign-in/"), urlopen(metrics_url) as answer:  # noqa: S310 - our own
        told = answer.read().decode()

    listening = {
        one.laddr.ip
        for one in psutil.Process(running.said["pids"]["watch"]).net_connections("tcp")
        if one.status == psutil.CONN_LISTEN
    }
    assert 'carestation_request_seconds_count{answer="2xx",route="sign-in/"}' in told
    assert "carestation_streams 0.0" in told
    assert listening == {"127.0.0.1"}


@pytest.mark.control("8.3")
def test_a_download_ends_with_its_session_however_slowly_it_is_read(
    running: Started, tmp_path: Path
) -> None:
    seed = tmp_path / "seed.json"
    asked = ["load-seed", "--groups=1", "--members=1", f"--json={seed}", f"--data={running.data}"]
    subprocess.run([*COMMAND, *asked], env=surroundings(), cwd=PROJECT, check=True)  # noqa: S603 - ours
    token = json.loads(seed.read_text())["groups"][0]["members"][0]["token"]
    headers = {"Authorization": f"Bearer {token}"}
    port = int(running.said["port"])
    sender, ender = (HTTPConnection("localhost", port, timeout=60) for _ in range(2))
    sender.request("POST", "/api/v1/files", *form_of(a_noise(2_600), headers))
    file = json.loads(sender.getresponse().read())
    reader = HTTPConnection("localhost", port, timeout=30)
    reader.sock = socket.socket()
    reader.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    reader.sock.connect(("127.0.0.1", port))
    reader.request("GET", f"/api/v1/files/{file['id']}", headers=headers)
    answer = reader.getresponse()
    first = answer.read(65_536)

    ender.request("DELETE", "/api/v1/sessions/current", headers=headers)
    ended = ender.getresponse().status
    # A right is looked at once a second.
    threading.Event().wait(3)
    with pytest.raises((IncompleteRead, ConnectionError)) as cut:
        answer.read()

    left = len(cut.value.partial) if isinstance(cut.value, IncompleteRead) else 0
    assert (len(first), ended) == (65_536, 204)
    assert left < UNDERWAY_BYTES < file["size_bytes"] / 10


def form_of(file: bytes, headers: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    """Return a form with one file, and the headers with which it is sent."""
    begin = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    return begin + file + b"\r\n--edge--\r\n", headers | {
        "Content-Type": "multipart/form-data; boundary=edge"
    }


def test_what_it_made_for_itself_is_closed_to_others(running: Started) -> None:
    assert running.data.stat().st_mode & 0o077 == 0
    for folder in ("secrets", "logs", "postgres", "run"):
        assert (running.data / folder).stat().st_mode & 0o077 == 0
    for secret in (running.data / "secrets").iterdir():
        assert secret.stat().st_mode & 0o077 == 0


def test_the_database_opens_no_port_keeps_what_it_wrote_and_trusts_nobody(running: Started) -> None:
    with psycopg.connect(running.said["database_url"]) as connection:
        names = ("listen_addresses", "fsync", "synchronous_commit", "data_checksums")
        shown = [connection.execute(f"SHOW {name}").fetchone() for name in names]

    without = running.said["database_url"].split("://")[1].split(":")[0]
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://{without}@/carestation?host={running.data}/run/pg")
    assert shown == [("",), ("on",), ("on",), ("on",)]


def test_the_applications_role_is_no_owner(running: Started) -> None:
    with psycopg.connect(running.said["database_app_url"]) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (id int)")

    assert row == (False, False, False, False)


def test_the_web_process_does_not_hold_the_owners_password(running: Started) -> None:
    owner = (running.data / "secrets" / "postgres-carestation").read_text().strip()

    for pid in (*running.said["pids"]["web"], running.said["pids"]["worker"]):
        assert owner.encode() not in Path(f"/proc/{pid}/environ").read_bytes()


def test_a_command_of_the_shell_tells_live_where_it_hears(running: Started) -> None:
    asked = (
        "import sys; from pathlib import Path; from config.joining import join_running;"
        "join_running(Path(sys.argv[1]));"
        "from django.conf import settings; print(settings.BUS_URL)"
    )

    said = subprocess.check_output(  # noqa: S603 - ours
        [COMMAND[0], "-c", asked, str(running.data)], env=surroundings(), cwd=PROJECT, text=True
    )

    assert said.strip() == f"unix://{Places(data=running.data).run}/bus.sock"


def test_a_command_of_the_shell_finds_the_keys_and_the_list_of_erasures(running: Started) -> None:
    asked = (
        "import sys; from pathlib import Path; from config.joining import join_running;"
        "join_running(Path(sys.argv[1]));"
        "from django.conf import settings; print(settings.KEY_URL, settings.ERASED_URL)"
    )

    said = subprocess.check_output(  # noqa: S603 - ours
        [COMMAND[0], "-c", asked, str(running.data)], env=surroundings(), cwd=PROJECT, text=True
    )
    checked = subprocess.run(  # noqa: S603 - ours
        [*COMMAND, "keys", "check", f"--data={running.data}"],
        env=surroundings(),
        cwd=PROJECT,
        check=False,
    )

    apart = f"file://{running.data.parent}/apart"
    assert said.split() == [f"{apart}/root.json", f"{apart}/erased.jsonl"]
    assert checked.returncode == 0


def test_no_statement_reaches_the_databases_log(running: Started) -> None:
    with (
        psycopg.connect(running.said["database_url"]) as connection,
        pytest.raises(psycopg.Error),
    ):
        connection.execute("SELECT 'kanarienvogel'::int")

    assert "kanarienvogel" not in (running.data / "logs" / "postgres.log").read_text()


def test_hashed_static_files_may_be_kept_for_ever_and_come_compressed(running: Started) -> None:
    names = json.loads((running.data / "static" / "staticfiles.json").read_text())["paths"]
    name = next(path for path in names.values() if "htmx-2" in path)
    request = Request(f"{running.url}/static/{name}", headers={"Accept-Encoding": "zstd"})  # noqa: S310 - our own address

    with urlopen(request) as answer:  # noqa: S310 - our own address
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Encoding"] == "zstd"


def test_a_second_start_on_the_same_folder_is_refused(running: Started) -> None:
    assert "already runs" in refused("up", f"--data={running.data}", "--port=0")


def test_a_folder_that_another_postgres_runs_on_is_refused(running: Started) -> None:
    lock = running.data / "up.lock"
    lock.rename(running.data / "up.lock.aside")
    try:
        sentence = refused("up", f"--data={running.data}", "--port=0")
    finally:
        (running.data / "up.lock.aside").rename(lock)

    assert f"kill -INT {running.said['pids']['postgres']}" in sentence


@pytest.mark.skipif(os.geteuid() != 0, reason="we are an ordinary user already")
def test_where_we_are_root_postgres_is_not(running: Started) -> None:
    assert psutil.Process(running.said["pids"]["postgres"]).uids().real != 0


def test_a_taken_port_is_named(running: Started, tmp_path: Path) -> None:
    port = running.url.rsplit(":", 1)[1]

    assert f"Port {port} is taken" in refused("up", f"--data={tmp_path}/data", f"--port={port}")


def test_status_tells_machines_what_runs(running: Started) -> None:
    code, status = status_of(running.data)

    assert code == 0
    assert status["running"] is True
    assert status["versions"]["postgres"].startswith("18.")
    assert status["worker_lag_facts"] is not None


@pytest.mark.control("CLD.12.4.5")
def test_the_check_from_outside_signs_in_posts_and_reads_back(running: Started) -> None:
    operator = ["operators", "--begin=enomoto@provider.example", "--name=榎本", "--kana=えのもと"]
    for arguments in (operator, ["probe", "--as=enomoto@provider.example", "--begin"]):
        ended = subprocess.run(  # noqa: S603 - ours
            [*COMMAND, *arguments, f"--data={running.data}"],
            env=surroundings(),
            cwd=PROJECT,
            capture_output=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr

    assert _within(30, lambda: _told(running, "probe_seconds") > 0)
    assert _told(running, "probe_failures") == 0
    with psycopg.connect(running.said["database_url"]) as connection:
        seen = "SELECT kind FROM factlog_loggedfact ORDER BY id"
        kinds = {kind for (kind,) in connection.execute(seen)}
    assert {"accounts.SignedIn", "timeline.PostPublished", "accounts.SignedOut"} <= kinds


@pytest.mark.control("CLD.12.4.5")
def test_a_worker_that_stands_still_is_told_of(running: Started) -> None:
    worker = running.said["pids"]["worker"]
    assert _within(30, lambda: _told(running, "workers") > 0)

    os.kill(worker, signal.SIGSTOP)
    try:
        with psycopg.connect(running.said["database_url"]) as connection:
            # Half a minute goes by.
            connection.execute(
                "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '30s'"
            )

        assert _within(30, lambda: _told(running, "workers") == 0)
        assert state_of(Measured.WORKERS, [0.0]) is State.ALARM
    finally:
        os.kill(worker, signal.SIGCONT)


@pytest.mark.control("8.6")
def test_numbers_that_are_decided_run_within_seconds_and_no_request_fails(
    running: Started,
) -> None:
    ending, asked, failed = threading.Event(), [0], list[str]()
    callers = [
        threading.Thread(target=_call, args=(running, ending, asked, failed)) for _ in range(4)
    ]
    for caller in callers:
        caller.start()
    took = [_decide(running, web=web) for web in (4, 2)]
    ending.set()
    for caller in callers:
        caller.join(timeout=20)

    assert failed == []
    assert asked[0] > 100
    # Within ten on a machine that has nothing else to do; here it has.
    assert max(took) < 30
    assert all(lives(pid) for pid in running.pids)
    assert running.process.poll() is None


def test_two_run_side_by_side_and_each_ends_whole_within_ten_seconds(
    running: Started, tmp_path: Path
) -> None:
    with started(prepared(tmp_path / "data"), "--web=1") as other:
        took = other.end()

        assert took < 10
        assert not [pid for pid in other.pids if lives(pid)]
        assert other.process.returncode == 0
    assert all(lives(pid) for pid in running.pids)


def test_it_outlives_its_pieces_where_asked_and_they_never_outlive_it(tmp_path: Path) -> None:
    data = prepared(tmp_path / ("a-folder-with-a-long-name/" * 5) / "data")
    with started(data, "--web=1", "--restart") as one:
        for piece in ("postgres", "worker", "caddy"):
            os.kill(one.said["pids"][piece], signal.SIGKILL)
        came_back = _within(20, lambda: _answers(one.url))
        again = [piece.pid for piece in running_pieces(Places(data=data).run)]
        one.end(signal.SIGKILL)
        gone = _within(10, lambda: not [pid for pid in (*one.pids, *again) if lives(pid)])
    (data / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{data}/postgres\n")

    with started(data, "--web=1") as next_one:
        os.kill(next_one.said["pids"]["worker"], signal.SIGKILL)

        assert came_back
        assert gone
        assert next_one.process.wait(timeout=20) == 1
        assert not [pid for pid in next_one.pids if lives(pid)]


def test_a_server_that_dies_leaves_no_orphan_in_its_place(tmp_path: Path) -> None:
    data = prepared(tmp_path / "data")
    with started(data, "--web=1", "--restart") as one:
        run = Places(data=data).run
        parent = next(piece.pid for piece in running_pieces(run) if piece.name == "web-1")
        (orphan,) = one.said["pids"]["web"]
        os.kill(parent, signal.SIGKILL)

        came_back = _within(
            20,
            lambda: any(
                piece.name == "web-1" and piece.pid != parent for piece in running_pieces(run)
            ),
        )

        assert came_back
        assert not lives(orphan)
        assert _within(20, lambda: _answers(one.url))


def _decide(running: Started, *, web: int) -> float:
    """Decide how many web processes shall run; return after how many seconds they served."""
    with psycopg.connect(running.said["database_url"]) as connection:
        connection.execute(
            "INSERT INTO support_capacity (id, web, threads, workers, changed_at)"
            " VALUES (%s, %s, 4, 1, now())",
            [uuid7(), web],
        )
    began = time.monotonic()
    _within(30, lambda: _web(running) == web)
    return time.monotonic() - began


def _web(running: Started) -> int:
    """Return how many web processes serve, or are there and do not."""
    run = Places(data=running.data).run
    pieces = sum(piece.name.startswith("web-") for piece in running_pieces(run))
    serving = sum(answers(socket) for socket in run.glob("web-*.sock"))
    return pieces if pieces == serving else -1


def _call(running: Started, ending: threading.Event, asked: list[int], failed: list[str]) -> None:
    """Ask again and again, also what no proxy asks twice; note what was not answered as always."""
    sent = json.dumps({"email": "nobody@example.jp", "password": "wrong"}).encode()
    post = Request(  # noqa: S310 - our own address
        f"{running.url}/api/v1/groups", data=sent, headers={"Content-Type": "application/json"}
    )
    while not ending.is_set():
        for request, usual in ((Request(f"{running.url}/sign-in/"), 200), (post, 401)):  # noqa: S310 - our own
            try:
                with urlopen(request, timeout=20) as answer:  # noqa: S310 - our own address
                    status = answer.status
            except HTTPError as error:
                status = error.code
            except OSError as error:
                status = 0
                failed.append(repr(error))
            if status not in {usual, 0}:
                failed.append(f"{request.full_url}: {status}")
            asked[0] += 1


def _told(running: Started, name: str) -> float:
    """Return what the watch says of something; less than nothing where it says nothing."""
    with urlopen(running.said["metrics_url"]) as answer:  # noqa: S310 - our own
        lines = answer.read().decode().splitlines()
    values = [line.split()[1] for line in lines if line.startswith(f"carestation_{name} ")]
    return float(values[0]) if values else -1.0


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        threading.Event().wait(0.02)
    return False


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/ready", timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except OSError:
        return False
