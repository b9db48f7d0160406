"""Who asks, and where they sit."""

from carestation.groups.choices import Side
from carestation.timeline.commands.posts import publish_post
from tests.api.callers import program_of, said
from tests.world import World, a_draft


def test_one_sees_oneself_and_ones_workplaces(world: World) -> None:
    me = said(program_of(world, "kato").get("me"))

    assert me["person"]["name"] == "加藤 恵子"
    assert [(one["name"], one["profession"]) for one in me["facilities"]] == [
        ("月見坂在宅クリニック", "visiting_nurse")
    ]
    assert me["policies"]["second_factor"] is True


def test_the_family_works_nowhere(world: World) -> None:
    me = said(program_of(world, "mori").get("me"))

    assert me["facilities"] == []
    assert me["policies"]["second_factor"] is False


def test_each_sees_the_sides_that_are_open_to_them(world: World) -> None:
    publish_post(world.seat("kato", Side.PROFESSIONAL), a_draft())

    sides = {
        name: [one["side"] for group in said(program_of(world, name).get("groups"))
               for one in group["sides"]]
        for name in ("sato", "mori", "ueda")
    }  # fmt: skip

    assert sides == {"sato": ["patient", "professional"], "mori": ["patient"], "ueda": []}


def test_a_side_says_its_counts(world: World) -> None:
    publish_post(world.seat("kato", Side.PROFESSIONAL), a_draft())

    [group] = said(program_of(world, "sato").get("groups"))

    side = next(one for one in group["sides"] if one["side"] == "professional")
    assert (side["posts"], side["read"], side["unread"]) == (1, 0, 1)
    assert group["kind"] == "patient"


def test_a_free_group_has_its_name_and_no_patient(world: World) -> None:
    [group] = said(program_of(world, "ito").get("groups"))

    assert (group["name"], group["kind"]) == ("退院調整チーム", "free")
    assert "patient" not in group
