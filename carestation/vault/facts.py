"""What happened to keys."""

from dataclasses import dataclass
from uuid import UUID

from carestation.factlog.facts import Fact
from carestation.vault.choices import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationBegan(Fact, kind="vault.RotationBegan", of="rotation_id"):
    """Keys of a level begin to turn; `target_id`: of one owner or scope alone.

    `is_move`: it is the root, and it moves to another place.
    """

    actor_id: UUID
    rotation_id: UUID
    level: Level
    target_id: UUID | None = None
    is_move: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupKeysTurned(Fact, kind="vault.GroupKeysTurned", of="group_id"):
    """Every process derives under a group's new key: what was derived has to be derived anew.

    The earlier key still derives, too, until the rotation ends.
    """

    group_id: UUID
    rotation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationEnded(Fact, kind="vault.RotationEnded", of="rotation_id"):
    """The earlier keys are dropped. `resealed`: so many values or keys stand under new ones."""

    rotation_id: UUID
    level: Level
    resealed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysErased(Fact, kind="vault.KeysErased", of="erasure_id"):
    """The keys of a group are destroyed: nothing that they sealed is opened any more."""

    actor_id: UUID
    group_id: UUID
    erasure_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonKeysErased(Fact, kind="vault.PersonKeysErased", of="erasure_id"):
    """The keys of a person are destroyed: their names and addresses are read by nobody any more."""

    actor_id: UUID
    person_id: UUID
    erasure_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SharesRehearsed(Fact, kind="vault.SharesRehearsed", of="rehearsal_id"):
    """Two shares on paper brought back the root whose wrapping key has this id."""

    rehearsal_id: UUID
    key_id: int
