"""Opening a timeline that holds 10,000 posts: for people, for programs; and home."""

import statistics
from functools import partial
from typing import Final

from benchmarks.clients import Ask, ask_all, request
from benchmarks.figures import Budget, Figures
from benchmarks.processes import spent_on
from benchmarks.scene import Scene

SECONDS: Final = 4
WARM_SECONDS: Final = 1
READERS: Final = 4
BUDGETS: Final = (
    Budget(figure="timeline_page_web_ms", of="empty_web_ms", most=15.0),
    Budget(figure="timeline_page_postgres_ms", of="bare_postgres_ms_at_16", most=40.0),
    Budget(figure="timeline_api_web_ms", of="empty_web_ms", most=10.0),
    Budget(figure="home_web_ms", of="empty_web_ms", most=12.0),
)


def measure(scene: Scene) -> Figures:
    """Return the milliseconds of each kind of look."""
    old, figures = scene.old, Figures()
    for name, path, cookie in (
        ("timeline_page", old.page, True),
        ("timeline_api", old.posts, False),
        ("home", "/", True),
        ("me", "/api/v1/me", False),
    ):
        figures |= cost_of(scene, name, looks(path, old.tokens[:READERS], cookie=cookie))
    return figures


def looks(path: str, tokens: list[str], *, cookie: bool = True) -> list[Ask]:
    """Return what opens a page, for each of some people; for programs without a cookie."""
    return [partial(request, "GET", path, token, cookie=cookie) for token in tokens]


def cost_of(scene: Scene, name: str, asks: list[Ask]) -> Figures:
    """Return how many answers come a second where each asks again and again, and what one costs."""
    ask_all(scene.url, asks, seconds=WARM_SECONDS)
    taken: list[float] = []

    def work() -> int:
        taken.extend(ask_all(scene.url, asks, seconds=SECONDS))
        return len(taken)

    spent, count = spent_on(scene.data, work)
    return {
        f"{name}_per_second": count / SECONDS,
        f"{name}_web_ms": spent.web / count * 1e3,
        f"{name}_postgres_ms": spent.postgres / count * 1e3,
        f"{name}_ms_p50_at_{len(asks)}": statistics.median(taken) * 1e3,
    }
