"""Destroying the keys of a scope: what they sealed is noise from then on, wherever it lies.

Controls: ISO/IEC 27017 8.10, 8.24; white paper 「暗号化」.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from carestation.factlog.commands import announce
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.kernel.forgetting import PLAIN_STAYS_SECONDS
from carestation.kernel.ids import uuid7
from carestation.vault.choices import Level
from carestation.vault.erasures import Erased, erased_scopes, list_erased, listed_erasures
from carestation.vault.facts import KeysErased, PersonKeysErased
from carestation.vault.holders import root_key_of
from carestation.vault.models import Erasure, Rotation, Scope, ScopeKind
from carestation.vault.scopes import forget_scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """From when on what a scope sealed cannot be read, and by whom.

    `gone_here_at`: no process of this installation holds the keys any more, nor what it read with
    them or rendered of that. `gone_in_copies_at`:
    copies of the database from before hold them under a root that was dropped here at that time;
    None while the root is still the same, and such a copy with it opens them. `root_key`: which key
    of the root that is, as `keys list` names it; empty where nobody wrote it down then.
    """

    erasure_id: UUID
    scope_id: UUID
    kind: ScopeKind
    root_key: str
    erased_at: datetime
    erased_by: UUID
    digest: str
    gone_here_at: datetime
    gone_in_copies_at: datetime | None


def erase_scope(actor: Actor, scope_id: UUID, *, listed: Erased | None = None) -> Erasure:
    """Destroy the keys of a scope, once it is in the list. Inside the caller's transaction, last.

    `listed`: the line of the list, where an old copy has brought the keys back.

    Raises:
        NotVisible: there are no such keys.
    """
    rows = Scope.objects.select_for_update(of=("self",)).select_related("owner_key")
    scope = rows.filter(pk=scope_id).first()
    if scope is None:
        raise NotVisible
    listed = listed or _listed_now(actor, scope_id)
    erasure, _ = Erasure.objects.get_or_create(
        scope_id=scope_id,
        defaults={
            "id": listed.erasure_id,
            "kind": scope.kind,
            "owner_id": scope.owner_key.owner_id,
            "digest": _digest_of(scope),
            "root_key": root_key_of(bytes(scope.owner_key.wrapped)),
            "erased_by": listed.erased_by,
            "erased_at": listed.erased_at,
        },
    )
    scope.delete()
    forget_scope(scope_id)
    marks = {
        "actor_id": actor.user_id,
        "request_id": actor.request_id,
        "erasure_id": erasure.pk,
    }
    if scope.kind == ScopeKind.PERSON:
        announce(PersonKeysErased(**marks, person_id=scope_id))
    else:
        announce(KeysErased(**marks, group_id=scope_id))
    return erasure


def kind_of(scope_id: UUID) -> ScopeKind | None:
    """Return whose keys these are; none where there are none."""
    scope = Scope.objects.filter(pk=scope_id).first()
    return ScopeKind(scope.kind) if scope else None


def came_back() -> list[Erased]:
    """Return what stands in the list, and has keys all the same: an old copy brought them."""
    listed = {one.scope_id: one for one in listed_erasures()}
    found = Scope.objects.filter(pk__in=listed).values_list("pk", flat=True)
    return [listed[scope_id] for scope_id in found]


def list_what_others_erased() -> int:
    """Put into this machine's list what was erased on another; return how many lines.

    Each machine keeps a list of its own, beside the one database: an old copy of that, put back,
    is found out by whichever machine looks at it.
    """
    missing = Erasure.objects.exclude(scope_id__in=erased_scopes()).order_by("erased_at")
    for one in missing:
        line = Erased(
            erasure_id=one.pk,
            scope_id=one.scope_id,
            erased_by=one.erased_by,
            erased_at=one.erased_at,
        )
        list_erased(line)
    return len(missing)


def certificate_of(erasure: Erasure) -> Certificate:
    """Return what can be said of an erasure now."""
    turned = Rotation.objects.filter(level=Level.ROOT, began_at__gt=erasure.erased_at)
    ended = turned.exclude(ended_at=None).order_by("ended_at").first()
    return Certificate(
        erasure_id=erasure.pk,
        scope_id=erasure.scope_id,
        kind=ScopeKind(erasure.kind),
        root_key=erasure.root_key,
        erased_at=erasure.erased_at,
        erased_by=erasure.erased_by,
        digest=bytes(erasure.digest).hex(),
        gone_here_at=erasure.erased_at
        + timedelta(seconds=settings.KEYS_KEPT_SECONDS + PLAIN_STAYS_SECONDS),
        gone_in_copies_at=ended.ended_at if ended else None,
    )


def certificates() -> list[Certificate]:
    """Return what can be said of every erasure, the newest first."""
    return [certificate_of(one) for one in Erasure.objects.order_by("-erased_at")]


def _listed_now(actor: Actor, scope_id: UUID) -> Erased:
    line = Erased(
        erasure_id=uuid7(), scope_id=scope_id, erased_by=actor.user_id, erased_at=timezone.now()
    )
    list_erased(line)
    return line


def _digest_of(scope: Scope) -> bytes:
    wrapped = bytes(scope.sealing_wrapped), bytes(scope.deriving_wrapped)
    return hashlib.sha256(b"".join(wrapped)).digest()
