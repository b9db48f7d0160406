"""Fragments that were rendered lately, in the process that rendered them.

Hot (benchmarks/pages.py): fifteen people open the same threads again and again. A fragment is found
by everything that it is made of, so what has changed is never shown as it was. It is plain text:
like an opened key it is kept for five minutes at most, and who asks for it has the same words.
"""

import time
from collections.abc import Callable, Hashable
from datetime import date
from threading import Lock
from typing import Final

from markupsafe import Markup

from carestation.kernel.forgetting import PLAIN_KEPT_SECONDS, drops_in_time, look_in_time
from carestation.ui.times import local_date

KEPT_CHARACTERS: Final = 16_000_000
_kept: Final[dict[Hashable, Markup]] = {}  # the oldest first
_lock: Final = Lock()
_held = {"since": time.monotonic(), "characters": 0.0}


def kept(macro: Callable[..., Markup], /, *made_of: Hashable, today: date | None = None) -> Markup:
    """Return what a macro says of values that do not change; said once, then remembered.

    Times are said relative to the day, so `today` is part of what it is made of; who says many
    looks at the clock once.
    """
    key = (macro, today or local_date(), made_of)
    with _lock:
        _forget_what_is_old()
        found = _kept.get(key)
    if found is not None:
        return found
    said = macro(*made_of)
    _keep(key, said)
    look_in_time()
    return said


def forget_kept() -> None:
    """Drop every fragment."""
    with _lock:
        _clear()


def _keep(key: Hashable, said: Markup) -> None:
    with _lock:
        if key not in _kept:
            _kept[key] = said
            _held["characters"] += len(said)
        while _held["characters"] > KEPT_CHARACTERS:
            _held["characters"] -= len(_kept.pop(next(iter(_kept))))


@drops_in_time
def _drop_in_time() -> None:
    with _lock:
        _forget_what_is_old()


def _forget_what_is_old() -> None:
    if time.monotonic() - _held["since"] > PLAIN_KEPT_SECONDS:
        _clear()


def _clear() -> None:
    _kept.clear()
    _held.update(since=time.monotonic(), characters=0.0)
