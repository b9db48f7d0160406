"""Checkpoints and the key that signs them. Unsealing is done here alone.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from functools import reduce
from typing import Final
from uuid import UUID

from django.conf import settings

from carestation.audit.models import Checkpoint, SigningKey
from carestation.factlog.checkpoints import FIRST, read_note, told_key, with_part
from carestation.kernel.sql import rows_of
from carestation.vault.scopes import operator_bundle
from carestation.vault.signing import Signer, signer_from

# Each by its tree, not by a time that a clock said.
NEWEST_OF_PARTS: Final = """
SELECT c.note FROM audit_tree t, LATERAL (
  SELECT c.note FROM audit_checkpoint c WHERE c.tree_id = t.id ORDER BY c.size DESC LIMIT 1
) c WHERE t.id <> '00000000-0000-0000-0000-000000000000' ORDER BY t.id
"""


def newest_checkpoint(tree_id: UUID) -> Checkpoint | None:
    """Return what was signed last of a tree."""
    return Checkpoint.objects.of_tree(tree_id).last()


def parts_with(whole: Checkpoint) -> bytes | None:
    """Return what stands for the newest checkpoints of parts that were taken with one of the whole.

    A part has one at the most: as it grows, so does the whole.
    """
    digest = whole.signed.head.digest()
    newest = (read_note(row["note"]).head for row in rows_of(NEWEST_OF_PARTS, {}))
    parts = reduce(with_part, (one.digest() for one in newest if one.whole == digest), FIRST)
    return None if parts == FIRST else parts


def newest_key() -> SigningKey | None:
    """Return the key that signs; None before the first checkpoint."""
    return SigningKey.objects.order_by("created_at").last()


def signer_of(key: SigningKey) -> Signer:
    """Return the key opened."""
    return signer_from(operator_bundle().unseal_bytes(key.private_sealed, key.place))


def published_keys() -> list[str]:
    """Return the public keys as they are published, the newest last.

    Each is read from its sealed private key: what the database alone says is nobody's word.
    """
    keys = SigningKey.objects.order_by("created_at")
    return [told_key(key.name, signer_of(key).public()) for key in keys]


def kept_note() -> str | None:
    """Return the newest checkpoint as it is kept beside the database; None before the first."""
    path = settings.CHECKPOINT_FILE
    return str(path.read_text()) if path.exists() else None
