"""The root: what wraps the keys of facilities, wherever KEY_URL says that it lies.

Where KEY_URL_NEXT names another place, the root moves there: what either of them wrapped opens,
and what is wrapped from the moment on at which a rotation says so, the next one wraps.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

import hashlib

import tink
from django.conf import settings
from tink import aead

from carestation.vault.choices import Level, Stage
from carestation.vault.holders import FileRoot, Root
from carestation.vault.keyfiles import path_of
from carestation.vault.models import Rotation
from carestation.vault.sealing import keyset_from
from carestation.vault.transit import SCHEME, TransitRoot


class MovingRoot:
    """A root on its way from one place to another."""

    def __init__(self, here: Root, there: Root) -> None:
        self._here, self._there = here, there

    def is_there(self) -> bool:
        """Whether what wraps now can be asked."""
        return self._wraps().is_there()

    def make(self) -> None:
        """Make it where it begins."""
        self._here.make()

    def key(self) -> aead.Aead:
        """Return what wraps, and unwraps what either of the two places wrapped."""
        other = self._here if self._wraps() is self._there else self._there
        return EitherKey(self._wraps(), other)

    def knows(self, ciphertext: bytes) -> bool:
        """Whether one of the two places may have wrapped this."""
        return self._here.knows(ciphertext) or self._there.knows(ciphertext)

    def wrapped_newest(self, wrapped: bytes) -> bool:
        """Whether a wrapped key stands under the newest key of what wraps now."""
        return self._wraps().wrapped_newest(wrapped)

    def add(self) -> None:
        """Make one more key where it is wrapped now."""
        self._wraps().add()

    def promote(self) -> None:
        """Wrap with the newest key there."""
        self._wraps().promote()

    def drop(self) -> None:
        """Forget all other keys there."""
        self._wraps().drop()

    def _wraps(self) -> Root:
        return self._there if _is_moved() else self._here


class EitherKey(aead.Aead):  # type: ignore[misc]  # Tink has no types
    """Wraps with one place, opens with the one that wrapped."""

    def __init__(self, wraps: Root, other: Root) -> None:
        self._wraps, self._other = wraps, other

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
        """Return what the place that wraps makes of it."""
        return bytes(self._wraps.key().encrypt(plaintext, associated_data))

    def decrypt(self, ciphertext: bytes, associated_data: bytes) -> bytes:
        """Return what it was; a place that cannot have wrapped it is not asked.

        Raises:
            tink.TinkError: neither place opens it.
        """
        asked = [one for one in (self._wraps, self._other) if one.knows(ciphertext)]
        for place in asked[:-1]:
            try:
                return bytes(place.key().decrypt(ciphertext, associated_data))
            except tink.TinkError:
                continue
        if not asked:
            raise tink.TinkError("Neither place knows the key that wrapped it.")
        return bytes(asked[-1].key().decrypt(ciphertext, associated_data))


def has_written_root() -> bool:
    """Whether the root is a file."""
    return not settings.KEY_URL.startswith(f"{SCHEME}://")


def written_root() -> tink.KeysetHandle:
    """Return the root's keyset, where it is a file: for shares on paper.

    Raises:
        ValueError: it lies elsewhere.
    """
    return keyset_from(path_of(settings.KEY_URL).read_text())


def root() -> Root:
    """Return the root that KEY_URL names, on its way where KEY_URL_NEXT names another place.

    Raises:
        ValueError: the URL is of a kind that we do not know.
    """
    here = root_at(settings.KEY_URL)
    if settings.KEY_URL_NEXT in {"", settings.KEY_URL}:
        return here
    return MovingRoot(here, root_at(settings.KEY_URL_NEXT))


def root_at(url: str) -> Root:
    """Return the root that lies at an address.

    Raises:
        ValueError: the URL is of a kind that we do not know.
    """
    if url.startswith(f"{SCHEME}://"):
        return TransitRoot(url, settings.KEY_TOKEN_FILE)
    return FileRoot(url)


def mark_of(url: str) -> bytes:
    """Return by what a place is known again in the row of the rotation that moves a root there."""
    return hashlib.sha256(url.encode()).digest()


def _is_moved() -> bool:
    """Whether the next place wraps already: where a root went last, every process opens with it."""
    moves = Rotation.objects.filter(level=Level.ROOT, moves_to__isnull=False)
    last = moves.order_by("-began_at").first()
    if last is None or last.moves_to is None or last.stage == Stage.ADD:
        return False
    return bytes(last.moves_to) == mark_of(settings.KEY_URL_NEXT)
