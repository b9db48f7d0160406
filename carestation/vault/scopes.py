"""Opening the keys of a scope: the one seam behind which a key service can stand.

Opened bundles are kept for five minutes at most, in the process that opened them.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

import time
from typing import Final
from uuid import UUID

import tink
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from tink import aead

from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.kernel.forgetting import drops_in_time, look_in_time
from carestation.kernel.sql import row_of
from carestation.vault.erasures import erased_scopes
from carestation.vault.keyfiles import key_from_file
from carestation.vault.models import OPERATOR, OwnerKey, Scope, ScopeKind
from carestation.vault.roots import root
from carestation.vault.sealing import (
    Bundle,
    deriving_primitive,
    key_ids_of,
    new_deriving_keyset,
    new_sealing_keyset,
    sealing_primitive,
    unwrap,
    wrap,
)

# Hot: for everyone whose name is shown, once in five minutes.
OPEN: Final = """
SELECT s.sealing_wrapped, s.deriving_wrapped, s.owner_key_id, k.owner_id, k.version, k.wrapped
FROM vault_scope s JOIN vault_ownerkey k ON k.id = s.owner_key_id WHERE s.id = %(scope_id)s
"""
KEPT_AT_MOST: Final = 20_000
_opened: dict[UUID, tuple[float, Bundle]] = {}
_opened_owners: dict[tuple[UUID, bytes], tuple[float, aead.Aead]] = {}


def open_scope(scope_id: UUID, actor: Actor | None) -> Bundle:
    """Return the opened bundle of a scope, for an actor who has shown a right to it.

    `actor` is None for the system's own work (sign-in, followers, the first start).

    Raises:
        NotVisible: there is no such scope, or it was erased.
    """
    kept = _opened.get(scope_id)
    if kept is not None and kept[0] > time.monotonic():
        return kept[1]
    bundle = _opened_from_row(scope_id, actor)
    if len(_opened) >= KEPT_AT_MOST:
        _opened.clear()
    _opened[scope_id] = (time.monotonic() + settings.KEYS_KEPT_SECONDS, bundle)
    look_in_time()
    return bundle


def has_keys(scope_id: UUID) -> bool:
    """Whether a scope has keys: of what was erased they are gone."""
    return Scope.objects.filter(pk=scope_id).exists()


def forget_scope(scope_id: UUID) -> None:
    """Drop an opened bundle: after removal, erasure and rotation."""
    _opened.pop(scope_id, None)


def forget_all() -> None:
    """Drop every opened bundle, and every opened key of an owner."""
    _opened.clear()
    _opened_owners.clear()


@drops_in_time
def forget_what_is_old() -> None:
    """Drop what was opened too long ago to be used."""
    now = time.monotonic()
    for place, (until, _) in list(_opened_owners.items()):
        if until <= now:
            _opened_owners.pop(place, None)
    for scope_id, (until, _) in list(_opened.items()):
        if until <= now:
            _opened.pop(scope_id, None)


@transaction.atomic
def create_scope(scope_id: UUID, kind: ScopeKind, owner_id: UUID = OPERATOR) -> Bundle:
    """Make the keys of a new scope, wrapped by its owner's newest key."""
    owner_key = _owner_key(owner_id)
    sealing, deriving = new_sealing_keyset(), new_deriving_keyset()
    row = Scope(id=scope_id, kind=kind, owner_key=owner_key, key_ids=key_ids_of(sealing))
    wrap_bundle(row, sealing, deriving)
    row.created_at = timezone.now()
    row.save(force_insert=True)
    return Bundle(
        scope_id=scope_id,
        aead=sealing_primitive(sealing),
        prf_set=deriving_primitive(deriving),
    )


@transaction.atomic
def rewrap(scope_id: UUID, owner_id: UUID) -> None:
    """Put the keys of a scope under its new owner's newest key; the former owner's opens them not.

    The keys stay what they are, so nothing that they sealed is sealed anew.

    Raises:
        NotVisible: there is no such scope, or it was erased.
    """
    rows = Scope.objects.select_for_update(of=("self",)).select_related("owner_key")
    row = rows.filter(pk=scope_id).first()
    if row is None:
        raise NotVisible
    keysets = opened_keysets(row)
    row.owner_key = _owner_key(owner_id)
    wrap_bundle(row, *keysets)
    row.save(update_fields=["owner_key", "sealing_wrapped", "deriving_wrapped"])


def operator_bundle() -> Bundle:
    """Return the operator's own bundle (sessions, the index of mail addresses); made if missing."""
    try:
        return open_scope(OPERATOR, None)
    except NotVisible:
        with transaction.atomic():
            _owner_key(OPERATOR)
            OwnerKey.objects.select_for_update().filter(owner_id=OPERATOR).first()
            if not Scope.objects.filter(pk=OPERATOR).exists():
                create_scope(OPERATOR, ScopeKind.OPERATOR)
        return open_scope(OPERATOR, None)


def bus_key() -> aead.Aead:
    """Return the key of the bus."""
    return key_from_file(settings.BUS_KEY_URL)


def opened_keysets(row: Scope) -> tuple[tink.KeysetHandle, tink.KeysetHandle]:
    """Return the keysets of a scope, whose owner's key came with its row: sealing, deriving.

    Raises:
        tink.TinkError: the owner's key does not open them, or the root not the owner's.
    """
    wrapping = opened_owner_key(row.owner_key)
    return (
        unwrap(bytes(row.sealing_wrapped), wrapping, Scope.bound_to(row.pk, b"sealing")),
        unwrap(bytes(row.deriving_wrapped), wrapping, Scope.bound_to(row.pk, b"deriving")),
    )


def wrap_bundle(row: Scope, sealing: tink.KeysetHandle, deriving: tink.KeysetHandle) -> None:
    """Put a scope's keysets into its row, wrapped by its owner's key; the row is not saved."""
    wrapping = opened_owner_key(row.owner_key)
    row.sealing_wrapped = wrap(sealing, wrapping, Scope.bound_to(row.pk, b"sealing"))
    row.deriving_wrapped = wrap(deriving, wrapping, Scope.bound_to(row.pk, b"deriving"))


def opened_owner_key(row: OwnerKey) -> aead.Aead:
    """Return the key of a facility or of the operator.

    Raises:
        tink.TinkError: the root does not open it.
    """
    # By its row as it is wrapped now; so a key service is asked once for many scopes.
    place = (row.pk, bytes(row.wrapped))
    kept = _opened_owners.get(place)
    if kept is not None and kept[0] > time.monotonic():
        return kept[1]
    bound_to = OwnerKey.bound_to(row.owner_id, row.version)
    key = sealing_primitive(unwrap(place[1], root().key(), bound_to))
    if len(_opened_owners) >= KEPT_AT_MOST:
        _opened_owners.clear()
    _opened_owners[place] = (time.monotonic() + settings.KEYS_KEPT_SECONDS, key)
    return key


def _opened_from_row(scope_id: UUID, _actor: Actor | None) -> Bundle:
    row = row_of(OPEN, {"scope_id": scope_id})
    # An old copy of the database that was put back does not open what was erased since.
    if row is None or scope_id in erased_scopes():
        raise NotVisible
    owner_key = OwnerKey(
        id=row["owner_key_id"],
        owner_id=row["owner_id"],
        version=row["version"],
        wrapped=row["wrapped"],
    )
    wrapped = {name: row[name] for name in ("sealing_wrapped", "deriving_wrapped")}
    sealing, deriving = opened_keysets(Scope(id=scope_id, owner_key=owner_key, **wrapped))
    return Bundle(
        scope_id=scope_id,
        aead=sealing_primitive(sealing),
        prf_set=deriving_primitive(deriving),
    )


def _owner_key(owner_id: UUID) -> OwnerKey:
    newest = OwnerKey.objects.filter(owner_id=owner_id).order_by("-version").first()
    if newest is not None:
        return newest
    fresh = wrap(new_sealing_keyset(), root().key(), OwnerKey.bound_to(owner_id, 1))
    defaults = {"wrapped": fresh, "created_at": timezone.now()}
    return OwnerKey.objects.get_or_create(owner_id=owner_id, version=1, defaults=defaults)[0]
