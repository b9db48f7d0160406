"""Sealed files in a bucket: a real S3-compatible store is asked the same as a folder."""

import threading
import time
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from django.test import Client
from obstore import put
from pytest_django.fixtures import Settings

from carestation.kernel.ids import uuid7
from carestation.vault.blobs import blobs
from carestation.vault.bucket_url import read_url
from carestation.vault.buckets import PART_BYTES, SHORT_ANSWER, BucketBlobs
from carestation.vault.files import (
    PIECE_BYTES,
    READ_AT_ONCE,
    FileDamagedError,
    SealedFile,
    Variant,
    new_file_key,
    remove_file,
    seal_file,
    seal_stream,
    unseal_file,
)
from carestation.vault.health import STORE
from carestation.vault.storing import StoreAwayError
from config.environment import read_environment
from config.prepare import _ensure_store
from tests.live.nats_server import HOST
from tests.ports import free_port
from tests.vault.store import Store, store
from tests.vault.test_files import a_file, read, some_bytes
from tests.world import World

LARGE = (READ_AT_ONCE * 2 + 1) * PIECE_BYTES + 17


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with store(tmp_path_factory.mktemp("store")) as one:
        yield one


@pytest.fixture
def bucket(running: Store, settings: Settings) -> Store:
    settings.BLOB_URL = running.url()
    blobs().prepare()
    return running


@pytest.fixture
def paused(bucket: Store) -> Iterator[Store]:
    bucket.pause()
    yield bucket
    bucket.go_on()


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES, LARGE])
def test_what_was_sealed_is_read_again_whole_or_from_the_middle(size: int) -> None:
    data = some_bytes(size)
    file = a_file(data)

    assert read(file) == data
    middle = (size // 3, size // 2)
    assert b"".join(unseal_file(file, *middle)) == data[slice(*middle)]


@pytest.mark.usefixtures("bucket")
def test_what_is_too_large_for_one_part_comes_whole() -> None:
    length = 2 * PART_BYTES + 5
    blob = uuid7()

    blobs().write(blob, "content", (some_bytes(part) for part in (PART_BYTES, PART_BYTES, 5)))

    assert blobs().size(blob, "content") == length
    end = blobs().read(blob, "content", length - 7, 100)
    assert end == some_bytes(PART_BYTES)[-2:] + some_bytes(5)


@pytest.mark.usefixtures("bucket")
def test_a_stream_of_unknown_length_is_sealed_as_it_comes() -> None:
    data = some_bytes(LARGE)
    parts = (data[begin : begin + 100_000] for begin in range(0, LARGE, 100_000))

    sealed = seal_stream(uuid7(), new_file_key(), parts)

    assert read(sealed) == data


@pytest.mark.usefixtures("bucket")
def test_what_is_written_may_be_read_out_of_the_same_store_meanwhile() -> None:
    data = some_bytes(LARGE)
    kept = a_file(data)

    copy = seal_stream(uuid7(), new_file_key(), unseal_file(kept))

    assert read(copy) == data


@pytest.mark.parametrize("size", [5, 2 * PART_BYTES])
def test_a_store_that_does_not_let_us_write_is_told_of_as_one_that_is_away(
    bucket: Store, size: int
) -> None:
    with pytest.raises(StoreAwayError, match="let us in"):
        BucketBlobs(bucket.url("wrong-secret")).write(uuid7(), "content", [some_bytes(size)])
    away = f"s3+http://a:secret@{HOST}:{free_port()}/files"
    with pytest.raises(StoreAwayError, match="does not answer"):
        BucketBlobs(away).write(uuid7(), "content", [some_bytes(size)])


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize("parts", [0, 3])
def test_a_write_that_breaks_leaves_nothing_to_be_read(parts: int) -> None:
    blob = uuid7()

    def breaking() -> Iterator[bytes]:
        yield from (some_bytes(PART_BYTES) for _ in range(parts))
        message = "No space left"
        raise OSError(28, message)

    with pytest.raises(OSError, match="space"):
        blobs().write(blob, "content", breaking())

    assert blobs().size(blob, "content") == 0
    with pytest.raises(FileNotFoundError):
        blobs().read(blob, "content", 0, 5)


@pytest.mark.usefixtures("bucket")
def test_removing_takes_every_variant_and_may_come_twice() -> None:
    file = a_file(b"x")
    more = SealedFile(file_id=file.file_id, variant=Variant.THUMBNAIL, size_bytes=1, key=file.key)
    seal_file(more, b"y")

    remove_file(file.file_id)
    remove_file(file.file_id)

    assert [blobs().size(file.file_id, variant) for variant in Variant] == [0, 0]


@pytest.mark.control("8.24")
def test_what_was_changed_in_the_store_is_refused(bucket: Store) -> None:
    file, other = a_file(some_bytes(LARGE)), a_file(some_bytes(LARGE))
    held = BucketBlobs(bucket.url())
    name = f"{file.file_id.hex[-2:]}/{file.file_id.hex}.content"
    length = blobs().size(other.file_id, "content")

    put(held._store, name, blobs().read(other.file_id, "content", 0, length))
    with pytest.raises(FileDamagedError):
        next(unseal_file(file))
    put(held._store, name, b"cut")
    with pytest.raises(FileDamagedError):
        next(unseal_file(file))


@pytest.mark.control("8.24")
def test_no_word_of_a_file_lies_on_the_disk_of_the_store(bucket: Store) -> None:
    word = b"canary of the store"
    file = a_file(word * 1_000)

    kept = bucket.everything_kept()

    assert read(file) == word * 1_000
    assert file.file_id.hex.encode() in kept
    assert word not in kept


@pytest.mark.control("8.24")
def test_over_tls_a_store_is_believed_whose_certificate_we_trust(
    bucket: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoreAwayError):
        BucketBlobs(bucket.url(is_tls=True)).prepare()

    monkeypatch.setenv("SSL_CERT_FILE", str(bucket.authority))

    BucketBlobs(bucket.url(is_tls=True)).prepare()


def test_a_store_that_cannot_be_used_ends_the_start_with_one_sentence(
    bucket: Store, settings: Settings
) -> None:
    settings.BLOB_URL = bucket.url("wrong-secret")
    with pytest.raises(SystemExit, match=r"BLOB_URL does not lead to a store: .* let us in") as one:
        _ensure_store()
    assert "wrong-secret" not in str(one.value)

    settings.BLOB_URL = f"s3+http://a:very-secret@{HOST}:{free_port()}/files"
    with pytest.raises(SystemExit, match="does not answer") as other:
        _ensure_store()
    assert "very-secret" not in str(other.value)


def test_without_the_store_people_still_read_and_write(world: World, paused: Store) -> None:
    STORE.forget()
    began = time.monotonic()
    client = Client()

    ready = client.get("/ready")

    assert (ready.status_code, ready.content) == (
        HTTPStatus.OK,
        b"ready, but the store of files does not answer\n",
    )
    assert time.monotonic() - began < 5


def test_while_one_asks_a_store_that_is_away_nobody_else_waits(world: World, paused: Store) -> None:
    Client().get("/ready")
    STORE.forget()
    first = threading.Thread(target=STORE.words)
    first.start()
    while not STORE._asking.locked():
        assert first.is_alive()
    began = time.monotonic()

    answers = [Client().get("/ready").status_code for _ in range(5)]

    assert answers == [HTTPStatus.OK] * 5
    assert time.monotonic() - began < SHORT_ANSWER.total_seconds() / 2
    first.join()


@pytest.mark.parametrize(
    "url",
    [
        "s3://host/bucket",
        "s3://key:@host/b",
        "s3://k:s@host",
        "s3://k:s@host:x/b",
        "s3://k:s@h/b?a=b",
    ],
)
def test_a_url_that_names_no_bucket_is_refused(url: str) -> None:
    with pytest.raises(SystemExit, match="BLOB_URL must be s3://KEY"):
        read_environment({"BLOB_URL": url})


def test_production_wants_tls_to_the_store() -> None:
    production = {"CARESTATION_ENV": "production", "CARESTATION_SECRET_KEY": "k" * 60}

    with pytest.raises(SystemExit, match="TLS to the store"):
        read_environment(production | {"BLOB_URL": "s3+http://k:s@store.example/files"})

    assert read_environment(production | {"BLOB_URL": "s3+http://k:s@127.0.0.1:9/files"}).blob_url
    assert "s" not in repr(read_url("s3://k:ssss@h/b")).split("secret")
