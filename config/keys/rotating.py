"""`keys rotate`: turns the keys of a level while people write; goes on where it was left."""

import argparse
import time

from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, NotVisible
from carestation.kernel.ids import uuid7
from carestation.search.commands.rebuilding import rebuild_index
from carestation.vault.alone import Alone, alone
from carestation.vault.choices import Level, Stage
from carestation.vault.models import OPERATOR, Rotation
from carestation.vault.roots import mark_of
from carestation.vault.rotation import (
    Progress,
    begin_rotation,
    running_rotation,
    turn_keys,
)
from carestation.vault.transit import KeyServiceError
from config.joining import started_on
from config.keys.telling import say, tell_machines

MOVED = (
    "The root has moved: set KEY_URL to where it lies now, take KEY_URL_NEXT away, and start "
    "again. The former place opens nothing any more."
)
TOLD_EACH_SECONDS = 2.0
ASKED_EACH_SECONDS = 1.0
REASONS = {
    "turning": "Keys are being turned by another run: wait for it, or end it and run this again.",
    "held": "Some rows are held by somebody for long: run this again later.",
    "elsewhere": "KEY_URL_NEXT names the place to which the root moves, for every process and for "
    "this command; KEY_URL still names the one where it is: see docs/how-to/use-a-key-service.md.",
    "same": "The very same root lies there already: set KEY_URL to it, nothing has to turn.",
}


def act(options: argparse.Namespace) -> int:
    """Turn keys to the end, or with --hold until other machines have to be told.

    Raises:
        SystemExit: other keys turn, nothing has such keys, or rows are held by somebody.
    """
    rotation, damaged = turned(options)
    if options.json:
        told = {"id": rotation.pk, "level": rotation.level, "ended_at": rotation.ended_at}
        tell_machines(told | {"resealed": rotation.resealed, "damaged": damaged})
    elif rotation.ended_at:
        say(f"The keys have turned; {rotation.resealed} stand under new ones, none under earlier.")
        if rotation.moves_to:
            say(MOVED)
    if damaged and not options.json:
        say(f"{damaged} values opened under no key, before as after: see keys inventory.")
    return 1 if damaged else 0


def _rotation(options: argparse.Namespace) -> Rotation:
    _require_root(options)
    running = running_rotation()
    if running is None:
        if options.level is None:
            raise SystemExit("No keys turn: say which with --level root, facility or scope.")
        return _begun(Level(options.level), options)
    asked = (options.level or running.level, options.of or running.target_id)
    is_there = not options.to or mark_of(options.to) == bytes(running.moves_to or b"")
    if asked != (running.level, running.target_id) or not is_there:
        raise SystemExit(f"Keys of the level {running.level} turn: end that first, by keys rotate.")
    return running


def turned(options: argparse.Namespace) -> tuple[Rotation, int]:
    """Turn keys; return the rotation, and how many values opened under no key.

    Raises:
        SystemExit: as above.
    """
    try:
        with alone(Alone.TURNING):
            rotation = _rotation(options)
            return rotation, _turn(rotation, options)
    except Conflict as error:
        raise SystemExit(REASONS[error.reason]) from error
    except KeyServiceError as error:
        raise SystemExit(f"{error} Nothing is lost: run this again when it answers.") from error


def _require_root(options: argparse.Namespace) -> None:
    """Stop where the root cannot move as it was said.

    Raises:
        SystemExit: another level is to move, or what runs here was started without KEY_URL_NEXT.
    """
    if not options.to:
        return
    if options.level not in {None, Level.ROOT}:
        raise SystemExit("The root alone moves: --level root --to URL.")
    started_with = started_on(options.data).get("key_url_next", options.to)
    if started_with != options.to:
        raise SystemExit(f"Start CareStation with KEY_URL_NEXT={options.to} first.")


def _begun(level: Level, options: argparse.Namespace) -> Rotation:
    machine = Actor(user_id=OPERATOR, request_id=uuid7())
    try:
        return begin_rotation(machine, level, options.of, moves_to=options.to)
    except NotVisible as error:
        raise SystemExit(f"Nothing under {options.of} has keys of the level {level}.") from error


def _turn(rotation: Rotation, options: argparse.Namespace) -> int:
    damaged, told_at, before, is_indexed = 0, 0.0, Stage.ADD, False
    for progress in turn_keys(rotation):
        if progress.stage is Stage.DROP and not is_indexed:
            is_indexed = True
            _index_anew(rotation, options)
        damaged = max(damaged, progress.damaged)
        if options.hold and progress.stage is Stage.PROMOTE:
            say("The new keys are added. Give the root to the other machines, then run this again.")
            break
        is_due = time.monotonic() - told_at > TOLD_EACH_SECONDS or progress.stage is not before
        if is_due and not options.json:
            told_at, before = time.monotonic(), progress.stage
            say(_line(progress))
        if progress.waits_seconds:
            time.sleep(min(progress.waits_seconds, ASKED_EACH_SECONDS))
    return damaged


def _index_anew(rotation: Rotation, options: argparse.Namespace) -> None:
    """Let words be found by the new keys' numbers, before the earlier keys are dropped."""
    if rotation.level != Level.SCOPE:
        return
    posts = 0
    for posts in rebuild_index(rotation.target_id):  # noqa: B007 - the last count is told
        pass
    if not options.json:
        say(f"index    {posts} posts are found by the new keys' numbers")


def _line(progress: Progress) -> str:
    if progress.waits_seconds:
        seconds = round(progress.waits_seconds)
        return f"{progress.stage:8} in {seconds} s: every process lets go of what it opened"
    return f"{progress.stage:8} {progress.done} {progress.place}".rstrip()
