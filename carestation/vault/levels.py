"""What each stage of a rotation does, level by level.

A batch of keys is one transaction together with how far it came, so a rotation that was killed
goes on where it stood; what is not counted may be done twice.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from collections.abc import Callable, Iterator
from typing import Final, Protocol, TypeVar

import tink
from django.db import transaction
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.utils import timezone

from carestation.factlog.commands import announce
from carestation.vault.choices import Level
from carestation.vault.facts import GroupKeysTurned
from carestation.vault.keysets import primary_alone, promoted, with_new_key
from carestation.vault.models import OwnerKey, Rotation, Scope, ScopeKind
from carestation.vault.resealing import Look, look_through
from carestation.vault.roots import root
from carestation.vault.scopes import forget_all, opened_keysets, wrap_bundle
from carestation.vault.sealing import (
    key_ids_of,
    new_deriving_keyset,
    new_sealing_keyset,
    unwrap,
    wrap,
)

BATCH_SIZE: Final = 200
# What is derived under a group's key can be derived anew from what is sealed under it. Of a
# person, a facility and the operator that is not so (decision 0111): theirs derive for good.
GROUPS: Final = (ScopeKind.PATIENT_GROUP, ScopeKind.FREE_GROUP, ScopeKind.DIRECT_TALK)
M = TypeVar("M", bound=Model)
Change = Callable[[tink.KeysetHandle, tink.KeysetHandle], tink.KeysetHandle]


class Turning(Protocol):
    """How the keys of one level turn; each call goes through all of them and yields per batch."""

    def add(self) -> Iterator[int]:
        """Add keys that open and do not seal yet."""

    def promote(self) -> Iterator[int]:
        """Let them seal."""

    def tell(self) -> Iterator[int]:
        """Say of what is derived that it has to be derived anew."""

    def reseal(self) -> Iterator[Look]:
        """Seal anew what stands under earlier keys, once."""

    def drop(self) -> Iterator[int]:
        """Forget the earlier keys."""


class RootTurning:
    """The root wraps the keys of owners."""

    def __init__(self, rotation: Rotation) -> None:
        self._rotation = rotation

    def add(self) -> Iterator[int]:
        """Add a key to the root."""
        root().add()
        yield 1

    def promote(self) -> Iterator[int]:
        """Wrap with it."""
        root().promote()
        yield 1

    def tell(self) -> Iterator[int]:
        """Say nothing: nothing is derived under the root."""
        yield 0

    def reseal(self) -> Iterator[Look]:
        """Wrap owners' keys anew."""
        look = Look(column="vault_ownerkey.wrapped")
        for count in _batches(self._rotation, OwnerKey.objects.all(), self._wrap):
            look.found += count
            look.resealed += count
            yield look

    def drop(self) -> Iterator[int]:
        """Leave the root its newest key."""
        root().drop()
        yield 1

    def _wrap(self, rows: list[OwnerKey]) -> int:
        place = root()
        old = [row for row in rows if not self._is_done(row)]
        for row in old:
            bound_to = OwnerKey.bound_to(row.owner_id, row.version)
            keyset = unwrap(bytes(row.wrapped), place.key(), bound_to)
            row.wrapped = wrap(keyset, place.key(), bound_to)
        OwnerKey.objects.bulk_update(old, ["wrapped"])
        return len(old)

    def _is_done(self, row: OwnerKey) -> bool:
        return root().wrapped_newest(bytes(row.wrapped))


class FacilityTurning:
    """An owner's key wraps bundles. Which one is the newest is looked up at each use."""

    def __init__(self, rotation: Rotation) -> None:
        self._rotation = rotation

    def add(self) -> Iterator[int]:
        """Give owners one more key, which wraps the bundles of new scopes at once."""
        return _batches(self._rotation, self._newest(), self._add, by="owner_id")

    def promote(self) -> Iterator[int]:
        """Do nothing: the newest wraps already."""
        yield 0

    def tell(self) -> Iterator[int]:
        """Say nothing: nothing is derived under it."""
        yield 0

    def reseal(self) -> Iterator[Look]:
        """Wrap bundles anew, under their owners' newest keys."""
        scopes = Scope.objects.select_related("owner_key")
        if self._rotation.target_id is not None:
            scopes = scopes.filter(owner_key__owner_id=self._rotation.target_id)
        look = Look(column="vault_scope.sealing_wrapped")
        for count in _batches(self._rotation, scopes, self._rewrap):
            look.found += count
            look.resealed += count
            yield look

    def drop(self) -> Iterator[int]:
        """Forget the earlier keys of owners."""
        return _batches(self._rotation, self._newest(), self._drop, by="owner_id")

    def _newest(self) -> QuerySet[OwnerKey]:
        same = OwnerKey.objects.filter(owner_id=OuterRef("owner_id")).order_by("-version")
        newest = OwnerKey.objects.filter(pk=Subquery(same.values("pk")[:1]))
        target_id = self._rotation.target_id
        return newest if target_id is None else newest.filter(owner_id=target_id)

    def _add(self, rows: list[OwnerKey]) -> int:
        for row in rows:
            version = row.version + 1
            bound_to = OwnerKey.bound_to(row.owner_id, version)
            OwnerKey.objects.create(
                owner_id=row.owner_id,
                version=version,
                wrapped=wrap(new_sealing_keyset(), root().key(), bound_to),
                created_at=timezone.now(),
            )
        return len(rows)

    def _rewrap(self, rows: list[Scope]) -> int:
        owners = OwnerKey.objects.filter(owner_id__in={row.owner_key.owner_id for row in rows})
        newest = {one.owner_id: one for one in owners.order_by("version")}
        old = [row for row in rows if row.owner_key != newest[row.owner_key.owner_id]]
        for row in old:
            keysets = opened_keysets(row)
            row.owner_key = newest[row.owner_key.owner_id]
            wrap_bundle(row, *keysets)
        Scope.objects.bulk_update(old, ["owner_key", "sealing_wrapped", "deriving_wrapped"])
        return len(old)

    def _drop(self, rows: list[OwnerKey]) -> int:
        for row in rows:
            OwnerKey.objects.filter(owner_id=row.owner_id, version__lt=row.version).delete()
        return len(rows)


class ScopeTurning:
    """A scope's keys seal values, and derive what is looked up."""

    def __init__(self, rotation: Rotation) -> None:
        self._rotation = rotation

    def add(self) -> Iterator[int]:
        """Give scopes one more key that opens and does not seal yet."""
        return self._turn(with_new_key)

    def promote(self) -> Iterator[int]:
        """Let their newest keys seal."""
        return self._turn(lambda keyset, _: promoted(keyset))

    def tell(self) -> Iterator[int]:
        """Announce the groups whose derived values have to be derived anew."""
        return _batches(self._rotation, self._scopes().filter(kind__in=GROUPS), self._announce)

    def reseal(self) -> Iterator[Look]:
        """Seal values anew. Keys that this process opened before are forgotten first."""
        forget_all()
        return look_through(self._rotation.target_id)

    def drop(self) -> Iterator[int]:
        """Leave scopes the keys that seal and derive."""
        return self._turn(lambda keyset, _: primary_alone(keyset))

    def _scopes(self) -> QuerySet[Scope]:
        target_id = self._rotation.target_id
        every = Scope.objects.select_related("owner_key")
        return every if target_id is None else every.filter(pk=target_id)

    def _turn(self, change: Change) -> Iterator[int]:
        def turn(rows: list[Scope]) -> int:
            for row in rows:
                sealing, deriving = opened_keysets(row)
                sealing = change(sealing, new_sealing_keyset())
                if row.kind in GROUPS:
                    deriving = change(deriving, new_deriving_keyset())
                wrap_bundle(row, sealing, deriving)
                ids = key_ids_of(sealing)
                row.key_ids += [one for one in ids if one not in row.key_ids]
            Scope.objects.bulk_update(rows, ["sealing_wrapped", "deriving_wrapped", "key_ids"])
            return len(rows)

        return _batches(self._rotation, self._scopes(), turn)

    def _announce(self, rows: list[Scope]) -> int:
        for row in rows:
            announce(
                GroupKeysTurned(
                    request_id=self._rotation.pk, group_id=row.pk, rotation_id=self._rotation.pk
                )
            )
        return len(rows)


TURNINGS: Final[dict[Level, Callable[[Rotation], Turning]]] = {
    Level.ROOT: RootTurning,
    Level.FACILITY: FacilityTurning,
    Level.SCOPE: ScopeTurning,
}


def _batches(
    rotation: Rotation, rows: QuerySet[M], act: Callable[[list[M]], int], *, by: str = "pk"
) -> Iterator[int]:
    """Act on all rows in the order of an id, from where the rotation stands."""
    while True:
        with transaction.atomic():
            later = rows.filter(**{f"{by}__gt": rotation.last_id}) if rotation.last_id else rows
            locked = later.select_for_update(of=("self",), no_key=True)
            batch = list(locked.order_by(by)[:BATCH_SIZE])
            if not batch:
                return
            count = act(batch)
            rotation.last_id = getattr(batch[-1], by)
            rotation.save(update_fields=["last_id"])
        yield count
