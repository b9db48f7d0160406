"""What a process counts of its work, for whoever watches (docs/how-to/watch.md).

The processes of one machine count in files that they share (`PROMETHEUS_MULTIPROC_DIR`, which
prometheus-client reads itself); where none is named, each counts for itself. To count costs
microseconds and no statement. A label is a word of ours: a route's pattern, a reason, a class of
answers; never an id, a name or an address.

Controls: ISO/IEC 27017 CLD.12.4.5, 8.6; white paper 「クラウドサービスの監視」,
    「容量・能力の管理」.
"""

from functools import cache, lru_cache
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

# Up to where an answer is quick, felt, slow, and given up.
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
MOST_ROUTES: Final = 2_000
NO_ROUTE: Final = "none"

_ANSWERS: Final = Histogram(
    "carestation_request_seconds",
    "How long web took to answer, by the route's pattern and the class of the answer.",
    ["route", "answer"],
    buckets=SECONDS,
)
_PUSHES: Final = Counter("carestation_pushes", "Pushes that web gave the bus.", ["taken"])
# Looked up once: to find the counter of a label costs as much as to count.
TAKEN: Final = _PUSHES.labels("yes")
UNTAKEN: Final = _PUSHES.labels("no")
HEARD: Final = Counter("carestation_pushes_heard", "Pushes that live heard.")
BREAKS: Final = Counter("carestation_bus_breaks", "How often live began to hear the bus anew.")


@cache
def streams() -> Gauge:
    """Return the number of open event streams; live alone has it: without live there is none."""
    return Gauge("carestation_streams", "Open event streams.", multiprocess_mode="livesum")


def note_answer(route: str, status: int, seconds: float) -> None:
    """Count one answer of web."""
    _answers(route or NO_ROUTE, status // 100).observe(seconds)


# A pattern of the project's addresses: as many as there are views, and no more.
@lru_cache(maxsize=MOST_ROUTES)
def _answers(route: str, hundreds: int) -> Histogram:
    return _ANSWERS.labels(route, f"{hundreds}xx")
