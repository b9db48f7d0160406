"""Who is told, and when: what both watches measure, judged as Prometheus is asked to judge it."""

import time
from collections.abc import Iterable
from typing import Final
from urllib.request import urlopen

from carestation.support.choices import Measured, State
from carestation.support.rules import FRESH, LIMITS, state_of

PREFIX: Final = "carestation_"
AT: Final = "measured_at_seconds"
PATIENCE_SECONDS: Final = 2.0


class Watches:
    """The watches of all nodes, as who asks them for OpenMetrics hears them."""

    def __init__(self, urls: Iterable[str]) -> None:
        self._measured_at = dict.fromkeys(urls, time.time())

    def tell(self, measured: Measured) -> bool:
        """Whether any of them tells a value that is beyond a limit."""
        minutes = LIMITS[measured].minutes
        found = [told[measured] for told in self._told() if measured in told]
        return any(state_of(measured, [value] * minutes) is not State.OK for value in found)

    def hear(self) -> None:
        """Hear when each of them measured last."""
        self._told()

    def fall_silent(self) -> bool:
        """Whether any of them measured nothing for too long (CarestationWatchSilent)."""
        self._told()
        return min(self._measured_at.values()) < time.time() - FRESH.total_seconds()

    def _told(self) -> list[dict[str, float]]:
        return [self._asked(url) for url in self._measured_at]

    def _asked(self, url: str) -> dict[str, float]:
        try:
            with urlopen(f"{url}/metrics", timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - our own address
                lines = answer.read().decode().splitlines()
        except OSError:
            return {}
        words = [line.removeprefix(PREFIX).split() for line in lines if line.startswith(PREFIX)]
        told = {name: float(value) for name, value, *_ in words}
        self._measured_at[url] = told.get(AT, self._measured_at[url])
        return told
