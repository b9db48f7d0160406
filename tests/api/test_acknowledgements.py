"""The sign 了解, for programs."""

import pytest

from carestation.groups.choices import Side
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.posts import publish_post
from tests.api.callers import program_of, said
from tests.world import World, a_draft


def a_sign(world: World) -> str:
    post = publish_post(world.seat("kato", Side.PROFESSIONAL), a_draft()).post
    return f"posts/{post.pk}/acknowledgement"


def test_the_sign_is_given_once_and_taken_back(world: World) -> None:
    sato, place = program_of(world, "sato"), a_sign(world)

    given, again = sato.put(place), sato.put(place)
    taken, nothing = sato.delete(place), sato.delete(place)

    answers = (given, again, taken, nothing)
    assert [answer.status_code for answer in answers] == [200] * 4
    assert [said(answer)["acknowledged_by"] for answer in answers] == [1, 1, 0, 0]
    assert said(given)["seq"] == said(again)["seq"] < said(taken)["seq"] == said(nothing)["seq"]


def test_who_gave_the_sign_is_listed_with_the_time(world: World) -> None:
    sato, place = program_of(world, "sato"), a_sign(world)
    sato.put(place)

    listed = said(program_of(world, "kato").get(place))

    assert [sign["person"]["name"] for sign in listed["acknowledged"]] == ["佐藤 一郎"]
    assert listed["acknowledged"][0]["at"].endswith("+09:00")


def test_ones_own_post_is_not_acknowledged(world: World) -> None:
    assert program_of(world, "kato").put(a_sign(world)).status_code == 403


@pytest.mark.control("8.3")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("name", ["mori", "ito", "ueda"])
def test_who_does_not_sit_there_finds_no_post(world: World, name: str, method: str) -> None:
    place = a_sign(world)
    stranger = program_of(world, name)

    answers = (
        stranger.call(method, place),
        stranger.call(method, f"posts/{uuid7()}/acknowledgement"),
    )

    assert [answer.status_code for answer in answers] == [404, 404]
