"""What a killed writer leaves half written is ended a day later, and nothing that is under way."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.utils import timezone
from obstore import open_writer
from pytest_django.fixtures import Settings

from carestation.kernel.ids import uuid7
from carestation.vault import unfinished
from carestation.vault.blobs import FolderBlobs, blobs
from carestation.vault.buckets import PART_BYTES, BucketBlobs
from carestation.vault.storing import StoreAwayError
from carestation.vault.tasks import end_unfinished
from tests.vault.store import Store, store
from tests.vault.test_files import some_bytes

if TYPE_CHECKING:
    from obstore import WritableFile

LATER = timedelta(hours=25)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with store(tmp_path_factory.mktemp("store")) as one:
        yield one


@pytest.fixture
def bucket(running: Store, settings: Settings) -> BucketBlobs:
    settings.BLOB_URL = f"{running.url()}/{uuid7().hex}"
    held = blobs()
    assert isinstance(held, BucketBlobs)
    return held


def begun(bucket: BucketBlobs, name: str = "") -> tuple[UUID, "WritableFile"]:
    """Begin to write what needs parts, and bring some of them there."""
    blob_id = uuid7()
    name = name or f"{blob_id.hex[-2:]}/{blob_id.hex}.content"
    writer = open_writer(bucket._store, name, buffer_size=PART_BYTES)
    for _ in range(3):
        writer.write(some_bytes(PART_BYTES))
    return blob_id, writer


def let_a_day_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    at = timezone.now() + LATER
    monkeypatch.setattr("carestation.vault.tasks.timezone.now", lambda: at)


@pytest.mark.control("8.24")
def test_the_timetable_ends_uploads_that_nobody_finished_for_a_day(
    bucket: BucketBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob_id, writer = begun(bucket)
    let_a_day_pass(monkeypatch)

    end_unfinished(timestamp=0)

    with pytest.raises(OSError, match="NoSuchUpload"):
        writer.close()
    assert bucket.size(blob_id, "content") == 0


def test_an_upload_that_is_under_way_comes_to_its_end(bucket: BucketBlobs) -> None:
    blob_id, writer = begun(bucket)

    end_unfinished(timestamp=0)
    writer.close()

    assert bucket.size(blob_id, "content") == 3 * PART_BYTES


def test_however_many_there_are_all_are_ended(
    bucket: BucketBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unfinished, "LISTED_AT_ONCE", 2)
    left = [begun(bucket) for _ in range(5)]

    assert bucket.end_unfinished(timezone.now() + LATER) == len(left)
    assert bucket.end_unfinished(timezone.now() + LATER) == 0


def test_what_is_not_ours_is_not_ended(bucket: BucketBlobs, running: Store) -> None:
    names = ("elsewhere.tar", f"other/{uuid7().hex[:2]}/{uuid7().hex}.content")
    theirs = [begun(bucket, name)[1] for name in names]
    theirs.append(begun(BucketBlobs(f"{running.url()}/{uuid7().hex}"))[1])

    assert bucket.end_unfinished(timezone.now() + LATER) == 0

    for writer in theirs:
        writer.close()


def test_a_store_that_does_not_let_us_look_is_told_of(running: Store) -> None:
    with pytest.raises(StoreAwayError, match="let us in"):
        BucketBlobs(running.url("wrong-secret")).end_unfinished(timezone.now())


@pytest.mark.control("8.24")
def test_over_tls_uploads_are_ended_where_the_certificate_is_trusted(
    running: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoreAwayError, match="does not answer"):
        BucketBlobs(running.url(is_tls=True)).end_unfinished(timezone.now())

    monkeypatch.setenv("SSL_CERT_FILE", str(running.authority))
    bucket = BucketBlobs(f"{running.url(is_tls=True)}/{uuid7().hex}")
    begun(bucket)

    assert bucket.end_unfinished(timezone.now() + LATER) == 1


def test_in_a_folder_what_was_half_written_goes_and_no_file(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BLOB_URL = f"file://{tmp_path}"
    kept, old, young = uuid7(), uuid7(), uuid7()
    for blob_id in (kept, old, young):
        blobs().write(blob_id, "content", [b"sealed"])
    for blob_id in (old, young):
        path = next(tmp_path.rglob(f"{blob_id.hex}.content"))
        path.rename(f"{path}.new")
    age(tmp_path, old, timezone.now() - LATER)
    age(tmp_path, kept, timezone.now() - LATER)

    end_unfinished(timestamp=0)

    assert {path.name.split(".")[0] for path in tmp_path.glob("*/*/*")} == {kept.hex, young.hex}
    assert isinstance(blobs(), FolderBlobs)


def age(folder: Path, blob_id: UUID, at: datetime) -> None:
    os.utime(next(folder.rglob(f"{blob_id.hex}.*")), (at.timestamp(), at.timestamp()))
