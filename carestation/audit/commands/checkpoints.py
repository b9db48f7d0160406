"""Signing: the root of the whole log every minute, a facility's part every hour and when asked.

Nothing here is announced: a fact about a checkpoint would ask for the next one, without end.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from carestation.audit.models import WHOLE, Checkpoint, SigningKey, Tree
from carestation.audit.queries.checkpoints import (
    newest_checkpoint,
    newest_key,
    parts_with,
    signer_of,
)
from carestation.factlog.checkpoints import FIRST, Head, Signed, key_hash, note_of
from carestation.factlog.merkle import Frontier
from carestation.kernel.ids import uuid7
from carestation.ui.times import TOKYO
from carestation.vault.scopes import operator_bundle
from carestation.vault.signing import new_signer

PARTS_AT_ONCE: Final = 500


@transaction.atomic
def sign_whole() -> Checkpoint | None:
    """Sign the whole log as far as it is sealed; the last checkpoint where nothing is new."""
    return _signed(WHOLE, whole=None)


@transaction.atomic
def sign_part(facility_id: UUID) -> Checkpoint | None:
    """Sign a facility's part, and the whole with it; None where nothing was sealed of it yet."""
    whole = sign_whole()
    return None if whole is None else _signed(facility_id, whole=whole)


def sign_parts() -> int:
    """Sign every part that has grown since it was signed; return how many."""
    grown = Tree.objects.grown().exclude(pk=WHOLE).order_by("pk")
    signed, last = 0, WHOLE
    while ids := list(grown.filter(pk__gt=last).values_list("pk", flat=True)[:PARTS_AT_ONCE]):
        with transaction.atomic():
            whole = sign_whole()
            signed += sum(_signed(one, whole=whole) is not None for one in ids)
        last = ids[-1]
    return signed


@transaction.atomic
def ensure_key() -> SigningKey:
    """Return the key that signs; made when the first checkpoint is."""
    Tree.objects.select_for_update().filter(pk=WHOLE).first()
    key = newest_key()
    if key is not None:
        return key
    # The log keeps the name for good, wherever the site moves later.
    name = f"{urlsplit(settings.SITE_URL).netloc}/facts"
    key = SigningKey(id=uuid7(), name=name, created_at=timezone.now())
    key.private_sealed = operator_bundle().seal_bytes(new_signer().to_bytes(), key.place)
    key.save(force_insert=True)
    return key


def _signed(tree_id: UUID, *, whole: Checkpoint | None) -> Checkpoint | None:
    tree = Tree.objects.select_for_update().filter(pk=tree_id, size__gt=0).first()
    last = newest_checkpoint(tree_id)
    if tree is None or tree.size == tree.signed_size:
        return last
    key = ensure_key()
    signer, at = signer_of(key), timezone.now()
    head = Head(
        origin=key.name if whole is None else f"{key.name}/{tree_id}",
        size=tree.size,
        root=Frontier.from_bytes(tree.size, tree.peaks).root(),
        at=at.astimezone(TOKYO),
        previous=FIRST if last is None else last.signed.head.digest(),
        whole=None if whole is None else whole.signed.head.digest(),
        parts=parts_with(last) if whole is None and last is not None else None,
    )
    short = key_hash(key.name, signer.public())
    signed = Signed(head=head, key_hash=short, signature=signer.sign(head.text()))
    Tree.objects.filter(pk=tree_id).update(signed_size=tree.size)
    note = note_of(signed, key.name)
    return Checkpoint.objects.create(tree_id=tree_id, size=tree.size, at=at, note=note)
