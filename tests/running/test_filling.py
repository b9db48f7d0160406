"""A disk that fills is told of while there is room: measured, kept, and shown to operators."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

import pytest
from django.test import Client

from carestation.accounts.choices import Proof
from carestation.support.choices import Measured, State
from config.environment import environment
from config.watching.rounds import Rounds
from tests.accounts.operating import an_operator
from tests.accounts.signing_in import sign_in_client
from tests.world import World

SIZE_BYTES: Final = 8_388_608
# A namespace of its own needs no rights; what is mounted there goes with the process that holds it.
MOUNTED: Final = 'mount -t tmpfs -o "size=$1,mode=0700" tmpfs "$0" && echo there && exec cat'
STEPS: Final = (60, 70, 74, 76, 80, 84, 86, 89)


class Disk(Protocol):
    """A small disk of its own, on which the data folder lies."""

    folder: Path

    def fill(self, percent: int) -> None:
        """Use so much of it."""


class MountedDisk:
    """A file system of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, percent: int) -> None:
        (self.folder / "filler").write_bytes(bytes(SIZE_BYTES * percent // 100))


class ToldDisk:
    """Where none may be mounted: what the system would tell of one."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._used = 0
        monkeypatch.setattr(shutil, "disk_usage", self._told)

    def fill(self, percent: int) -> None:
        self._used = SIZE_BYTES * percent // 100

    def _told(self, _: Path) -> shutil._ntuple_diskusage:
        return shutil._ntuple_diskusage(SIZE_BYTES, self._used, SIZE_BYTES - self._used)


@contextmanager
def mounted(folder: Path) -> Iterator[MountedDisk]:
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MOUNTED]
    with subprocess.Popen(  # noqa: S603 - ours
        [*command, str(folder), str(SIZE_BYTES)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        if not holder.stdout.readline():
            pytest.skip("no file system may be mounted here")
        yield MountedDisk(Path(f"/proc/{holder.pid}/root{folder}"))
        holder.terminate()


@pytest.fixture(params=["mounted", "told"])
def disk(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Disk]:
    if request.param == "told":
        yield ToldDisk(tmp_path, monkeypatch)
        return
    with mounted(tmp_path) as small:
        yield small


def state_on(page: str) -> str:
    row = re.search(rf'<tr role="row" id="{Measured.DISK}-1">.*?</th>(.*?)</td>', page, re.DOTALL)
    assert row
    (state,) = (str(one.label) for one in State if str(one.label) in row[1])
    return state


@pytest.mark.control("8.6")
def test_operators_see_that_a_disk_fills_before_nine_tenths_of_it_are_used(
    world: World, disk: Disk
) -> None:
    client = Client()
    sign_in_client(client, an_operator(), proof=Proof.PASSKEY)
    rounds = Rounds(replace(environment(), data=disk.folder, counters=disk.folder), port=0)
    states = {}

    for percent in STEPS:
        disk.fill(percent)
        share = rounds.measure()[Measured.DISK]
        assert share == pytest.approx(percent / 100, abs=0.005)
        states[percent] = state_on(client.get("/console/watch/").text)

    assert list(states.values()) == ["正常"] * 3 + ["注意"] * 3 + ["異常"] * 2
