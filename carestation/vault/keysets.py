"""What can be done with a keyset besides using it: Tink for Python has no manager of keys.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from dataclasses import dataclass
from typing import Final

import tink
from tink import secret_key_access
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


def _opened(keyset: tink.KeysetHandle) -> tink_pb2.Keyset:
    written = tink.proto_keyset_format.serialize(keyset, secret_key_access.TOKEN)
    return tink_pb2.Keyset.FromString(written)
