"""Turning keys: add, let every process read it, promote, seal anew, drop.

A stage whose keys other processes must first have read rests longer than any of them keeps an
opened key: so no value is ever unreadable, and none is written under a key that was dropped.
How far it is stands in its row; whoever goes on with it goes on there.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from carestation.factlog.commands import announce
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, NotVisible
from carestation.vault.choices import Level, Stage
from carestation.vault.facts import RotationBegan, RotationEnded
from carestation.vault.levels import TURNINGS, Turning
from carestation.vault.models import OwnerKey, Rotation, Scope
from carestation.vault.moving import RootMoving, ensure_next
from carestation.vault.roots import mark_of

STAGES: Final = tuple(Stage)
# After these, every process must have let go of what it opened before.
RESTING: Final = frozenset({Stage.ADD, Stage.RESEAL, Stage.SWEEP})
# An opened key is kept so long at most; whoever took it just before still has time to use it.
REST: Final = 1.2
SWEEPS_AT_MOST: Final = 500
BUSY_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a rotation is. `waits_seconds`: it goes on after so long, and does nothing now."""

    stage: Stage
    done: int = 0
    place: str = ""
    waits_seconds: float = 0.0
    damaged: int = 0


def running_rotation() -> Rotation | None:
    """Return the rotation that has begun and not ended, if there is one."""
    return Rotation.objects.filter(ended_at=None).first()


@transaction.atomic
def begin_rotation(
    actor: Actor, level: Level, target_id: UUID | None = None, *, moves_to: str = ""
) -> Rotation:
    """Begin to turn the keys of a level, or of one owner or scope of it.

    `moves_to`: the address of the place to which the root moves.

    Raises:
        Conflict: keys turn already (reason `turning`); the root cannot move there (`elsewhere`,
            `same`).
        NotVisible: the target has no keys of this level.
    """
    if running_rotation() is not None:
        raise Conflict("turning")
    if target_id is not None and not _has_keys(level, target_id):
        raise NotVisible
    if moves_to:
        ensure_next(moves_to)
    now = timezone.now()
    rotation = Rotation.objects.create(
        level=level,
        target_id=target_id,
        moves_to=mark_of(moves_to) if moves_to else None,
        began_at=now,
        rests_until=now,
    )
    announce(
        RotationBegan(
            actor_id=actor.user_id,
            request_id=actor.request_id,
            rotation_id=rotation.pk,
            level=level,
            target_id=target_id,
            is_move=bool(moves_to),
        )
    )
    return rotation


def turn_keys(rotation: Rotation) -> Iterator[Progress]:
    """Go on with a rotation to its end; yield after each batch, and while it rests.

    Who is told of a wait waits before asking on.

    Raises:
        Conflict: values stayed under earlier keys, held by somebody else (reason `held`); or the
            root moves, and to another place than KEY_URL_NEXT says (reason `elsewhere`).
    """
    turning = _turning(rotation)
    while rotation.ended_at is None:
        stage = Stage(rotation.stage)
        left = (rotation.rests_until - timezone.now()).total_seconds()
        if left > 0:
            yield Progress(stage=stage, waits_seconds=left)
            continue
        yield from _work(rotation, turning, stage)


def _turning(rotation: Rotation) -> Turning:
    if rotation.moves_to is not None:
        return RootMoving(rotation)
    return TURNINGS[Level(rotation.level)](rotation)


def _work(rotation: Rotation, turning: Turning, stage: Stage) -> Iterator[Progress]:
    if stage is Stage.RESEAL:
        yield from _reseal_once(rotation, turning)
    elif stage is Stage.SWEEP:
        yield from _sweep(rotation, turning)
    elif stage is Stage.DROP:
        _stand_at_first(rotation)
        if (yield from _reseal_once(rotation, turning)):
            _enter(rotation, Stage.SWEEP)
            return
        yield from _through(stage, turning.drop())
    else:
        acts = {Stage.ADD: turning.add, Stage.PROMOTE: turning.promote, Stage.TELL: turning.tell}
        yield from _through(stage, acts[stage]())
    _finish(rotation, stage)


def _through(stage: Stage, batches: Iterator[int]) -> Iterator[Progress]:
    done = 0
    for count in batches:
        done += count
        yield Progress(stage=stage, done=done)


def _sweep(rotation: Rotation, turning: Turning) -> Iterator[Progress]:
    """Look again until nothing stands under earlier keys; rows that were held come free."""
    for _ in range(SWEEPS_AT_MOST):
        _stand_at_first(rotation)
        if not (yield from _reseal_once(rotation, turning)):
            return
        yield Progress(stage=Stage.SWEEP, waits_seconds=BUSY_SECONDS)
    raise Conflict("held")


def _reseal_once(rotation: Rotation, turning: Turning) -> Generator[Progress, None, int]:
    """Return how many values were found under earlier keys, sealed anew or held by somebody."""
    stage = Stage(rotation.stage)
    counted = found = 0
    for look in turning.reseal():
        fresh, counted, found = look.resealed - counted, look.resealed, look.found
        if fresh:
            Rotation.objects.filter(pk=rotation.pk).update(resealed=F("resealed") + fresh)
        yield Progress(stage=stage, done=counted, place=look.column, damaged=look.damaged)
    _stand_at_first(rotation)
    return found


def _stand_at_first(rotation: Rotation) -> None:
    rotation.last_id = None
    rotation.save(update_fields=["last_id"])


def _finish(rotation: Rotation, stage: Stage) -> None:
    if stage is Stage.DROP:
        _end(rotation)
    else:
        _enter(rotation, STAGES[STAGES.index(stage) + 1], rests=stage in RESTING)


def _enter(rotation: Rotation, stage: Stage, *, rests: bool = False) -> None:
    rest = timedelta(seconds=settings.KEYS_KEPT_SECONDS * REST if rests else 0)
    rotation.stage, rotation.last_id = stage, None
    rotation.rests_until = timezone.now() + rest
    rotation.save(update_fields=["stage", "last_id", "rests_until"])


@transaction.atomic
def _end(rotation: Rotation) -> None:
    rotation.refresh_from_db()
    rotation.ended_at = timezone.now()
    rotation.save(update_fields=["ended_at"])
    announce(
        RotationEnded(
            request_id=rotation.pk,
            rotation_id=rotation.pk,
            level=Level(rotation.level),
            resealed=rotation.resealed,
        )
    )


def _has_keys(level: Level, target_id: UUID) -> bool:
    if level is Level.FACILITY:
        return OwnerKey.objects.filter(owner_id=target_id).exists()
    return level is Level.SCOPE and Scope.objects.filter(pk=target_id).exists()
