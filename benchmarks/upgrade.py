"""Two versions side by side on the same tables: `python -m benchmarks.upgrade [COMMIT]`.

The version before (the commit named, or the one before the newest migration) makes a demo world,
this one migrates it and serves it; then web of the version before serves it too. People post
through both in turn, and read at each what was written at the other. It ends with 1 where anything
is refused or missing.
"""

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from benchmarks.bundle import a_person
from benchmarks.figures import Figures, table_of
from carestation.kernel.ids import uuid7
from config.ports import take_port
from config.readiness import is_ready
from tests.running.starts import COMMAND, PROJECT, Started, started, surroundings

ROUNDS: Final = 20
READY_SECONDS: Final = 60
MIGRATIONS: Final = "carestation/*/migrations/[0-9]*.py"


def main() -> int:
    """Rehearse, and say how many posts passed."""
    commit = sys.argv[1] if len(sys.argv) > 1 else before_the_newest_migration()
    with tempfile.TemporaryDirectory(prefix="cs-upgrade-") as folder, code_of(commit) as before:
        data = Path(folder) / "data"
        with started(data, "--demo", "--web=1", code=str(before), PYTHONPATH=str(before)) as one:
            one.end()
        with started(data, "--demo", "--web=1") as one, _web_of(before, one) as old_url:
            figures = _posted_through(one.url, old_url)
    print(table_of(f"upgrade from {commit[:12]}", figures))
    return 0 if figures["read_at_the_other"] == figures["written"] else 1


def _posted_through(new: str, old: str) -> Figures:
    token = _asked(new, "sessions", **a_person(COMMAND, surroundings()))["token"]
    (group, *_) = _asked(old, "groups", token=token)
    place = f"groups/{group['id']}/{group['sides'][0]['side']}/posts"
    written = read = 0
    for number in range(ROUNDS):
        here, there = (new, old) if number % 2 else (old, new)
        post = _asked(here, place, token=token, draft_id=str(uuid7()), body="引き継ぎの確認です。")
        written += 1
        page = _asked(there, f"{place}?limit=1", token=token)["posts"]
        read += [(one["id"], one["body"]) for one in page] == [(post["id"], post["body"])]
    return {"written": float(written), "read_at_the_other": float(read)}


def _asked(url: str, path: str, *, token: str = "", **body: str) -> Any:  # noqa: ANN401 - JSON
    headers = {"Content-Type": "application/json"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(f"{url}/api/v1/{path}", data, headers)  # noqa: S310 - ours
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - ours
        if answer.status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            raise SystemExit(f"{path} was answered with {answer.status}.")
        return json.loads(answer.read())


@contextmanager
def _web_of(code: Path, one: Started) -> Iterator[str]:
    """Start web of other code on the data of a CareStation that runs; yield its address."""
    port = take_port(0)
    secret = (one.data / "secrets" / "django").read_text().strip()
    variables = surroundings(
        PYTHONPATH=str(code),
        CARESTATION_ENV="demo",
        CARESTATION_DATA=str(one.data),
        CARESTATION_SECRET_KEY=secret,
        DATABASE_URL=str(one.said["database_app_url"]),
        SITE_URL=one.url,
    )
    command = [sys.executable, "-P", "-m", "granian", "--interface=wsgi", f"--port={port}"]
    command += ["--log-level=warning", f"--working-dir={code}", "config.wsgi:application"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=variables, cwd=code, stdout=quiet, stderr=quiet) as web:  # noqa: S603 - ours
        try:
            until = time.monotonic() + READY_SECONDS
            while not is_ready(f"http://localhost:{port}", port):
                if time.monotonic() > until or web.poll() is not None:
                    raise SystemExit("Web of the version before is not ready on these tables.")
                time.sleep(0.1)
            yield f"http://localhost:{port}"
        finally:
            web.terminate()
            web.wait(timeout=20)


@contextmanager
def code_of(commit: str) -> Iterator[Path]:
    """Lay the code of a commit into a worktree of its own."""
    with tempfile.TemporaryDirectory(prefix="cs-code-") as folder:
        code = Path(folder) / "code"
        _git("worktree", "add", "--quiet", "--detach", str(code), commit)
        try:
            yield code
        finally:
            _git("worktree", "remove", "--force", str(code))


def before_the_newest_migration() -> str:
    """Return the commit whose tables are those of the version before."""
    return _git("rev-parse", f"{_git('log', '-1', '--format=%H', '--', MIGRATIONS)}^")


def _git(*words: str) -> str:
    done = subprocess.run(  # noqa: S603 - git
        ["/usr/bin/git", *words], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
