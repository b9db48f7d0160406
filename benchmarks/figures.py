"""A figure, its budget, and what is written down of a run.

A budget is a ratio to the yardstick of the same run: a slower machine, or a busy one, slows both.
"""

import json
import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

OUT: Final = Path(__file__).parent / "out"
SHARES: Final = (50, 95, 99)
Figures = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """`figure` may be at most `most` times the yardstick `of`; the aim of the issue is no limit."""

    figure: str
    of: str
    most: float

    def ratio(self, figures: Figures) -> float:
        """Return the ratio as measured."""
        return figures[self.figure] / figures[self.of]


def shares_of(figure: str, seconds: list[float], at: str = "") -> Figures:
    """Return below how many milliseconds the half of them stays, and nearly all."""
    taken = sorted(seconds)
    return {
        f"{figure}_ms_p{share}{at}": taken[min(len(taken) - 1, len(taken) * share // 100)] * 1e3
        for share in SHARES
    }


def table_of(title: str, figures: Figures) -> str:
    """Return the figures as rows."""
    width = max(len(name) for name in figures)
    rows = "".join(f"  {name:<{width}}  {value:>10.4g}\n" for name, value in figures.items())
    return f"{title}\n{rows}"


def verdict_of(budget: Budget, figures: Figures) -> str:
    """Return how a figure stands to its budget."""
    ratio = budget.ratio(figures)
    word = "kept" if ratio <= budget.most else "EXCEEDED"
    return f"  {budget.figure} is {ratio:.2f} of {budget.of}, at most {budget.most}: {word}"


def write_down(name: str, figures: Figures) -> None:
    """Write what was measured, on what, and how busy that was."""
    OUT.mkdir(exist_ok=True)
    told = {
        "figures": figures,
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "cores": os.cpu_count(),
        "load_average": os.getloadavg()[0],
        "python": platform.python_version(),
    }
    (OUT / f"{name}.json").write_text(json.dumps(told, indent=1) + "\n")
