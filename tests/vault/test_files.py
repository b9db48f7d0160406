"""Files are sealed in pieces: any part can be read, and nothing that was tampered with."""

import threading
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from carestation.kernel.ids import uuid7
from carestation.vault.blobs import blobs
from carestation.vault.files import (
    PIECE_BYTES,
    SEALED_MORE_BYTES,
    FileDamagedError,
    SealedFile,
    SealedStream,
    Variant,
    new_file_key,
    remove_file,
    seal_file,
    seal_stream,
    unseal_file,
)

SEALED_PIECE = PIECE_BYTES + SEALED_MORE_BYTES
SIZES = st.one_of(
    st.integers(0, 40),
    st.builds(
        lambda pieces, off: max(0, pieces * PIECE_BYTES + off),
        st.integers(1, 3),
        st.integers(-2, 2),
    ),
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.BLOB_URL = f"file://{tmp_path}/files"
    return tmp_path / "files"


def some_bytes(size: int) -> bytes:
    return (b"0123456789abcdefghijklmnopqrstuv" * (size // 32 + 1))[:size]


def a_file(data: bytes, variant: Variant = Variant.CONTENT) -> SealedFile:
    file = SealedFile(file_id=uuid7(), variant=variant, size_bytes=len(data), key=new_file_key())
    seal_file(file, data)
    return file


def path_of(folder: Path, file: SealedFile) -> Path:
    return next(folder.rglob(f"{file.file_id.hex}.{file.variant}"))


def read(file: SealedFile) -> bytes:
    return b"".join(unseal_file(file))


class TestRoundTrips:
    @given(size=SIZES)
    @hypothesis_settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def test_what_was_sealed_is_read_again(self, size: int) -> None:
        data = some_bytes(size)

        assert read(a_file(data)) == data

    @given(size=SIZES, cuts=st.tuples(st.floats(0, 1), st.floats(0, 1)))
    @hypothesis_settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def test_any_part_can_be_read_from_the_middle(
        self, size: int, cuts: tuple[float, float]
    ) -> None:
        data = some_bytes(size)
        start, stop = sorted(round(cut * size) for cut in cuts)

        assert b"".join(unseal_file(a_file(data), start, stop)) == data[start:stop]

    def test_only_the_pieces_that_are_asked_for_are_opened(self, folder: Path) -> None:
        file = a_file(some_bytes(4 * PIECE_BYTES))
        path = path_of(folder, file)
        sealed = bytearray(path.read_bytes())
        sealed[5] ^= 1
        path.write_bytes(sealed)

        part = b"".join(unseal_file(file, 2 * PIECE_BYTES, 3 * PIECE_BYTES))

        assert part == some_bytes(4 * PIECE_BYTES)[2 * PIECE_BYTES : 3 * PIECE_BYTES]

    def test_data_of_another_length_than_said_are_not_sealed(self) -> None:
        file = SealedFile(
            file_id=uuid7(), variant=Variant.CONTENT, size_bytes=3, key=new_file_key()
        )

        with pytest.raises(ValueError, match="as long"):
            seal_file(file, b"1234")


@pytest.mark.control("8.24")
class TestTampering:
    def test_a_cut_file_is_refused_before_its_first_byte(self, folder: Path) -> None:
        file = a_file(some_bytes(3 * PIECE_BYTES))
        path = path_of(folder, file)
        for length in (2 * SEALED_PIECE, 3 * SEALED_PIECE - 1, 0):
            path.write_bytes(path.read_bytes()[:length])

            with pytest.raises(FileDamagedError):
                next(unseal_file(file))

    def test_a_missing_file_is_refused(self) -> None:
        file = a_file(b"x")
        remove_file(file.file_id)

        with pytest.raises(FileDamagedError):
            next(unseal_file(file))

    def test_exchanged_pieces_are_refused(self, folder: Path) -> None:
        file = a_file(some_bytes(2 * PIECE_BYTES))
        path = path_of(folder, file)
        sealed = path.read_bytes()
        path.write_bytes(sealed[SEALED_PIECE:] + sealed[:SEALED_PIECE])

        with pytest.raises(FileDamagedError):
            next(unseal_file(file))

    def test_a_changed_byte_is_refused_before_a_byte_of_its_piece_leaves(
        self, folder: Path
    ) -> None:
        file = a_file(some_bytes(2 * PIECE_BYTES))
        path = path_of(folder, file)
        sealed = bytearray(path.read_bytes())
        sealed[SEALED_PIECE + 100] ^= 1
        path.write_bytes(sealed)
        pieces = unseal_file(file)

        first = next(pieces)
        with pytest.raises(FileDamagedError):
            next(pieces)

        assert len(first) == PIECE_BYTES

    @pytest.mark.parametrize("variant", [Variant.CONTENT, Variant.THUMBNAIL])
    def test_a_piece_of_another_file_or_variant_is_refused(
        self, folder: Path, variant: Variant
    ) -> None:
        key = new_file_key()
        one, other = (
            SealedFile(file_id=uuid7(), variant=kind, size_bytes=4, key=key)
            for kind in (Variant.CONTENT, variant)
        )
        seal_file(one, b"mine")
        seal_file(other, b"hers")
        path_of(folder, one).write_bytes(path_of(folder, other).read_bytes())

        with pytest.raises(FileDamagedError):
            read(one)

    def test_a_piece_of_a_longer_file_with_the_same_beginning_is_refused(
        self, folder: Path
    ) -> None:
        long = a_file(some_bytes(2 * PIECE_BYTES))
        short = SealedFile(
            file_id=long.file_id, variant=long.variant, size_bytes=PIECE_BYTES, key=long.key
        )
        path = path_of(folder, long)
        path.write_bytes(path.read_bytes()[:SEALED_PIECE])

        with pytest.raises(FileDamagedError):
            read(short)

    def test_another_key_opens_nothing(self) -> None:
        file = a_file(b"words")
        other = SealedFile(
            file_id=file.file_id, variant=file.variant, size_bytes=5, key=new_file_key()
        )

        with pytest.raises(FileDamagedError):
            read(other)


class TestStreams:
    @given(size=SIZES, part=st.integers(1, 3 * PIECE_BYTES))
    @hypothesis_settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def test_what_came_in_parts_is_read_again_whole_and_from_the_middle(
        self, size: int, part: int
    ) -> None:
        data, key = some_bytes(size), new_file_key()
        parts = (data[start : start + max(part, 1000)] for start in range(0, size, max(part, 1000)))

        stream = seal_stream(uuid7(), key, parts)

        assert stream.size_bytes == size
        assert read(stream) == data
        assert b"".join(unseal_file(stream, size // 3, size)) == data[size // 3 :]

    @pytest.mark.control("8.24")
    def test_a_stream_that_was_cut_at_a_piece_is_refused(self, folder: Path) -> None:
        long = seal_stream(uuid7(), new_file_key(), [some_bytes(2 * PIECE_BYTES + 5)])
        short = SealedStream(file_id=long.file_id, key=long.key, size_bytes=2 * PIECE_BYTES)
        path = path_of(folder, long)
        path.write_bytes(path.read_bytes()[: 2 * SEALED_PIECE])

        with pytest.raises(FileDamagedError):
            read(short)

    @pytest.mark.control("8.24")
    def test_its_pieces_cannot_change_places(self, folder: Path) -> None:
        stream = seal_stream(uuid7(), new_file_key(), [some_bytes(3 * PIECE_BYTES)])
        path = path_of(folder, stream)
        data = path.read_bytes()
        path.write_bytes(
            data[SEALED_PIECE : 2 * SEALED_PIECE] + data[:SEALED_PIECE] + data[2 * SEALED_PIECE :]
        )

        with pytest.raises(FileDamagedError):
            read(stream)

    def test_no_more_than_a_piece_and_a_part_is_held_while_it_comes(self) -> None:
        tracemalloc.start()
        parts = (bytes(64 * 1024) for _ in range(400))

        stream = seal_stream(uuid7(), new_file_key(), parts)

        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert stream.size_bytes == 400 * 64 * 1024
        assert most < 4 * 1024 * 1024


class TestTheFolder:
    def test_only_sealed_bytes_reach_the_disk(self, folder: Path) -> None:
        canary = "鶴見橋の写真".encode()
        a_file(canary * 50_000)

        kept = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]

        assert len(kept) == 1
        assert canary not in kept[0]

    def test_a_write_that_breaks_off_leaves_nothing(self, folder: Path) -> None:
        def breaking() -> Iterator[bytes]:
            yield b"some"
            raise OSError("No space left on device")

        with pytest.raises(OSError, match="space"):
            blobs().write(uuid7(), "content", breaking())

        assert [path for path in folder.rglob("*") if path.is_file()] == []

    def test_the_files_are_their_owners_alone(self, folder: Path) -> None:
        path = path_of(folder, a_file(b"x"))

        assert path.stat().st_mode & 0o077 == 0
        for folder_above in (path.parent, path.parent.parent, folder):
            assert folder_above.stat().st_mode & 0o077 == 0

    def test_who_asks_how_large_a_file_is_while_it_goes_is_told_a_size_or_nothing(self) -> None:
        file_id, is_over = uuid7(), threading.Event()

        def comes_and_goes() -> None:
            for _ in range(300):
                blobs().write(file_id, Variant.CONTENT, [b"."])
                blobs().remove(file_id, Variant.CONTENT)
            is_over.set()

        with ThreadPoolExecutor(1) as pool:
            going = pool.submit(comes_and_goes)
            sizes = set()
            while not (is_over.is_set() or going.done()):
                sizes.add(blobs().size(file_id, Variant.CONTENT))
            going.result()

        assert sizes == {0, 1}

    def test_removing_takes_every_variant_and_may_come_twice(self, folder: Path) -> None:
        file = a_file(b"x")
        thumbnail = SealedFile(
            file_id=file.file_id, variant=Variant.THUMBNAIL, size_bytes=1, key=file.key
        )
        seal_file(thumbnail, b"y")

        remove_file(file.file_id)
        remove_file(file.file_id)

        assert [path for path in folder.rglob("*") if path.is_file()] == []
