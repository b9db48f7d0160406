"""What Prometheus reads: OpenMetrics on a port of its own, on this machine alone unless told.

Controls: ISO/IEC 27017 CLD.12.4.5; white paper 「クラウドサービスの監視」.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry, Metric, start_http_server
from prometheus_client.core import GaugeMetricFamily

from carestation.support.choices import Measured
from config.watching.counters import metrics_of


class Shown:
    """What is shown: what all processes counted, and what the last round measured, and when."""

    def __init__(self, counters: Path) -> None:
        """Take the folder in which the processes count."""
        self.counters = counters
        self.measured: dict[Measured, float] = {}
        self.measured_at = 0.0

    def collect(self) -> Iterator[Metric]:
        """Yield all, as prometheus-client asks."""
        yield from metrics_of(self.counters)
        at = "When the last round measured, in seconds of the epoch."
        yield GaugeMetricFamily("carestation_measured_at_seconds", at, self.measured_at)
        text = "Of the last round (docs/how-to/watch.md)."
        for one in Measured:
            if one in self.measured:
                yield GaugeMetricFamily(f"carestation_{one}", text, self.measured[one])


def serve(shown: Shown, url: str) -> int:
    """Answer at the address from now on, beside whoever calls; return the port.

    Raises:
        OSError: the port is taken.
    """
    registry = CollectorRegistry()
    registry.register(shown)
    place = urlsplit(url)
    server, _ = start_http_server(place.port or 0, place.hostname or "127.0.0.1", registry)
    return int(server.server_port)
