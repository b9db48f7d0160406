"""Tink and nothing else: no Django here, live uses it too.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final
from uuid import UUID

import tink
from tink import aead, prf, secret_key_access

from carestation.kernel.pushes import Push

aead.register()
prf.register()
BUS: Final = b"carestation bus 1"
FORMAT: Final = b"1"
DERIVED_BYTES: Final = 32
BLINDED_BYTES: Final = 8
_UUID_LENGTH: Final = (16).to_bytes(2, "big")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands: it opens there and nowhere else."""

    table: str
    column: str
    row_id: UUID

    def bound_to(self, scope_id: UUID) -> bytes:
        """Return the associated data: each part behind its length, so none runs into another."""
        # Hot (benchmarks/pages.py): a page opens eighty values; only the ids differ.
        start = _start_of(self.table, self.column)
        return start + _UUID_LENGTH + self.row_id.bytes + _UUID_LENGTH + scope_id.bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The opened keys of one scope."""

    scope_id: UUID
    aead: aead.Aead
    prf_set: prf.PrfSet

    def seal(self, text: str, place: Place) -> bytes:
        """Seal what a person typed; it opens at this place only."""
        return bytes(self.aead.encrypt(text.encode(), place.bound_to(self.scope_id)))

    def unseal(self, sealed: bytes | memoryview, place: Place) -> str:
        """Open what was sealed at this place.

        Raises:
            tink.TinkError: it was sealed elsewhere, or changed.
        """
        return str(self.aead.decrypt(bytes(sealed), place.bound_to(self.scope_id)), "utf-8")

    def seal_bytes(self, data: bytes, place: Place) -> bytes:
        """Seal bytes (a key, a state) at a place."""
        return bytes(self.aead.encrypt(data, place.bound_to(self.scope_id)))

    def unseal_bytes(self, sealed: bytes | memoryview, place: Place) -> bytes:
        """Open bytes that were sealed at this place.

        Raises:
            tink.TinkError: they were sealed elsewhere, or changed.
        """
        return bytes(self.aead.decrypt(bytes(sealed), place.bound_to(self.scope_id)))

    def derive(self, text: str, purpose: str) -> bytes:
        """Return 32 bytes that only this scope's key makes of a text: for equality look-ups."""
        data = purpose.encode() + b"\x00" + text.encode()
        return bytes(self.prf_set.primary().compute(data, DERIVED_BYTES))

    def blind(self, texts: Iterable[str], purpose: str) -> list[int]:
        """Return a number for each text that only this scope's key makes: for an index of many."""
        return _blinded(self.prf_set.primary(), texts, purpose)

    def blind_by_each(self, texts: Sequence[str], purpose: str) -> list[list[int]]:
        """Return the same by each key that the scope has: while keys change, there are two."""
        return [_blinded(one, texts, purpose) for one in self.prf_set.all().values()]


def new_sealing_keyset() -> tink.KeysetHandle:
    """Return a keyset with one fresh AES-256-GCM key."""
    return tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)


def new_deriving_keyset() -> tink.KeysetHandle:
    """Return a keyset with one fresh HMAC-SHA-256 key."""
    return tink.new_keyset_handle(prf.prf_key_templates.HMAC_SHA256)


def keyset_from(text: str) -> tink.KeysetHandle:
    """Return the keyset that is written out in `text` (root and bus keys only)."""
    return tink.json_proto_keyset_format.parse(text, secret_key_access.TOKEN)


def keyset_text(keyset: tink.KeysetHandle) -> str:
    """Write a keyset out (root and bus keys only)."""
    return str(tink.json_proto_keyset_format.serialize(keyset, secret_key_access.TOKEN))


def key_ids_of(keyset: tink.KeysetHandle) -> list[int]:
    """Return the ids of a keyset's keys, the first one first: they stand before what they seal."""
    return [key.key_id for key in keyset.keyset_info().key_info]


def wrap(keyset: tink.KeysetHandle, wrapping: aead.Aead, bound_to: bytes) -> bytes:
    """Return a keyset that only the wrapping key opens, and only for its owner."""
    return bytes(tink.proto_keyset_format.serialize_encrypted(keyset, wrapping, bound_to))


def unwrap(wrapped: bytes, wrapping: aead.Aead, bound_to: bytes) -> tink.KeysetHandle:
    """Return the keyset again.

    Raises:
        tink.TinkError: another key, another owner, or changed.
    """
    return tink.proto_keyset_format.parse_encrypted(wrapped, wrapping, bound_to)


def sealing_primitive(keyset: tink.KeysetHandle) -> aead.Aead:
    """Return what seals and opens."""
    return keyset.primitive(aead.Aead)


def deriving_primitive(keyset: tink.KeysetHandle) -> prf.PrfSet:
    """Return what derives."""
    return keyset.primitive(prf.PrfSet)


def seal_push(push: Push, bus_key: aead.Aead) -> bytes:
    """Seal a push for the bus."""
    return bytes(bus_key.encrypt(push.to_bytes(), BUS))


def open_push(message: bytes, bus_key: aead.Aead) -> Push:
    """Open a push from the bus.

    Raises:
        tink.TinkError: not sealed with the key of the bus.
    """
    return Push.from_bytes(bus_key.decrypt(message, BUS))


def heard_push(message: bytes, bus_key: aead.Aead) -> Push | None:
    """Open what came over the bus; None: it is no push, or not sealed with the key of the bus."""
    try:
        return open_push(message, bus_key)
    except (tink.TinkError, ValueError, TypeError):
        return None


def _blinded(key: prf.Prf, texts: Iterable[str], purpose: str) -> list[int]:
    # Hot (benchmarks/search.py): a hundred texts a post. As PostgreSQL's bigint.
    start, compute = purpose.encode() + b"\x00", key.compute
    read = int.from_bytes
    return [
        read(compute(start + text.encode(), BLINDED_BYTES), "big", signed=True) for text in texts
    ]


@cache
def _start_of(table: str, column: str) -> bytes:
    """Return the parts that all values of a column share, each behind its length."""
    parts = (FORMAT, table.encode(), column.encode())
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)
