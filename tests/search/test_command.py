"""`carestation search`: how far the index is, and making it anew."""

import json

import pytest

from carestation.groups.choices import Side
from config import cli
from tests.search.looking import found_posts, say
from tests.world import World


def asked(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, dict[str, int]]:
    code = cli.main(["search", "--json", *options])
    return code, json.loads(capsys.readouterr().out)


def test_the_command_counts_what_is_missing_and_makes_the_index_anew(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    post = say(world, "kato", Side.PROFESSIONAL, "むくみが強い")

    before = asked(capsys)
    after = asked(capsys, "--rebuild", "--group", str(world.group.pk))

    assert before == (1, {"posts": 1, "missing": 1})
    assert after == (0, {"posts": 1, "missing": 0})
    assert found_posts(world, "sato", "むくみ") == [post]
