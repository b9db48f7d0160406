"""Wrapped keys: of facilities, and of scopes.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from typing import Final
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from carestation.kernel.ids import uuid7
from carestation.vault.choices import Level, Stage

OPERATOR: Final = UUID(int=0)


class ScopeKind(models.TextChoices):
    """Whose words a bundle seals."""

    PATIENT_GROUP = "patient_group", "患者グループ"
    FREE_GROUP = "free_group", "自由グループ"
    DIRECT_TALK = "direct_talk", "個別メッセージ"
    PERSON = "person", "個人"
    FACILITY = "facility", "施設"
    OPERATOR = "operator", "運営"


class OwnerKey(models.Model):
    """The key of a facility or of the operator (the nil id), wrapped by the root."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    owner_id = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        """One key per owner and version."""

        constraints = [
            models.UniqueConstraint(
                fields=["owner_id", "version"], name="vault_owner_has_one_key_per_version"
            )
        ]

    def __str__(self) -> str:
        """Return owner and version."""
        return f"{self.owner_id} {self.version}"

    @staticmethod
    def bound_to(owner_id: UUID, version: int) -> bytes:
        """Return what the wrapped key is bound to."""
        return b"vault_ownerkey|" + owner_id.bytes + version.to_bytes(4, "big")


class Scope(models.Model):
    """The bundle of one scope, wrapped by its owner's key; its id is the group's or person's.

    `key_ids`: the ids of the keys that sealed its values so far, the first one first, as they stand
    in front of each value; a key's version is its place among them.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=20, choices=ScopeKind)
    owner_key = models.ForeignKey(OwnerKey, on_delete=models.PROTECT, related_name="+")
    sealing_wrapped = models.BinaryField()
    deriving_wrapped = models.BinaryField()
    key_ids = ArrayField(models.BigIntegerField(), db_default=[])
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        """Return kind and id."""
        return f"{self.kind} {self.pk}"

    @staticmethod
    def bound_to(scope_id: UUID, part: bytes) -> bytes:
        """Return what one of the wrapped keysets is bound to."""
        return b"vault_scope|" + part + b"|" + scope_id.bytes


class Rotation(models.Model):
    """Keys of one level that turn, and how far they are; one at a time.

    `stage` is the one in work, not before `rests_until`; `last_id`: the last key that it has done.
    `moves_to`: the root moves to the place whose address has this SHA-256.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    level = models.CharField(max_length=10, choices=Level)
    target_id = models.UUIDField(null=True)
    moves_to = models.BinaryField(max_length=32, null=True)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.ADD)
    last_id = models.UUIDField(null=True)
    resealed = models.BigIntegerField(default=0)
    began_at = models.DateTimeField()
    rests_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """One at a time."""

        constraints = [
            models.UniqueConstraint(
                fields=["ended_at"],
                condition=models.Q(ended_at=None),
                nulls_distinct=False,
                name="vault_keys_turn_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        """Return level and stage."""
        return f"{self.level} {self.stage}"


class Erasure(models.Model):
    """Keys of a scope that were destroyed for good; the list beside the database says the same.

    `digest`: SHA-256 of the wrapped keysets, by which they are known again in an old copy.
    `root_key`: the key of the root under which such a copy opens, as `keys list` names it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    scope_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=20, choices=ScopeKind)
    owner_id = models.UUIDField()
    digest = models.BinaryField(max_length=32)
    root_key = models.CharField(max_length=20, blank=True, db_default="", default="")
    erased_by = models.UUIDField()
    erased_at = models.DateTimeField()

    def __str__(self) -> str:
        """Return kind and scope."""
        return f"{self.kind} {self.scope_id}"
