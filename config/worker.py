"""The worker: followers of the fact log, and the timetable. `python -m config.worker`.

It ends on SIGTERM between two batches, and outlives a database that goes away: what it has not
read it reads later, what it has half done is rolled back.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Final

import psycopg
from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError, connection, connections
from procrastinate import App
from procrastinate.exceptions import ConnectorException

from carestation.kernel.acting import Work, work_as
from carestation.kernel.errors import Unavailable
from config.ending import Mark, on_the_way_out
from config.environment import environment
from config.pulse import Pulse
from config.setting_up import set_up

if TYPE_CHECKING:
    from carestation.factlog.commands import Reader

logger = logging.getLogger("carestation.worker")
IDLE_SECONDS: Final = 0.2
REST_SECONDS: Final = 1.0
LOOK_SECONDS: Final = 60.0
QUEUES: Final = ("default", "long")
AWAY: Final = (InterfaceError, OperationalError, ConnectorException, psycopg.Error)
# A worker that stands still in the middle of a batch holds its place in the log, and everyone's:
# nothing that comes after is sure while it may still write. So long it is waited for.
STILL_SECONDS: Final = 300


def main() -> None:
    """Follow and work until told to end."""
    set_up()
    _let_no_transaction_stand_still()
    work_as(Work.WORKER)
    ending = Mark()
    on_the_way_out(ending)
    logger.info("The worker began")
    work(ending, environment().notify_socket)
    logger.info("The worker ended")


def _let_no_transaction_stand_still() -> None:
    options = connections.databases["default"]["OPTIONS"]
    still = f"-c idle_in_transaction_session_timeout={STILL_SECONDS}s"
    options["options"] = f"{options.get('options', '')} {still}"


def work(ending: Mark, notify_socket: str) -> None:
    """Do both until told to end, and show while both go on."""
    pulse = Pulse(notify_socket, "followers", "timetable")
    kept = [ending, partial(pulse.beat, "timetable")]
    timetable = threading.Thread(target=_keep_timetable, args=kept, daemon=True)
    timetable.start()
    follow_all(ending, partial(pulse.beat, "followers"))
    timetable.join(timeout=3)


def follow_all(ending: Mark, beat: Callable[[], None] = lambda: None) -> None:
    """Let each follower read its next batch, round and round, until told to end."""
    from carestation.factlog.commands import (  # noqa: PLC0415 - needs the apps
        BATCH_SIZE,
        follow,
        pass_by,
    )

    rests: dict[str, float] = {}
    looked_at = float("-inf")
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="followers") as hands:
        while not ending.is_set():
            beat()
            has_more = False
            if time.monotonic() > looked_at + LOOK_SECONDS:
                looked_at = time.monotonic()
                _look_up(hands)
            for one in _behind(hands, pass_by):
                if ending.is_set() or rests.get(one.name, 0.0) > time.monotonic():
                    continue
                batch = hands.submit(follow, one)
                error = batch.exception()
                beat()
                if error is None:
                    has_more |= batch.result() >= BATCH_SIZE
                    continue
                # A follower's bug stops it alone: its cursor did not move, it tries again later.
                rests[one.name] = time.monotonic() + REST_SECONDS
                _tell(one.name, error)
                hands.submit(_let_go).result()
            if not has_more:
                # What is written meanwhile is read at once: a round costs the same for any number.
                ending.wait(IDLE_SECONDS)
        hands.submit(_let_go).result()


def _behind(hands: ThreadPoolExecutor, ask: Callable[[], list["Reader"]]) -> list["Reader"]:
    """Return who has something to read; nobody while the database is away."""
    asked = hands.submit(ask)
    error = asked.exception()
    if error is None:
        return asked.result()
    _tell("all", error)
    hands.submit(_let_go).result()
    return []


def _look_up(hands: ThreadPoolExecutor) -> None:
    """Learn what time it is, and let this machine's list know what was erased on another."""
    from carestation.kernel.health import set_clock  # noqa: PLC0415 - needs the apps
    from carestation.vault.erasing import list_what_others_erased  # noqa: PLC0415 - needs the apps

    for name, look in (("clock", set_clock), ("list of erasures", list_what_others_erased)):
        error = hands.submit(look).exception()
        if error is not None:
            _tell(name, error)
            hands.submit(_let_go).result()


def _let_go() -> None:
    # Each thread has a connection of its own: it is closed by the thread that holds it.
    connection.close()


def _tell(name: str, error: BaseException) -> None:
    if isinstance(error, AWAY):
        logger.warning("The database went away", extra={"follower": name})
    elif isinstance(error, Unavailable):
        logger.warning("What it needs did not answer", extra={"follower": name})
    else:
        logger.error("A follower failed", extra={"follower": name}, exc_info=error)


def _keep_timetable(ending: Mark, beat: Callable[[], None]) -> None:
    from procrastinate.contrib.django import app  # noqa: PLC0415 - needs the apps

    while not ending.is_set():
        beat()
        error = asyncio.run(_what_ends(_work(app, ending, beat)))
        if error is not None:
            # Whatever it was, its jobs are still there.
            _tell("timetable", error)
            ending.wait(REST_SECONDS)


async def _what_ends(work: Coroutine[None, None, None]) -> BaseException | None:
    doing = asyncio.ensure_future(work)
    await asyncio.wait([doing])
    return doing.exception()


async def _work(app: App, ending: Mark, beat: Callable[[], None]) -> None:
    # The timetable asks over the connection of Django's own thread, which nobody else renews: of a
    # database that went away it would be dead for ever.
    await sync_to_async(_let_go)()
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]  # the Django one has it
    working = app.with_connector(connector)
    async with working.open_async():
        # What lasts has a hand of its own: no mail waits for it.
        hands = [
            asyncio.create_task(
                working.run_worker_async(
                    queues=[queue], install_signal_handlers=False, delete_jobs="successful"
                )
            )
            for queue in QUEUES
        ]
        while not ending.is_set() and not any(hand.done() for hand in hands):
            beat()
            await asyncio.sleep(IDLE_SECONDS)
        for hand in hands:
            hand.cancel()
        for hand in hands:
            with contextlib.suppress(asyncio.CancelledError):
                await hand


if __name__ == "__main__":
    main()
