"""`make bench-load`: the start of a shift, a group of five hundred, and who is slow on purpose."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.__main__ import raise_file_limit
from benchmarks.figures import Figures, table_of, verdict_of, write_down
from benchmarks.load import arrivals, hostile, large
from benchmarks.scene import MEMBERS, Scene, running
from carestation.kernel.acting import Work, work_as
from config.joining import join_running

PEOPLE: Final = 2_000
MEASURED: Final[dict[str, Callable[[Scene], Figures]]] = {
    "large": large.measure,
    "hostile": hostile.measure,
    "arrivals": arrivals.measure,
}
BUDGETS: Final = (*large.BUDGETS, *hostile.BUDGETS)


def main() -> int:
    """Measure; return 1 where someone failed to arrive, or a budget is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help=f"what to measure: {', '.join(MEASURED)} (all)")
    only = parser.parse_args().only or [*MEASURED]
    raise_file_limit()
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before the start\n")
    figures: Figures = {}
    groups = -(-PEOPLE // MEMBERS)
    with (
        tempfile.TemporaryDirectory(prefix="cs-load-") as folder,
        running(Path(folder), groups=groups, history=0) as scene,
    ):
        join_running(scene.data)
        work_as(Work.CONTENT)
        for name in only:
            found = MEASURED[name](scene)
            print(table_of(name, found), flush=True)
            write_down(name, found)
            figures |= found
    budgets = [budget for budget in BUDGETS if budget.figure in figures]
    for budget in budgets:
        print(verdict_of(budget, figures))
    kept = all(budget.ratio(figures) <= budget.most for budget in budgets)
    return 0 if kept and not figures.get("failed") else 1


if __name__ == "__main__":
    sys.exit(main())
