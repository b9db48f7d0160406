"""Which keys there are, and what they seal: from the tables and the code in use.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db.models import Count

from carestation.vault.keyfiles import path_of
from carestation.vault.models import OwnerKey, Scope, ScopeKind
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
class Inventory:
    """What exists. `opens`: the root opens what it wrapped."""

    root: str
    root_is_there: bool
    opens: bool
    sealing: str
    deriving: str
    keys: tuple[KeyCount, ...]
    sealed_columns: tuple[str, ...]


def read_inventory() -> Inventory:
    """Return which keys there are, level by level, and every sealed column."""
    return Inventory(
        root=settings.KEY_URL.partition("://")[0],
        root_is_there=path_of(settings.KEY_URL).exists(),
        opens=_opens(),
        sealing=_algorithm(new_sealing_keyset()),
        deriving=_algorithm(new_deriving_keyset()),
        keys=tuple(_counts()),
        sealed_columns=tuple(sorted(_sealed_columns())),
    )


def _opens() -> bool:
    bundle = operator_bundle()
    return bundle.derive("a", "inventory") == bundle.derive("a", "inventory")


def _algorithm(keyset: object) -> str:
    info = keyset.keyset_info()  # type: ignore[attr-defined]  # Tink's handle
    return str(info.key_info[0].type_url).rpartition("/")[2]


def _counts() -> Iterator[KeyCount]:
    owners = OwnerKey.objects.values("version").annotate(found=Count("id")).order_by("version")
    for row in owners:
        yield KeyCount(level="owner", kind="facility", version=row["version"], count=row["found"])
    scopes = Scope.objects.values("kind", "owner_key__version").annotate(held=Count("id"))
    for held in scopes.order_by("kind", "owner_key__version"):
        yield KeyCount(
            level="scope",
            kind=ScopeKind(held["kind"]).value,
            version=held["owner_key__version"],
            count=held["held"],
        )


def _sealed_columns() -> Iterator[str]:
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:  # noqa: SLF001 - Django's documented API
            if str(field.column).endswith("_sealed"):
                yield f"{model._meta.db_table}.{field.column}"  # noqa: SLF001 - the same
