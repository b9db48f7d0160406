"""Checkpoints and the key that signs them. Unsealing is done here alone.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from uuid import UUID

from django.conf import settings

from carestation.audit.models import Checkpoint, SigningKey
from carestation.factlog.checkpoints import told_key
from carestation.vault.scopes import operator_bundle
from carestation.vault.signing import Signer, signer_from


def newest_checkpoint(tree_id: UUID) -> Checkpoint | None:
    """Return what was signed last of a tree."""
    return Checkpoint.objects.of_tree(tree_id).last()


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
