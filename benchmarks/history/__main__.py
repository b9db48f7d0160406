"""`make bench-history`: ten million posts are made, and what was measured before is measured anew.

A quarter of an hour, and ten gigabytes while it runs. Each figure is told as it is with 10,000
posts, with ten million, and of the group that holds a million of them. A budget is how much of its
yardstick it is then and now; of pages of the database that a statement touches, the bare ratio.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.__main__ import raise_file_limit
from benchmarks.figures import Budget, Figures, table_of, verdict_of, write_down
from benchmarks.history.asking import looks_at, measure
from benchmarks.history.filling import fill
from benchmarks.scene import running
from carestation.kernel.acting import Work, work_as
from config.joining import join_running

MANY, LARGEST = "_among_many", "_in_largest"
# A figure and what it is measured with; pages touched are themselves the measure.
PAGES: Final = "buffers"
YARDSTICKS: Final = {
    "web_ms": "empty_web_ms",
    "postgres_ms": "bare_postgres_ms_at_16",
    PAGES: None,
}
OF_GROUPS: Final = ("api", "page", "after", "home")
OF_ALL: Final = ("post",)
BUDGETS: Final = tuple(
    Budget(figure=f"{name}_{piece}{where}_grown", of="one", most=1.5 if piece == PAGES else 2.0)
    for where in (MANY, LARGEST)
    for piece in YARDSTICKS
    for name in (
        ("page", "api", "after", "seat", "members")
        if piece == PAGES
        else (*OF_GROUPS, *(OF_ALL if where == MANY else ()))
    )
)


def main() -> int:
    """Measure, fill, measure again; return 1 where a figure grew with the history."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000_000, help="how many posts (10000000)")
    options = parser.parse_args()
    raise_file_limit()
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before the start\n")
    with (
        tempfile.TemporaryDirectory(prefix="cs-history-") as folder,
        running(Path(folder)) as scene,
    ):
        join_running(scene.data)
        work_as(Work.CONTENT)
        figures = _told("few", measure(scene))
        began = time.perf_counter()
        filled = fill(scene.database_url, options.posts)
        print(f"{filled.posts} posts were made in {time.perf_counter() - began:.0f} seconds\n")
        figures |= _told("many", _named(measure(scene), MANY))
        figures |= _told("largest", _named(looks_at(scene, filled.largest), LARGEST))
    figures |= _grown(figures)
    write_down("history", figures)
    for budget in BUDGETS:
        print(verdict_of(budget, figures))
    return 0 if all(budget.ratio(figures) <= budget.most for budget in BUDGETS) else 1


def _told(title: str, figures: Figures) -> Figures:
    print(table_of(title, figures), flush=True)
    return figures


def _grown(figures: Figures) -> Figures:
    """Return how many times as dear each figure is as with few posts, yardstick by yardstick."""
    grown: Figures = {"one": 1.0}
    for budget in BUDGETS:
        figure = budget.figure.removesuffix("_grown")
        where = MANY if figure.endswith(MANY) else LARGEST
        before = figure.removesuffix(where)
        [yardstick] = [of for piece, of in YARDSTICKS.items() if before.endswith(piece)]
        ratio = figures[figure] / figures[before]
        if yardstick is not None:
            ratio *= figures[yardstick] / figures[f"{yardstick}{MANY}"]
        grown[budget.figure] = ratio
    return grown


def _named(figures: Figures, where: str) -> Figures:
    return {f"{name}{where}": value for name, value in figures.items()}


if __name__ == "__main__":
    sys.exit(main())
