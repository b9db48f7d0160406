"""From the bundle to the first sign-in, without a network: `python -m benchmarks.bundle dist`.

The newest bundle of the folder is unpacked, installed and started with demo people in a network
namespace that holds nothing but the machine itself; one of the people signs in. It ends with 1
where that takes longer than ten minutes, or does not come to pass.
"""

import json
import os
import shutil
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

from benchmarks.figures import Figures, table_of, write_down
from tests.running.starts import surroundings

LONGEST_SECONDS: Final = 600.0
INSIDE: Final = "--inside"


def main() -> int:
    """Go where there is no network, and measure there."""
    if INSIDE in sys.argv:
        return _measured(Path(sys.argv[-1]))
    newest = max(Path(sys.argv[1]).glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    alone = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
    itself = [sys.executable, "-m", "benchmarks.bundle", INSIDE, str(newest.absolute())]
    command = [*alone, "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *itself]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - ours


def _measured(bundle: Path) -> int:
    figures: Figures = {"bundle_megabytes": bundle.stat().st_size / 1e6}
    with tempfile.TemporaryDirectory(prefix="cs-bundle-") as folder:
        began = time.monotonic()
        with _timed(figures, "unpack_seconds"):
            subprocess.run(["tar", "-xzf", str(bundle), "-C", folder], check=True)  # noqa: S603, S607 - tar
        (top,) = Path(folder).iterdir()
        base = Path(folder) / "installed"
        with _timed(figures, "install_seconds"):
            subprocess.run([str(top / "install"), str(base)], env=_plain(), check=True)  # noqa: S603 - ours
        _started_and_signed_in(base / "current", Path(folder) / "data", figures)
        figures["whole_seconds"] = time.monotonic() - began
    print(table_of("bundle", figures))
    write_down("bundle", figures)
    return 0 if figures["whole_seconds"] <= LONGEST_SECONDS else 1


def _started_and_signed_in(home: Path, data: Path, figures: Figures) -> None:
    program = str(home / ".venv" / "bin" / "carestation")
    command = [program, "up", "--demo", "--json", "--port=0", f"--data={data}"]
    with subprocess.Popen(command, env=_plain(), cwd="/", stdout=subprocess.PIPE) as one:  # noqa: S603 - ours
        try:
            with _timed(figures, "start_seconds"):
                said = json.loads((one.stdout or sys.stdin.buffer).readline() or b"{}")
            with _timed(figures, "sign_in_seconds"):
                _sign_in(program, said["url"])
        finally:
            one.terminate()
            one.wait(timeout=20)


def a_person(command: list[str], variables: dict[str, str]) -> dict[str, str]:
    """Return how a person of the demo world signs in who has no second factor."""
    told = subprocess.run(  # noqa: S603 - ours
        [*command, "demo", "--json"], env=variables, capture_output=True, check=True
    )
    people: list[dict[str, Any]] = json.loads(told.stdout)["people"]
    person = next(one for one in people if one["state"] == "active" and not one["totp_secret"])
    return {"email": person["email"], "password": person["password"]}


def _sign_in(program: str, url: str) -> None:
    body = json.dumps(a_person([program], _plain())).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/api/v1/sessions", body, headers)  # noqa: S310 - ours
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - ours
        if answer.status != HTTPStatus.CREATED:
            raise SystemExit(f"Signing in was answered with {answer.status}.")


def _plain() -> dict[str, str]:
    """Return surroundings in which nothing leads back to where the bundle was made."""
    kept = surroundings()
    for name in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"):
        kept.pop(name, None)
    kept["PATH"] = os.pathsep.join(
        one for one in kept.get("PATH", os.defpath).split(os.pathsep) if ".venv" not in one
    )
    kept["PYTHON"] = shutil.which(Path(sys.executable).resolve()) or "python3"
    return kept


@contextmanager
def _timed(figures: Figures, name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    figures[name] = time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
