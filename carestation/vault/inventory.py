"""Which keys there are, and what they seal: from the tables and the code in use.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import tink
from django.conf import settings
from django.db.models import Count

from carestation.vault.columns import CLEAR
from carestation.vault.counting import ColumnCount, FileCount, count_files, count_values
from carestation.vault.holders import root_key_of
from carestation.vault.keysets import Algorithm, algorithm_of
from carestation.vault.models import OwnerKey, Scope, ScopeKind
from carestation.vault.roots import root
from carestation.vault.scopes import operator_bundle
from carestation.vault.sealing import new_deriving_keyset, new_sealing_keyset


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCount:
    """How many keys of one level there are, and what they are for."""

    level: str
    kind: str
    version: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Which keys exist. `opens`: the root opens what it wrapped.

    `root_keys`: which keys of the root wrap now; a certificate of erasure names them so.
    """

    root: str
    root_keys: tuple[str, ...]
    root_is_there: bool
    opens: bool
    sealing: Algorithm
    deriving: Algorithm
    keys: tuple[KeyCount, ...]

    @property
    def are_well(self) -> bool:
        """Whether the root is there and opens what it wrapped."""
        return self.root_is_there and self.opens


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """What is sealed with which keys, and what stands in the clear for which reason."""

    keys: Keys
    columns: tuple[ColumnCount, ...]
    files: tuple[FileCount, ...]
    clear: dict[str, str]

    @property
    def lost(self) -> int:
        """How many values no key opens, though the keys of their scope are there."""
        values = (value for column in self.columns for value in column.values)
        return sum(value.count for value in values if value.kind and not value.opens)


def read_keys() -> Keys:
    """Return which keys there are, level by level."""
    return Keys(
        root=settings.KEY_URL.partition("://")[0],
        root_keys=tuple(sorted(_root_keys())),
        root_is_there=root().is_there(),
        opens=_opens(),
        sealing=algorithm_of(new_sealing_keyset()),
        deriving=algorithm_of(new_deriving_keyset()),
        keys=tuple(_counts()),
    )


def read_inventory() -> Inventory:
    """Return every sealed column and kind of files, counted, and every clear column."""
    return Inventory(
        keys=read_keys(),
        columns=tuple(count_values()),
        files=tuple(count_files()),
        clear=CLEAR,
    )


def _root_keys() -> set[str]:
    wrapped = OwnerKey.objects.values_list("wrapped", flat=True)
    return {root_key_of(bytes(one)) for one in wrapped}


def _opens() -> bool:
    try:
        bundle = operator_bundle()
    except tink.TinkError:
        return False
    return bundle.derive("a", "inventory") == bundle.derive("a", "inventory")


def _counts() -> Iterator[KeyCount]:
    owners = OwnerKey.objects.values("version").annotate(found=Count("id")).order_by("version")
    for row in owners:
        yield KeyCount(level="owner", kind="facility", version=row["version"], count=row["found"])
    scopes = Scope.objects.values("kind", "key_ids__len").annotate(held=Count("id"))
    for held in scopes.order_by("kind", "key_ids__len"):
        yield KeyCount(
            level="scope",
            kind=ScopeKind(held["kind"]).value,
            version=held["key_ids__len"],
            count=held["held"],
        )
