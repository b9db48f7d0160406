"""The root key and the bus key as files, 0400, outside data and backups. No Django here.

`KEY_URL` names where the root lies; a key service (Vault transit, a cloud's KMS) will answer the
same two questions: wrap and unwrap a facility's key.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

import os
from functools import lru_cache
from pathlib import Path

import tink
from tink import aead

from carestation.vault.disk import keep_names
from carestation.vault.sealing import (
    keyset_from,
    keyset_text,
    new_sealing_keyset,
    sealing_primitive,
)


def ensure_key_file(url: str) -> None:
    """Make the key that a `file://` URL names, if there is none yet; readable by its owner alone.

    Raises:
        ValueError: the URL is of a kind that we do not know.
    """
    path = path_of(url)
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_key_file(path, new_sealing_keyset())


def write_key_file(path: Path, keyset: tink.KeysetHandle) -> None:
    """Keep a keyset as a file, complete or not at all; it is on disk after."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "w") as file:
        file.write(keyset_text(keyset))
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    keep_names(path.parent)


def key_from_file(url: str) -> aead.Aead:
    """Return the key that a `file://` URL names; read again when the file was changed.

    Raises:
        FileNotFoundError: it is not there.
        ValueError: the URL is of a kind that we do not know.
    """
    # Hot (benchmarks/posts.py): each push asks whether the key of the bus is still the same.
    stat = path_of(url).stat()
    return _key_at(url, stat.st_mtime_ns, stat.st_ino)


@lru_cache(maxsize=4)
def _key_at(url: str, _changed_ns: int, _inode: int) -> aead.Aead:
    return sealing_primitive(keyset_from(path_of(url).read_text()))


@lru_cache(maxsize=16)
def path_of(url: str) -> Path:
    """Return the path of a `file://` URL.

    Raises:
        ValueError: the URL is of another kind.
    """
    kind, _, path = url.partition("://")
    if kind != "file" or not path:
        message = f"KEY_URL must be file://…, not “{kind}://”."
        raise ValueError(message)
    return Path(path)
