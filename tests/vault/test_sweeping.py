"""What a killed writer leaves whole but without a row goes days later, and nothing that opens."""

import logging
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from carestation.exports.commands.exports import remove_export
from carestation.groups.choices import Side
from carestation.kernel.acting import Work
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.files import discard_file, upload_file
from carestation.timeline.commands.posts import Draft, publish_post
from carestation.timeline.queries.files import take_file
from carestation.vault import commands
from carestation.vault.blobs import blobs
from carestation.vault.commands import STAYS_AT_LEAST
from carestation.vault.register import FILES, SEALED
from carestation.vault.tasks import remove_without_key
from tests.conftest import act_as
from tests.exports.people import a_made
from tests.facilities.people import a_manager, desk_of
from tests.timeline.pictures import a_jpeg
from tests.vault.store import Store, store
from tests.world import World


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with store(tmp_path_factory.mktemp("store")) as one:
        yield one


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.BLOB_URL = f"file://{tmp_path}/files"
    return tmp_path / "files"


@pytest.fixture
def bucket(running: Store, settings: Settings) -> None:
    settings.BLOB_URL = f"{running.url()}/{uuid7().hex}"


@pytest.fixture
def however_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the share of what has no key say nothing: the few files of a test are its own."""
    monkeypatch.setattr(commands, "ONE_IN", 1)


def left_behind(variant: str = "content") -> UUID:
    """Keep what has no row: who wrote it was killed before the row was entered."""
    blob_id = uuid7()
    blobs().write(blob_id, variant, [b"sealed"])
    return blob_id


def kept() -> set[UUID]:
    return {blob_id for blob_id, _ in blobs().names()}


def age(folder: Path, at: datetime) -> None:
    for path in folder.glob("*/*/*"):
        os.utime(path, (at.timestamp(), at.timestamp()))


def sweep_later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """Let the timetable's time come, that many days from now, in the worker."""
    at = timezone.now() + days * STAYS_AT_LEAST / STAYS_AT_LEAST.days
    monkeypatch.setattr("carestation.vault.commands.timezone.now", lambda: at)
    act_as(Work.WORKER)
    remove_without_key(timestamp=0)
    act_as(Work.CONTENT)


def a_waiting(world: World) -> UUID:
    return upload_file(world.actor("kato"), "足.jpg", a_jpeg()).file.id


def a_carried(world: World) -> UUID:
    file_id = a_waiting(world)
    draft = Draft(id=uuid7(), body="両足のむくみ", attachments=(file_id,))
    publish_post(world.seat("kato", Side.PROFESSIONAL), draft)
    return file_id


@pytest.mark.usefixtures("however_many")
@pytest.mark.control("8.24")
@pytest.mark.parametrize("place", ["folder", "bucket"])
def test_what_has_no_row_goes_and_what_somebody_owns_stays(
    place: str,
    request: pytest.FixtureRequest,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    request.getfixturevalue(place)
    a_manager(world)
    owned = {a_waiting(world), a_carried(world), a_made(world).pk}
    left_behind()
    left_behind("thumbnail")

    with caplog.at_level(logging.INFO, logger="carestation.vault.commands"):
        sweep_later(monkeypatch, STAYS_AT_LEAST.days + 1)
        sweep_later(monkeypatch, STAYS_AT_LEAST.days + 1)

    assert kept() == owned
    assert [vars(record)["count"] for record in caplog.records] == [2]


@pytest.mark.usefixtures("however_many")
@pytest.mark.parametrize("place", ["folder", "bucket"])
def test_what_is_younger_stays_as_its_row_may_come_yet(
    place: str, request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    request.getfixturevalue(place)
    under_way = left_behind()

    sweep_later(monkeypatch, STAYS_AT_LEAST.days - 1)

    assert kept() == {under_way}


@pytest.mark.usefixtures("however_many")
def test_bytes_whose_key_was_forgotten_go(
    folder: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_manager(world)
    export, file_id = a_made(world), a_waiting(world)
    with monkeypatch.context() as killed:
        # The process ends between the commit and the store.
        for command in ("exports.commands.exports", "timeline.commands.files"):
            killed.setattr(f"carestation.{command}.remove_file", lambda _: None)
        remove_export(desk_of(world, "abe"), export.pk)
        discard_file(world.actor("kato"), file_id)
    assert kept() == {export.pk, file_id}

    sweep_later(monkeypatch, STAYS_AT_LEAST.days + 1)

    assert kept() == set()


@pytest.mark.usefixtures("however_many")
def test_however_many_there_are_all_are_looked_at(
    folder: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "LOOKED_AT_ONCE", 2)
    owned = {a_carried(world) for _ in range(2)}
    for _ in range(5):
        left_behind()

    sweep_later(monkeypatch, STAYS_AT_LEAST.days + 1)

    assert kept() == owned


def test_where_many_have_no_key_none_goes_and_it_is_said(
    folder: Path,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # Each of them with its small picture: of nine there is one without a key, then of eleven.
    owned = {a_carried(world) for _ in range(4)}
    lost = {left_behind()}

    with caplog.at_level(logging.ERROR, logger="carestation.vault.commands"):
        sweep_later(monkeypatch, STAYS_AT_LEAST.days + 1)
    assert kept() == owned | lost
    assert [vars(record)["count"] for record in caplog.records] == [1]
    owned.add(a_carried(world))
    sweep_later(monkeypatch, STAYS_AT_LEAST.days + 1)

    assert kept() == owned


@pytest.mark.usefixtures("however_many")
def test_a_night_takes_no_more_than_so_many_away(
    folder: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "GO_AT_MOST", 3)
    for _ in range(5):
        left_behind()

    sweep_later(monkeypatch, STAYS_AT_LEAST.days + 1)

    assert len(kept()) == 2


@pytest.mark.usefixtures("however_many")
def test_while_files_move_both_stores_are_swept(
    folder: Path, bucket: None, settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, settings.BLOB_URL = settings.BLOB_URL, f"file://{folder}"
    carried = a_carried(world)
    left_behind()
    settings.BLOB_URL, settings.BLOB_URL_BEFORE = new, settings.BLOB_URL
    left_behind()

    sweep_later(monkeypatch, STAYS_AT_LEAST.days + 1)

    assert kept() == {carried}
    assert take_file(world.actor("kato"), carried).file.id == carried


def test_whoever_keeps_a_files_key_is_asked() -> None:
    keys = {one.name for one in SEALED if one.column == "key_sealed"}

    assert {f"{one.table}.{one.key}" for one in FILES} == keys
