"""One round of the watch: every source is asked, and one that does not answer silences no other."""

import logging
import platform
import time
from typing import Final

from django.db import DatabaseError, connection

from carestation.kernel.health import set_clock
from carestation.support.choices import Measured
from carestation.support.commands.clocks import mind_clock
from carestation.support.commands.readings import keep_readings
from carestation.support.queries.probes import ProbeKey, probe_key
from carestation.support.queries.readings import forecast
from config.environment import Environment
from config.places import Places
from config.watching.clock import clock
from config.watching.counters import Counted, counted, metrics_of, since
from config.watching.database import database
from config.watching.exposition import Shown, serve
from config.watching.machine import machine, running
from config.watching.probe import Front, certificate, probe

logger = logging.getLogger("carestation.watch")
MINUTE_SECONDS: Final = 60.0
LONGEST_NODE: Final = 64


class Rounds:
    """What lasts from one round to the next."""

    def __init__(self, surroundings: Environment, *, port: int) -> None:
        """Take the surroundings, and the port of this machine's proxy."""
        self.surroundings = surroundings
        self.shown = Shown(surroundings.counters)
        self.node = platform.node()[:LONGEST_NODE]
        root = Places(data=surroundings.data).own_root
        self.front = Front(site_url=surroundings.site_url, port=port, own_root=root)
        self._before: Counted | None = None
        self._before_at = 0.0
        self._failures = self._own_posts = 0
        self._vouched: int | None = None

    def begin(self) -> int:
        """Show what is measured from now on; return the port."""
        return serve(self.shown, self.surroundings.metrics_url)

    def measure(self) -> dict[Measured, float]:
        """Measure everything once, and keep it; what could not be measured is missing."""
        found = self._counted() | machine(self.surroundings.data) | clock()
        found |= certificate(self.front)
        try:
            found |= self._probed(probe_key())
            found |= database(own_workers=running(self.surroundings.data, "worker"))
            set_clock()
            found |= forecast(self.node, found[Measured.DISK])
            keep_readings(self.node, found)
            self._vouched = mind_clock(self._vouched)
        except DatabaseError:
            logger.warning("The database did not answer the watch")
            connection.close()
        self.shown.measured, self.shown.measured_at = found, time.time()
        return found

    def _probed(self, key: ProbeKey | None) -> dict[Measured, float]:
        if key is None:
            return {}
        seconds = probe(self.front, key)
        self._failures = self._failures + 1 if seconds is None else 0
        self._own_posts += seconds is not None
        found = {
            Measured.PROBE_FAILURES: float(self._failures),
            Measured.AVAILABLE: float(seconds is not None),
        }
        return found if seconds is None else found | {Measured.PROBE: seconds}

    def _counted(self) -> dict[Measured, float]:
        metrics, now_at = metrics_of(self.surroundings.counters), time.monotonic()
        # What the check from outside posted is no person's.
        now = counted(metrics, own_posts=self._own_posts)
        before, minutes = self._before, (now_at - self._before_at) / MINUTE_SECONDS
        self._before, self._before_at = now, now_at
        # Of the first round nobody knows over how long it was counted.
        return since(before, now, minutes=minutes) if before else {}
