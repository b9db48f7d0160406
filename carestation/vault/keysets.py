"""What can be done with a keyset besides using it: Tink for Python has no manager of keys.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from dataclasses import dataclass
from typing import Final

import tink
from tink import aead, secret_key_access
from tink.proto import aes_gcm_pb2, hmac_prf_pb2, tink_pb2

BITS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Algorithm:
    """What a key computes. `type_url`: as Tink calls it; `key_bits`: the length of the key."""

    name: str
    type_url: str
    key_bits: int


def algorithm_of(keyset: tink.KeysetHandle) -> Algorithm:
    """Return what a keyset's first key computes, from the key itself.

    Raises:
        ValueError: it is of no kind that we make.
    """
    data = _opened(keyset).key[0].key_data
    type_url = data.type_url.rpartition("/")[2]
    if type_url == "google.crypto.tink.AesGcmKey":
        length = len(aes_gcm_pb2.AesGcmKey.FromString(data.value).key_value) * BITS
        return Algorithm(name=f"AES-{length}-GCM", type_url=type_url, key_bits=length)
    if type_url == "google.crypto.tink.HmacPrfKey":
        key = hmac_prf_pb2.HmacPrfKey.FromString(data.value)
        length = len(key.key_value) * BITS
        return Algorithm(name="HMAC-SHA-256", type_url=type_url, key_bits=length)
    message = f"A key of an unknown kind: {type_url}."
    raise ValueError(message)


def with_new_key(keyset: tink.KeysetHandle, fresh: tink.KeysetHandle) -> tink.KeysetHandle:
    """Return a keyset that opens with one more key, and seals with the same one as before.

    One that has a key waiting to be promoted stays as it is: the same step may come twice.
    """
    keys = _opened(keyset)
    if keys.primary_key_id != keys.key[-1].key_id:
        return keyset
    added = _opened(fresh).key[0]
    while added.key_id in {one.key_id for one in keys.key}:
        added.key_id = (added.key_id + 1) % 2**32
    keys.key.append(added)
    return _closed(keys)


def promoted(keyset: tink.KeysetHandle) -> tink.KeysetHandle:
    """Return a keyset that seals with its newest key."""
    keys = _opened(keyset)
    keys.primary_key_id = keys.key[-1].key_id
    return _closed(keys)


def primary_alone(keyset: tink.KeysetHandle) -> tink.KeysetHandle:
    """Return a keyset without any key but the one that seals."""
    keys = _opened(keyset)
    kept = [one for one in keys.key if one.key_id == keys.primary_key_id]
    del keys.key[:]
    keys.key.extend(kept)
    return _closed(keys)


def primary_of(keyset: tink.KeysetHandle) -> tuple[int, bytes]:
    """Return the id and the bytes of the AES-256-GCM key that seals (of a root, for paper)."""
    keys = _opened(keyset)
    key = next(one for one in keys.key if one.key_id == keys.primary_key_id)
    return key.key_id, bytes(aes_gcm_pb2.AesGcmKey.FromString(key.key_data.value).key_value)


def sealing_keyset_of(key_id: int, key: bytes) -> tink.KeysetHandle:
    """Return a keyset with one AES-256-GCM key of these bytes, under this id."""
    keys = _opened(tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM))
    made = aes_gcm_pb2.AesGcmKey.FromString(keys.key[0].key_data.value)
    made.key_value = key
    keys.key[0].key_data.value = made.SerializeToString()
    keys.key[0].key_id = keys.primary_key_id = key_id
    return _closed(keys)


def sealed_part(wrapped: bytes) -> bytes:
    """Return of a wrapped keyset what the wrapping key made: its id stands in front."""
    return bytes(tink_pb2.EncryptedKeyset.FromString(wrapped).encrypted_keyset)


def _closed(keys: tink_pb2.Keyset) -> tink.KeysetHandle:
    return tink.proto_keyset_format.parse(keys.SerializeToString(), secret_key_access.TOKEN)


def _opened(keyset: tink.KeysetHandle) -> tink_pb2.Keyset:
    written = tink.proto_keyset_format.serialize(keyset, secret_key_access.TOKEN)
    return tink_pb2.Keyset.FromString(written)
