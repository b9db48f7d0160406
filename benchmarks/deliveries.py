"""Twenty groups of fifteen people, each with an open stream: from when a post is due to the eye.

Open loop: posts are due at a steady rate, whoever is late; a post that had to wait in a queue has
waited. Closed loop: 64 writers, each of whom writes again when the last post is acknowledged; what
is delivered of them is counted, and what the pieces spend a post. Streams are read in the same
thread that sends, as they come.
"""

import time
from contextlib import ExitStack
from typing import Final

from benchmarks.crowd import Crowd
from benchmarks.figures import Budget, Figures
from benchmarks.processes import Spent, spent_on
from benchmarks.scene import Scene

RATES: Final = (20, 100, 400)
SECONDS: Final = 5
WARM_SECONDS: Final = 1
WRITERS: Final = 64
# The pieces that a post goes through, and that read it after.
PIECES: Final = ("web_ms", "postgres_ms", "live_ms", "worker_ms", "caddy_ms")
BUDGETS: Final = (
    Budget(figure="delivery_ms_p50_at_20", of="post_ms_p50_at_1", most=4.0),
    Budget(figure="post_all_ms_in_crowd", of="empty_web_ms", most=20.0),
)


def measure(scene: Scene) -> Figures:
    """Return how late posts are acknowledged and reach their readers, and what they cost."""
    figures: Figures = {}
    for rate in RATES:
        figures |= _open_loop(scene, rate)
    return figures | _closed_loop(scene)


def _open_loop(scene: Scene, rate: int) -> Figures:
    with ExitStack() as stack:
        crowd = Crowd(scene.url, scene.groups, stack, writers=WRITERS)
        began, sent, count = time.perf_counter(), 0, rate * SECONDS
        while sent < count and time.perf_counter() < began + 2 * SECONDS:
            while crowd.idle and sent < count and began + sent / rate <= time.perf_counter():
                crowd.write(sent, began + sent / rate)
                sent += 1
            # No longer than until the next is due: whoever asks must not be the one who is late.
            crowd.read(max(0.0, min(began + sent / rate - time.perf_counter(), 0.002)))
        ended = crowd.wait()
        figures = crowd.figures(f"at_{rate}")
    last = began + (count - 1) / rate
    return figures | {
        f"written_at_{rate}": len(crowd.acknowledged) / count,
        f"seconds_behind_at_{rate}": ended - last,
    }


def _closed_loop(scene: Scene) -> Figures:
    with ExitStack() as stack:
        crowd = Crowd(scene.url, scene.groups, stack, writers=WRITERS)
        _write_for(crowd, WARM_SECONDS)
        crowd.acknowledged.clear()
        crowd.delivered.clear()
        crowd.expected = 0
        began, own = time.perf_counter(), time.process_time()
        spent, count = spent_on(scene.data, lambda: _write_for(crowd, SECONDS))
        own, whole = time.process_time() - own, time.perf_counter() - began
        figures = crowd.figures("in_crowd") | _costs(spent, count)
    return figures | {
        "posts_per_second_in_crowd": count / whole,
        "post_asker_ms_in_crowd": own / count * 1e3,
    }


def _write_for(crowd: Crowd, seconds: float) -> int:
    """Let all write for a time, and wait until everyone has everything; return how many posts."""
    number, until = 0, time.perf_counter() + seconds
    while (now := time.perf_counter()) < until:
        while crowd.idle:
            crowd.write(number, now)
            number += 1
        crowd.read(0.1)
    crowd.wait()
    return number


def _costs(spent: Spent, count: int) -> Figures:
    costs = spent.milliseconds(count)
    whole = sum(costs[name] for name in PIECES)
    return {f"post_{name}_in_crowd": costs[name] for name in PIECES} | {
        "post_all_ms_in_crowd": whole
    }
