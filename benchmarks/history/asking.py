"""What is measured with few posts and with many: the same requests of the same people."""

from functools import partial
from typing import Final

from benchmarks import seats, yardstick
from benchmarks.clients import Ask, ask_all
from benchmarks.figures import Figures
from benchmarks.history.counting import touched_by
from benchmarks.pages import cost_of, looks
from benchmarks.posts import post_in
from benchmarks.scene import Group, Scene
from carestation.kernel.acting import Work, acting_as

FRESH_SECONDS: Final = 3
READERS: Final = 8
WRITERS: Final = 16


def measure(scene: Scene) -> Figures:
    """Return what a post in young groups, looks at an old one, a session and a seat cost."""
    writers: list[Ask] = [
        partial(post_in, group, token)
        for row in range(2)
        for group in scene.groups
        for token in (group.tokens[row],)
    ]
    return (
        yardstick.measure(scene)
        | cost_of(scene, "post", writers[:WRITERS])
        | looks_at(scene, scene.old)
        | seats.measure(scene)
    )


def looks_at(scene: Scene, group: Group) -> Figures:
    """Return what the pages of a group, what came after, and home cost. Its newest are real."""
    tokens = group.tokens[:READERS]
    writers: list[Ask] = [partial(post_in, group, token) for token in tokens]
    ask_all(scene.url, writers, seconds=FRESH_SECONDS)
    figures: Figures = {}
    for name, path, cookie in (
        ("api", group.posts, False),
        ("page", group.page, True),
        ("after", f"{group.posts}?after={_seq(group) - 10}", False),
        ("home", "/", True),
    ):
        figures |= cost_of(scene, name, looks(path, tokens, cookie=cookie))
    return figures | touched_by(scene.database_url, group)


def _seq(group: Group) -> int:
    from carestation.groups.models.groups import Timeline  # noqa: PLC0415 - needs Django

    with acting_as(Work.CONTENT):
        return Timeline.objects.get(group_id=group.id, side=group.side).seq
