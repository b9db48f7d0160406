"""`make bench`: all figures in one run, as a table and as `benchmarks/out/*.json`.

It fails where a ratio is over its budget, never for a clock time (README.md says why).
"""

import os
import resource
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks import acts, deliveries, live, pages, posts, sealing, search, seats, yardstick
from benchmarks.figures import Budget, Figures, table_of, verdict_of, write_down
from benchmarks.scene import Scene, running

# Each streams' end takes a file, here and in the processes that inherit our limit.
FILES: Final = 16_384
BUDGETS: Final = (
    *posts.BUDGETS,
    *acts.BUDGETS,
    *pages.BUDGETS,
    *deliveries.BUDGETS,
    *seats.BUDGETS,
    *sealing.BUDGETS,
    *search.BUDGETS,
)


def main() -> int:
    """Measure everything; return 1 where a budget is exceeded."""
    raise_file_limit()
    _say(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before the start\n")
    with tempfile.TemporaryDirectory(prefix="cs-bench-") as folder, running(Path(folder)) as scene:
        figures = _measured(scene)
    exceeded = [budget for budget in BUDGETS if not _keeps(budget, figures)]
    return 1 if exceeded else 0


def _measured(scene: Scene) -> Figures:
    figures: Figures = {}
    for name, measure in (
        ("yardstick", yardstick.measure),
        ("posts", posts.measure),
        ("acts", acts.measure),
        ("pages", pages.measure),
        ("deliveries", deliveries.measure),
        ("seats", seats.measure),
        ("sealing", sealing.measure),
        ("search", search.measure),
        ("live", _live),
    ):
        found = measure(scene)
        _say(table_of(name, found))
        write_down(name, found)
        figures |= found
    # A machine can slow down while it measures: what all is held against is the mean of both ends.
    again = yardstick.measure(scene)
    _say(table_of("yardstick at the end", again))
    return figures | {name: (figures[name] + value) / 2 for name, value in again.items()}


def _live(scene: Scene) -> Figures:
    bench = scene.live()
    found = live.yardstick(bench) | live.memory(bench) | live.deliveries(bench)
    return {f"live_{name}": value for name, value in found.items()}


def _keeps(budget: Budget, figures: Figures) -> bool:
    _say(verdict_of(budget, figures))
    return budget.ratio(figures) <= budget.most


def raise_file_limit() -> None:
    """Let as many files be open as the streams need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, FILES)), hard))


def _say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
