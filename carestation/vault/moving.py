"""Moving the root from one place to another: the stages of a rotation, and two places.

Every process opens with both before it begins, since its surroundings name both. At the end the
former place has a key that has never wrapped anything, and no other.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from collections.abc import Iterator
from typing import Final

import tink
from django.conf import settings

from carestation.kernel.errors import Conflict
from carestation.vault.holders import Root
from carestation.vault.levels import RootTurning
from carestation.vault.models import OwnerKey, Rotation
from carestation.vault.roots import mark_of, root_at
from carestation.vault.sealing import unwrap

PROBE: Final = b"whether two places hold one root"


def ensure_next(moves_to: str) -> None:
    """Make a root at the place to which it is to move, where there is none.

    Raises:
        Conflict: the surroundings name another place, or none (reason `elsewhere`); or it is the
            very root that is to move, under another address (reason `same`).
        KeyServiceError: it cannot be asked.
    """
    if moves_to != settings.KEY_URL_NEXT or moves_to == settings.KEY_URL:
        raise Conflict("elsewhere")
    there = root_at(moves_to)
    if not there.is_there():
        there.make()
    _require_another(root_at(settings.KEY_URL), there)


class RootMoving(RootTurning):
    """The next place wraps the keys of owners, where the former one has."""

    def __init__(self, rotation: Rotation) -> None:
        super().__init__(rotation)
        if mark_of(settings.KEY_URL_NEXT) != bytes(rotation.moves_to or b""):
            raise Conflict("elsewhere")
        self._former, self._next = root_at(settings.KEY_URL), root_at(settings.KEY_URL_NEXT)

    def add(self) -> Iterator[int]:
        """Do nothing: it was made when the move began; now every process is given time."""
        yield 1

    def promote(self) -> Iterator[int]:
        """Do nothing: that this stage was reached is what lets the next place wrap."""
        yield 0

    def drop(self) -> Iterator[int]:
        """Leave the former place a key that has wrapped nothing."""
        _require_another(self._former, self._next)
        self._former.add()
        self._former.promote()
        self._former.drop()
        yield 1

    def _is_done(self, row: OwnerKey) -> bool:
        bound_to = OwnerKey.bound_to(row.owner_id, row.version)
        try:
            unwrap(bytes(row.wrapped), self._next.key(), bound_to)
        except tink.TinkError:
            return False
        return True


def _require_another(former: Root, following: Root) -> None:
    # Dropping the former one would drop the one that is to stay.
    made = following.key().encrypt(PROBE, b"")
    if not former.knows(made):
        return
    try:
        former.key().decrypt(made, b"")
    except tink.TinkError:
        return
    raise Conflict("same")
