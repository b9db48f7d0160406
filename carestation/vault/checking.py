"""Whether every key opens: the owners' under the root, the scopes' under their owners'.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import tink
from django.db import transaction

from carestation.vault.keysets import algorithm_of
from carestation.vault.models import OwnerKey, Scope
from carestation.vault.scopes import forget_all, opened_keysets, opened_owner_key
from carestation.vault.sealing import key_ids_of, new_deriving_keyset, new_sealing_keyset

BATCH_SIZE: Final = 1_000
NONE: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was tried, and the ids of what did not open or is of another kind."""

    owners: int
    scopes: int
    closed: tuple[UUID, ...]


def check_keys() -> Check:
    """Open every key there is, batch by batch; what was opened before counts for nothing."""
    forget_all()
    owners, scopes = 0, 0
    closed: list[UUID] = []
    for owner in OwnerKey.objects.order_by("pk").iterator(BATCH_SIZE):
        owners += 1
        if not _owner_opens(owner):
            closed.append(owner.pk)
    for scope in _scopes():
        scopes += 1
        if not _scope_opens(scope):
            closed.append(scope.pk)
    return Check(owners=owners, scopes=scopes, closed=tuple(closed))


def newest_owner_opens() -> bool:
    """Whether the root opens the key of the owner that came last; where there is none, it does.

    Raises:
        KeyServiceError: it cannot be asked.
    """
    newest = OwnerKey.objects.order_by("pk").last()
    return newest is None or _owner_opens(newest)


def note_key_ids() -> int:
    """Write down the ids of the keys of scopes from before these were kept; return how many.

    In batches, each a transaction of its own.
    """
    count = 0
    while batch := _note_batch():
        count += batch
    return count


@transaction.atomic
def _note_batch() -> int:
    unknown = Scope.objects.select_for_update(of=("self",)).select_related("owner_key")
    rows = list(unknown.filter(key_ids=[]).order_by("pk")[:BATCH_SIZE])
    for row in rows:
        row.key_ids = key_ids_of(opened_keysets(row)[0])
    Scope.objects.bulk_update(rows, ["key_ids"])
    return len(rows)


def _scopes() -> Iterator[Scope]:
    # The operator's own has the nil id, so the first batch begins at it, not after it.
    rows = list(Scope.objects.select_related("owner_key").order_by("pk")[:BATCH_SIZE])
    while rows:
        yield from rows
        later = Scope.objects.select_related("owner_key").filter(pk__gt=rows[-1].pk)
        rows = list(later.order_by("pk")[:BATCH_SIZE])


def _owner_opens(row: OwnerKey) -> bool:
    try:
        opened_owner_key(row)
    except tink.TinkError:
        return False
    return True


def _scope_opens(row: Scope) -> bool:
    try:
        keysets = opened_keysets(row)
    except tink.TinkError:
        return False
    made = (new_sealing_keyset(), new_deriving_keyset())
    return [algorithm_of(one) for one in keysets] == [algorithm_of(one) for one in made]
