"""Opening a timeline that holds 10,000 posts: for people, for programs; and home."""

import statistics
from functools import partial
from typing import Final

from benchmarks.clients import Ask, ask_all, request
from benchmarks.figures import Budget, Figures
from benchmarks.processes import spent_on
from benchmarks.scene import Scene

SECONDS: Final = 4
READERS: Final = 4
BUDGETS: Final = (
    Budget(figure="timeline_page_web_ms", of="empty_web_ms", most=25.0),
    Budget(figure="timeline_page_postgres_ms", of="bare_postgres_ms_at_16", most=60.0),
    Budget(figure="timeline_api_web_ms", of="empty_web_ms", most=14.0),
    Budget(figure="home_web_ms", of="empty_web_ms", most=17.0),
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
        asks: list[Ask] = [
            partial(request, "GET", path, token, cookie=cookie) for token in old.tokens[:READERS]
        ]
        ask_all(scene.url, asks, seconds=1)
        taken: list[float] = []

        def look(into: list[float] = taken, those: list[Ask] = asks) -> int:
            into += ask_all(scene.url, those, seconds=SECONDS)
            return len(into)

        spent, count = spent_on(scene.data, look)
        figures[f"{name}_web_ms"] = spent.web / count * 1e3
        figures[f"{name}_postgres_ms"] = spent.postgres / count * 1e3
        figures[f"{name}_ms_p50_at_{READERS}"] = statistics.median(taken) * 1e3
    return figures
