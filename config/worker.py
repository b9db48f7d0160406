"""The worker: followers of the fact log, and the timetable. `python -m config.worker`.

It ends on SIGTERM between two batches, and outlives a database that goes away: what it has not
read it reads later, what it has half done is rolled back.
"""

import asyncio
import logging
import signal
import threading
from collections.abc import Callable
from functools import partial
from typing import Final

import django
from django.apps import apps
from django.db import InterfaceError, OperationalError, connection

from config.environment import choose_settings

logger = logging.getLogger("carestation.worker")
IDLE_SECONDS: Final = 0.2
AWAY_SECONDS: Final = 1.0


def main() -> None:
    """Follow and work until told to end."""
    # It is the main module on purpose, and no job is defined in it.
    logging.getLogger("procrastinate.blueprints").setLevel(logging.ERROR)
    choose_settings()
    django.setup()
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    timetable = threading.Thread(target=_keep_timetable, args=[ending], daemon=True)
    timetable.start()
    logger.info("The worker began")
    _follow_all(ending)
    timetable.join(timeout=3)
    logger.info("The worker ended")


def _follow_all(ending: threading.Event) -> None:
    from carestation.factlog.commands import FOLLOWERS, follow  # noqa: PLC0415 - needs the apps

    while not ending.is_set():
        busy = False
        for one in list(FOLLOWERS.values()):
            busy |= not ending.is_set() and _one_batch(one.name, partial(follow, one), ending)
        if not busy:
            ending.wait(IDLE_SECONDS)


def _one_batch(name: str, act: Callable[[], int], ending: threading.Event) -> bool:
    # A follower's bug stops it alone: the others go on, and it catches up when it is mended.
    try:
        return act() > 0
    except (InterfaceError, OperationalError):
        logger.warning("The database went away", extra={"follower": name}, exc_info=True)
        connection.close()
        ending.wait(AWAY_SECONDS)
    except Exception:  # its cursor did not move: nothing is lost
        logger.exception("A follower failed", extra={"follower": name})
        ending.wait(AWAY_SECONDS)
    return False


def _keep_timetable(ending: threading.Event) -> None:
    if not apps.is_installed("procrastinate.contrib.django"):
        return
    from procrastinate.contrib.django import app  # noqa: PLC0415 - only where it is installed

    while not ending.is_set():
        try:
            asyncio.run(_work(app, ending))
        except Exception:  # the database went away: its jobs are still there
            logger.warning("The timetable paused", exc_info=True)
            ending.wait(AWAY_SECONDS)


async def _work(app: object, ending: threading.Event) -> None:
    with_connector = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]  # untyped here
    async with with_connector.open_async():
        work = asyncio.create_task(
            with_connector.run_worker_async(install_signal_handlers=False, delete_jobs="successful")
        )
        while not ending.is_set() and not work.done():  # noqa: ASYNC110 - a thread's event
            await asyncio.sleep(IDLE_SECONDS)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


if __name__ == "__main__":
    main()
