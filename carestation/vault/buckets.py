"""Sealed bytes in an S3-compatible store: the same calls as a folder, for several nodes.

What is large goes in parts, and stands there when the last has come, or not at all.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

from obstore import open_writer
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from carestation.vault.bucket_url import read_url
from carestation.vault.storing import StoreAwayError
from carestation.vault.unfinished import OURS, end_unfinished

if TYPE_CHECKING:
    from obstore.store import ClientConfig

PART_BYTES: Final = 8 * 1024 * 1024
PARTS_AT_ONCE: Final = 2
PROBE: Final = "carestation"
# A request may last so long; /ready and the start ask shortly.
ANSWER: Final = timedelta(seconds=20)
PATIENCE: Final = timedelta(seconds=3)
SHORT_ANSWER: Final = timedelta(seconds=1)


class BucketBlobs:
    """A bucket; names spread by the last two bytes of an id, as folders do."""

    def __init__(self, url: str) -> None:
        self._place = read_url(url)
        self._store = self._opened(ANSWER, retries=2)
        self._asked = self._opened(SHORT_ANSWER, retries=0)

    def write(self, blob_id: UUID, variant: str, parts: Iterable[bytes]) -> None:
        """Keep the parts; the store has them when this returns."""
        # Parts are made between the calls and not within one: who makes them may read here too.
        begin, coming = bytearray(), iter(parts)
        while len(begin) <= PART_BYTES and (part := next(coming, None)) is not None:
            begin += part
        if len(begin) > PART_BYTES:
            self._write_large(_name(blob_id, variant), chain([bytes(begin)], coming))
            return
        with _as_ours():
            self._store.put(_name(blob_id, variant), bytes(begin))

    def _write_large(self, name: str, parts: Iterable[bytes]) -> None:
        writer = open_writer(
            self._store, name, buffer_size=PART_BYTES, max_concurrency=PARTS_AT_ONCE
        )
        for part in parts:
            with _as_ours(), _as_it_is():
                writer.write(part)
        # Left unclosed where a part could not be made, it keeps nothing.
        with _as_ours(), _as_it_is():
            writer.close()

    def read(self, blob_id: UUID, variant: str, start: int, length: int) -> bytes:
        """Return up to `length` bytes from `start`.

        Raises:
            FileNotFoundError: nothing is kept there.
        """
        with _as_ours():
            name = _name(blob_id, variant)
            return bytes(self._store.get_range(name, start=start, length=length))

    def size(self, blob_id: UUID, variant: str) -> int:
        """Return how many bytes are kept; 0 where there is nothing."""
        with _as_ours():
            try:
                return int(self._store.head(_name(blob_id, variant))["size"])
            except FileNotFoundError:
                return 0

    def remove(self, blob_id: UUID, variant: str) -> None:
        """Forget it."""
        with _as_ours():
            self._store.delete(_name(blob_id, variant))

    def names(self, before: datetime | None = None) -> Iterator[tuple[UUID, str]]:
        """Yield what is ours of what is kept; the store tells a thousand names at a time."""
        with _as_ours():
            for page in self._store.list():
                for one in page:
                    is_old = before is None or one["last_modified"] < before
                    if is_old and OURS.fullmatch(one["path"]):
                        name, _, variant = one["path"].rpartition("/")[2].partition(".")
                        yield UUID(hex=name), variant

    def end_unfinished(self, before: datetime) -> int:
        """End what somebody who was killed has begun in parts; the store lists no such file."""
        return end_unfinished(self._place, before)

    def prepare(self) -> None:
        """See that the bucket takes and gives: what is written stays, for `check`."""
        with _as_ours():
            self._store.put(PROBE, b"")
            self._store.head(PROBE)

    def check(self) -> None:
        """See that the bucket answers, and that it was prepared."""
        with _as_ours():
            try:
                self._asked.head(PROBE)
            except FileNotFoundError as error:
                raise StoreAwayError("the store of files does not know us") from error

    def _opened(self, answer: timedelta, *, retries: int) -> S3Store:
        place, client = self._place, _trusting({"allow_http": not self._place.is_tls})
        return S3Store(
            place.bucket,
            prefix=place.folder or None,
            endpoint=place.endpoint,
            region=place.region,
            access_key_id=place.key,
            secret_access_key=place.secret,
            virtual_hosted_style_request=False,
            client_options=client | {"timeout": answer, "connect_timeout": min(answer, PATIENCE)},
            retry_config={"max_retries": retries, "retry_timeout": answer},
        )


def _trusting(client: "ClientConfig") -> "ClientConfig":
    # SSL_CERT_FILE in the surroundings names an authority of one's own, as for all others.
    paths = ssl.get_default_verify_paths()
    if paths.cafile and paths.cafile != paths.openssl_cafile:
        return client | {"root_certificate": Path(paths.cafile).read_bytes()}
    return client


@contextmanager
def _as_it_is() -> Iterator[None]:
    # A writer tells what happened to it as a system tells of its disk.
    try:
        yield
    except OSError as error:
        raise BaseError from error


@contextmanager
def _as_ours() -> Iterator[None]:
    try:
        yield
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise StoreAwayError("the store of files does not let us in") from error
    except BaseError as error:
        # Its own words hold addresses and names of files.
        raise StoreAwayError("the store of files does not answer") from error


def _name(blob_id: UUID, variant: str) -> str:
    return f"{blob_id.hex[-2:]}/{blob_id.hex}.{variant}"
