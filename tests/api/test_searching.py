"""Programs find what their person may read."""

import pytest

from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.timeline.commands.files import upload_file
from tests.api.callers import program_of, said
from tests.search.looking import let_index_follow, say
from tests.timeline.pictures import a_jpeg
from tests.world import World

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT


def test_what_is_found_is_said_newest_first_with_the_words_around(world: World) -> None:
    older = say(world, "kato", PRO, "下腿の\nムクミは両側1+")
    newer = say(world, "mori", PAT, "むくみが心配です")
    let_index_follow()

    answer = said(program_of(world, "sato").get("search?q=むくみ"))

    group = str(world.group.pk)
    assert answer["hits"] == [
        {"post": str(newer), "group": group, "side": "patient", "excerpt": "むくみが心配です",
         "file": None},
        {"post": str(older), "group": group, "side": "professional",
         "excerpt": "下腿の ムクミは両側1+", "file": None},
    ]  # fmt: skip
    assert (answer["more"], answer["until"]) == (False, None)


def test_a_file_is_said_with_its_post(world: World) -> None:
    file = upload_file(world.actor("kato"), "指示書.jpg", a_jpeg()).file
    post = say(world, "kato", PRO, "お願いします。", attachments=(file.id,))
    let_index_follow()

    [hit] = said(program_of(world, "sato").get("search?q=指示書"))["hits"]

    assert (hit["post"], hit["file"], hit["excerpt"]) == (str(post), str(file.id), "指示書.jpg")


def test_a_number_is_looked_for_as_it_is_written(world: World) -> None:
    post = say(world, "kato", PRO, "血圧 122/66")
    let_index_follow()

    [hit] = said(program_of(world, "sato").get("search?q=122"))["hits"]

    assert hit["post"] == str(post)


@pytest.mark.control("8.3")
def test_the_family_finds_nothing_of_the_other_side_nor_anyone_of_another_group(
    world: World,
) -> None:
    say(world, "kato", PRO, "予後の相談")
    let_index_follow()
    group = f"search?q=予後&group={world.group.pk}"

    assert len(said(program_of(world, "sato").get(group))["hits"]) == 1
    assert said(program_of(world, "mori").get(group))["hits"] == []
    assert program_of(world, "ito").get(group).status_code == 404
    assert said(program_of(world, "ito").get("search?q=予後"))["hits"] == []


def test_a_limit_holds_and_says_that_there_is_more(world: World) -> None:
    for number in range(3):
        say(world, "kato", PRO, f"むくみ{number}")
    let_index_follow()

    answer = said(program_of(world, "sato").get("search?q=むくみ&limit=2"))

    assert ([hit["excerpt"] for hit in answer["hits"]], answer["more"]) == (
        ["むくみ2", "むくみ1"],
        True,
    )


@pytest.mark.parametrize("query", ["", "q=", "q=%20", "q=%00", f"q={'a' * 101}", "q=a&limit=0"])
def test_nonsense_is_refused_with_its_field(world: World, query: str) -> None:
    assert program_of(world, "sato").get(f"search?{query}").status_code == 422


@pytest.mark.control("8.15")
def test_a_programs_search_is_a_look_too(world: World) -> None:
    say(world, "kato", PRO, "むくみ")
    let_index_follow()
    program_of(world, "sato").get("search?q=むくみ")

    kinds = LoggedFact.objects.filter(kind__startswith="search.").values_list("kind", flat=True)
    assert sorted(kinds) == ["search.HitsShown", "search.SearchMade"]
