"""The page that looks for something, and what it puts down."""

import re
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.timeline.choices import Urgency
from tests.accounts.signing_in import sign_in_client
from tests.search.looking import let_index_follow, say
from tests.world import World

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT
SEARCH = "/search/"


def a_client(world: World, who: str) -> Client:
    client = Client()
    sign_in_client(client, world.people[who])
    return client


def searched(client: Client, **asked: object) -> str:
    """Ask, follow to the page that answers, and return it."""
    answer = client.post(SEARCH, asked)
    assert answer.status_code == 302
    return str(client.get(answer["Location"]).content.decode())


def facts_of(kind: str) -> list[LoggedFact]:
    return list(LoggedFact.objects.filter(kind=kind).order_by("id"))


def test_a_hit_is_marked_named_by_its_side_and_leads_to_the_post(world: World) -> None:
    first = say(world, "kato", PRO, "下腿のむくみ", urgency=Urgency.URGENT)
    reply = say(world, "sato", PRO, "ムクミは軽い", parent_id=first)
    say(world, "mori", PAT, "むくみが心配です")
    let_index_follow()

    page = searched(a_client(world, "sato"), words="ムクミ")

    assert "「ムクミ」 3件" in page
    assert page.count("<mark>むくみ</mark>") == 2
    assert page.count("<mark>ムクミ</mark>") == 1
    base = reverse("timeline:timeline", args=[world.group.pk, PRO])
    assert f'href="{base}?at={reply}#post-{reply}"' in page
    titles = re.findall(r'result__title">(.*?)</span></span>', page, re.DOTALL)
    assert all('佐伯 千代 様</bdi><span class="tag tag--' in one for one in titles)
    assert ["family" if "tag--family" in one else "staff" for one in titles] == [
        "family",
        "staff",
        "staff",
    ]


@pytest.mark.control("8.3")
def test_the_family_is_shown_their_own_side_and_nobody_of_the_other(world: World) -> None:
    say(world, "kato", PRO, "むくみの相談")
    say(world, "mori", PAT, "むくみが心配です")
    let_index_follow()

    page = searched(a_client(world, "mori"), words="むくみ")

    assert "1件" in page
    assert "心配です" in page
    assert "相談" not in page


def test_words_stand_in_no_address_and_come_back_with_the_page(world: World) -> None:
    client = a_client(world, "sato")

    answer = client.post(SEARCH, {"words": "余命", "group": world.group.pk, "days": "30"})
    page = client.get(answer["Location"]).content.decode()

    assert re.fullmatch(r"/search/[0-9a-f-]{36}/", answer["Location"])
    assert 'value="余命"' in page
    assert "佐伯 千代 様・この30日" in page
    assert "この言葉の投稿はありません。短い言葉や" in re.sub(r"</?\w+>", "", page)
    links = re.findall(r'(?:href|action)="([^"]*)"', page)
    assert not [one for one in links if "余命" in one or "%E4%BD%99" in one]


def test_another_session_cannot_open_a_search(world: World) -> None:
    answer = a_client(world, "sato").post(SEARCH, {"words": "余命"})

    other = a_client(world, "sato").get(answer["Location"])

    assert (other.status_code, other["Location"]) == (302, SEARCH)


def test_a_few_searches_are_kept_and_the_oldest_forgotten(world: World) -> None:
    client = a_client(world, "sato")
    places = [client.post(SEARCH, {"words": f"言葉{n}"})["Location"] for n in range(11)]

    assert client.get(places[0]).status_code == 302
    assert "言葉1" in client.get(places[1]).content.decode()


@pytest.mark.control("8.15")
def test_who_looked_is_put_down_with_what_they_were_shown_and_never_for_what(
    world: World,
) -> None:
    say(world, "kato", PRO, "むくみが強い")
    let_index_follow()
    client = a_client(world, "sato")

    searched(client, words="むくみ", group=world.group.pk)
    searched(client, words="見つからない")

    made, shown = facts_of("search.SearchMade"), facts_of("search.HitsShown")
    sato = world.people["sato"].pk
    assert [(one.actor_id, one.group_id, one.detail) for one in made] == [
        (sato, world.group.pk, {"hits": 1}),
        (sato, None, {"hits": 0}),
    ]
    assert [(one.actor_id, one.group_id, one.detail) for one in shown] == [
        (sato, world.group.pk, {"hits": 1})
    ]
    assert shown[0].object_id == made[0].object_id


@pytest.mark.parametrize("asked", [{}, {"words": " 　"}, {"words": "あ" * 101}, {"words": "\x00"}])
def test_a_question_that_asks_nothing_keeps_what_was_typed(
    world: World, asked: dict[str, str]
) -> None:
    answer = a_client(world, "sato").post(SEARCH, asked | {"group": str(world.group.pk)})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert 'role="alert"' in page
    assert f'value="{world.group.pk}" selected' in page


def test_an_index_that_is_behind_says_up_to_when_it_has_read(world: World) -> None:
    say(world, "kato", PRO, "むくみが強い")
    client = a_client(world, "sato")
    at_once = searched(client, words="むくみ")
    later = timezone.now() + timedelta(minutes=5)

    with patch("carestation.search.queries.places.timezone.now", lambda: later):
        late = searched(client, words="むくみ")

    assert "までの投稿からさがしました" not in at_once
    assert re.search(r"\d+:\d\d までの投稿からさがしました", late)


def test_more_than_a_page_is_walked_and_a_group_is_searched_alone(world: World) -> None:
    for number in range(31):
        say(world, "kato", PRO, f"むくみ {number}回目")
    let_index_follow()
    client = a_client(world, "sato")
    answer = client.post(SEARCH, {"words": "むくみ", "side": "professional"})

    first = client.get(answer["Location"]).content.decode()
    second = client.get(answer["Location"] + "?show=posts&page=2").content.decode()

    assert "30件以上" in first
    assert "page=2" in first
    assert second.count('class="result"') == 1
    assert "0回目" in second
    assert searched(client, words="むくみ", side="patient").count('class="result"') == 0
    elsewhere = searched(client, words="むくみ", group=world.elsewhere.pk)
    assert elsewhere.count('class="result"') == 0


def test_who_sits_nowhere_is_told_so(world: World) -> None:
    page = a_client(world, "ueda").get(SEARCH).content.decode()

    assert "参加しているグループがありません。" in page


def test_a_patients_page_leads_to_its_own_search(world: World) -> None:
    client = a_client(world, "sato")
    page = client.get(reverse("timeline:timeline", args=[world.group.pk, PRO])).content.decode()
    link = f"/search/?group={world.group.pk}"

    assert f'href="{link}"' in page
    assert f'value="{world.group.pk}" selected' in client.get(link).content.decode()


def people_found(world: World, who: str, words: str) -> str:
    client = a_client(world, who)
    answer = client.post(SEARCH, {"words": words})
    page = client.get(answer["Location"] + "?show=people").content.decode()
    return str(re.sub(r"<select.*?</select>", "", page, flags=re.DOTALL))


@pytest.mark.control("8.3")
def test_patients_people_and_facilities_are_found_by_their_reading_where_one_sits(
    world: World,
) -> None:
    by_kana = people_found(world, "sato", "サエキ")
    colleague = people_found(world, "sato", "かとう")
    place = people_found(world, "sato", "月見坂")

    assert "佐伯 千代" in by_kana
    assert "加藤 恵子" in colleague
    assert "加藤 恵子" in place
    assert all(
        "加藤 恵子" in people_found(world, "sato", words)
        for words in ("つきみざか", "ツキミザカ", "ﾂｷﾐｻﾞｶ")
    )
    assert "伊藤 実" not in place
    assert "上田 静" not in people_found(world, "sato", "うえだ")
    assert "佐伯 千代" not in people_found(world, "ito", "さえき")
    assert "あてはまる人はいません。" in people_found(world, "ito", "さえき")
