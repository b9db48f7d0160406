"""Who can hold the root, what each of them answers, and the one that is a file.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from typing import Final, Protocol

import tink
from tink import aead

from carestation.vault.keyfiles import ensure_key_file, key_from_file, path_of, write_key_file
from carestation.vault.keysets import primary_alone, promoted, sealed_part, with_new_key
from carestation.vault.sealing import key_ids_of, keyset_from, new_sealing_keyset
from carestation.vault.transit import MADE_THERE

KEY_ID: Final = slice(1, 5)


def root_key_of(wrapped: bytes) -> str:
    """Return which key of a root wrapped this: its id in a file's keyset, its version elsewhere."""
    made = sealed_part(wrapped)
    if made.startswith(MADE_THERE):
        return made[len(MADE_THERE) - 1 :].partition(b":")[0].decode()
    return made[KEY_ID].hex()


class Root(Protocol):
    """What a place for the root can do; a cloud's key service answers the same calls."""

    def is_there(self) -> bool:
        """Whether it can be asked at all."""

    def make(self) -> None:
        """Make it, where there is none."""

    def key(self) -> aead.Aead:
        """Return what wraps and unwraps."""

    def knows(self, ciphertext: bytes) -> bool:
        """Whether it may have wrapped this; said without asking anybody."""

    def wrapped_newest(self, wrapped: bytes) -> bool:
        """Whether a wrapped key stands under the root's newest key."""

    def add(self) -> None:
        """Make one more key, unless one waits already; a second time changes nothing."""

    def promote(self) -> None:
        """Wrap with the newest key from now on."""

    def drop(self) -> None:
        """Forget all keys but the one that wraps."""


class FileRoot:
    """A keyset in a file, 0400, outside data and backups."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._path = path_of(url)

    def is_there(self) -> bool:
        """Whether the file is there."""
        return self._path.exists()

    def make(self) -> None:
        """Make the file."""
        ensure_key_file(self._url)

    def key(self) -> aead.Aead:
        """Return what wraps and unwraps."""
        return key_from_file(self._url)

    def knows(self, ciphertext: bytes) -> bool:
        """Whether a key of the file wrapped this."""
        key_id = int.from_bytes(ciphertext[KEY_ID])
        return self._path.exists() and key_id in key_ids_of(self._keyset())

    def wrapped_newest(self, wrapped: bytes) -> bool:
        """Whether a wrapped key stands under the newest key of the file."""
        return int.from_bytes(sealed_part(wrapped)[KEY_ID]) == key_ids_of(self._keyset())[-1]

    def add(self) -> None:
        """Put one more key into the file."""
        self._write(with_new_key(self._keyset(), new_sealing_keyset()))

    def promote(self) -> None:
        """Wrap with the newest key from now on."""
        self._write(promoted(self._keyset()))

    def drop(self) -> None:
        """Leave the key that wraps alone in the file."""
        self._write(primary_alone(self._keyset()))

    def _keyset(self) -> tink.KeysetHandle:
        return keyset_from(self._path.read_text())

    def _write(self, keyset: tink.KeysetHandle) -> None:
        write_key_file(self._path, keyset)
