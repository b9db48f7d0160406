"""Posts are found by their words, by who sits where they stand, as they are now."""

from datetime import timedelta
from importlib import import_module
from unittest.mock import patch
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carestation.groups.choices import Side
from carestation.groups.commands.memberships import end_membership
from carestation.groups.queries.seats import take_seat
from carestation.search.choices import EntryKind
from carestation.search.commands.index import index_posts
from carestation.search.commands.rebuilding import rebuild_index
from carestation.search.models import Entry
from carestation.search.queries import candidates
from carestation.search.queries.entries import GRAMS
from carestation.search.rules import STEP, folded_text, has_all, pairs_of, walks_on, words_of
from carestation.timeline.choices import Urgency
from carestation.timeline.commands.changes import edit_post, restore_post, withdraw_post
from carestation.timeline.commands.files import upload_file
from carestation.timeline.commands.posts import publish_post
from carestation.timeline.models import Post
from carestation.vault.models import Scope
from carestation.vault.scopes import forget_all, open_scope
from tests.search.looking import found_posts, let_index_follow, look, say
from tests.search.test_folding import TEXTS
from tests.timeline.pictures import a_jpeg
from tests.world import World, a_draft

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT


def test_a_post_is_found_by_its_words_however_they_are_written(world: World) -> None:
    post = say(world, "kato", PRO, "下腿のむくみは両側1+。体重50.0kg。")
    say(world, "sato", PRO, "お変わりありません。")
    let_index_follow()

    for asked in ("むくみ", "ムクミ", "ﾑｸﾐ", "体重 むくみ", "５０．０KG", "むくみは両側"):
        assert found_posts(world, "sato", asked) == [post], asked
    assert found_posts(world, "sato", "浮腫") == []


def test_what_was_found_is_shown_with_who_said_it_and_the_words_around(world: World) -> None:
    say(world, "kato", PRO, "あ" * 100 + "両足のムクミが強い。" + "い" * 300)
    let_index_follow()

    [hit] = look(world, "sato", "むくみ").hits

    assert (hit.author, hit.calling, hit.seat.side) == ("加藤 恵子", "訪問看護師", PRO)
    assert [part.text for part in hit.parts if part.is_marked] == ["ムクミ"]
    assert hit.excerpt.startswith("…あ")
    assert hit.excerpt.endswith("い…")
    assert len(hit.excerpt) < 200


@pytest.mark.control("8.3")
def test_nobody_finds_what_stands_where_they_do_not_sit(world: World) -> None:
    staff = say(world, "kato", PRO, "予後についての相談")
    family = say(world, "mori", PAT, "次の相談はいつですか")
    let_index_follow()

    assert found_posts(world, "sato", "相談") == [family, staff]
    assert found_posts(world, "mori", "相談") == [family]
    assert found_posts(world, "ito", "相談") == []
    assert found_posts(world, "ueda", "相談") == []
    assert found_posts(world, "mori", "談") == [family]


@pytest.mark.control("8.3")
def test_who_has_left_finds_nothing_from_that_moment_on(world: World) -> None:
    say(world, "kato", PRO, "むくみが強い")
    let_index_follow()
    before = found_posts(world, "sato", "むくみ")
    end_membership(world.seat("kato", PRO), world.membership("sato").pk)

    assert len(before) == 1
    assert found_posts(world, "sato", "むくみ") == []


def test_an_edited_post_is_found_by_its_new_words_alone(world: World) -> None:
    post = say(world, "kato", PRO, "右足のむくみ")
    let_index_follow()
    edit_post(world.seat("kato", PRO), post, "左足のはれ")
    let_index_follow()

    assert found_posts(world, "sato", "左足") == [post]
    assert found_posts(world, "sato", "むくみ") == []


def test_a_withdrawn_post_is_found_no_more_whether_or_not_the_index_has_followed(
    world: World,
) -> None:
    post = say(world, "kato", PRO, "右足のむくみ")
    let_index_follow()
    withdraw_post(world.seat("kato", PRO), post)

    assert found_posts(world, "sato", "むくみ") == []
    assert found_posts(world, "sato", "足") == []
    let_index_follow()
    assert Entry.objects.get(pk=post).grams == []
    restore_post(world.seat("kato", PRO), post)
    let_index_follow()
    assert found_posts(world, "sato", "むくみ") == [post]


def test_an_older_reading_never_replaces_a_newer_one(world: World) -> None:
    post = say(world, "kato", PRO, "右足のむくみ")
    edit_post(world.seat("kato", PRO), post, "左足のはれ")
    index_posts([(world.group.pk, post)])
    newer = Entry.objects.get(pk=post)
    Post.objects.filter(pk=post).update(changed_seq=1)
    withdraw = Post.objects.filter(pk=post)
    withdraw.update(withdrawn_at=timezone.now())
    index_posts([(world.group.pk, post)])

    assert Entry.objects.get(pk=post).grams == newer.grams


def test_a_file_is_found_by_its_name(world: World) -> None:
    file = upload_file(world.actor("kato"), "訪問看護指示書.jpg", a_jpeg()).file
    post = say(world, "kato", PRO, "お願いします。", attachments=(file.id,))
    let_index_follow()

    [hit] = look(world, "sato", "ｼｼﾞ 指示書").hits or look(world, "sato", "指示書").hits

    assert (hit.kind, hit.post_id, hit.id) == (EntryKind.FILE, post, file.id)
    assert found_posts(world, "sato", "指示書", kinds=(EntryKind.POST,)) == []
    assert found_posts(world, "sato", "書", kinds=(EntryKind.FILE,)) == [post]


def test_conditions_narrow_what_is_found(world: World) -> None:
    urgent = say(world, "kato", PRO, "むくみが急に強い", urgency=Urgency.URGENT)
    plain = say(world, "sato", PRO, "むくみは軽い")
    file = upload_file(world.actor("kato"), "足.jpg", a_jpeg()).file
    pictured = say(world, "kato", PRO, "むくみの写真", attachments=(file.id,))
    let_index_follow()
    month_ago = timezone.now() - timedelta(days=30)
    Post.objects.filter(pk=plain).update(published_at=month_ago)
    kato = world.people["kato"].pk

    assert found_posts(world, "sato", "むくみ") == [pictured, plain, urgent]
    assert found_posts(world, "sato", "むくみ", only_urgent=True) == [urgent]
    assert found_posts(world, "sato", "むくみ", author_id=kato) == [pictured, urgent]
    assert found_posts(world, "sato", "むくみ", with_files=True) == [pictured]
    since = month_ago + timedelta(days=1)
    assert found_posts(world, "sato", "むくみ", since=since) == [pictured, urgent]
    assert found_posts(world, "sato", "", only_urgent=True) == [urgent]
    assert found_posts(world, "sato", "み", author_id=kato) == [pictured, urgent]


def test_a_page_says_whether_there_is_more(world: World) -> None:
    posts = [say(world, "kato", PRO, f"むくみ {number}") for number in range(5)][::-1]
    let_index_follow()

    first = look(world, "sato", "むくみ", limit=3)

    assert [hit.post_id for hit in first.hits] == posts[:3]
    assert first.has_more
    assert not look(world, "sato", "むくみ", limit=5).has_more


@pytest.mark.control("8.24")
def test_the_index_says_neither_words_nor_their_order_nor_how_many_there_are(
    world: World,
) -> None:
    one = say(world, "kato", PRO, "むくみが強い")
    let_index_follow()

    grams = Entry.objects.get(pk=one).grams

    assert grams == sorted(grams)
    assert len(grams) % STEP == 0


@pytest.mark.control("8.24")
def test_words_cannot_be_followed_from_one_group_to_another(world: World) -> None:
    one = say(world, "kato", PRO, "むくみが強い")
    seat = take_seat(world.actor("ito"), world.elsewhere.pk, Side.ALL)
    other = publish_post(seat, a_draft("むくみが強い")).post.pk
    let_index_follow()

    first, second = (set(Entry.objects.get(pk=pk).grams) for pk in (one, other))

    assert len(first) == len(second)
    assert first.isdisjoint(second)


def test_the_same_post_read_twice_leaves_the_same_entry(world: World) -> None:
    post = say(world, "kato", PRO, "むくみが強い")
    let_index_follow()
    before = Entry.objects.get(pk=post).grams
    let_index_follow()

    assert Entry.objects.get(pk=post).grams == before
    assert Entry.objects.count() == Post.objects.count()


def test_the_index_is_made_anew_of_what_there_is(world: World) -> None:
    post = say(world, "kato", PRO, "むくみが強い")
    say(world, "mori", PAT, "むくみが心配です")

    assert found_posts(world, "sato", "むくみ") == []
    assert list(rebuild_index(world.group.pk)) == [2]
    assert len(found_posts(world, "sato", "むくみ")) == 2
    Entry.objects.filter(pk=post).update(grams=[1])
    assert list(rebuild_index()) == [2]
    assert len(found_posts(world, "sato", "むくみ")) == 2


def test_of_a_group_whose_keys_are_gone_nothing_is_written(world: World) -> None:
    say(world, "kato", PRO, "むくみが強い")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM vault_scope WHERE id = %s", [world.group.pk])
    forget_all()
    let_index_follow()

    assert found_posts(world, "sato", "むくみ") == []
    assert found_posts(world, "sato", "み") == []
    assert not Scope.objects.filter(pk=world.group.pk).exists()
    assert not Entry.objects.of_group(world.group.pk).exists()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(bodies=st.lists(TEXTS, min_size=1, max_size=6), asked=TEXTS, data=st.data())
def test_the_index_finds_what_reading_every_post_finds(
    world: World, bodies: list[str], asked: str, data: st.DataObject
) -> None:
    whole = data.draw(st.sampled_from(bodies))
    begin = data.draw(st.integers(min_value=0, max_value=len(whole)))
    end = data.draw(st.integers(min_value=begin, max_value=len(whole)))
    sides = [data.draw(st.sampled_from((PRO, PAT))) for _ in bodies]
    posts = {
        say(world, "kato", side, f"{body}です。"): f"{body}です。"
        for side, body in zip(sides, bodies, strict=True)
    }
    let_index_follow()
    at_once = data.draw(st.sampled_from((2, 4, candidates.WALKED_AT_ONCE)))
    limit = data.draw(st.integers(min_value=1, max_value=3))

    with patch.multiple(candidates, WALKED_AT_ONCE=at_once, WALKED_OF_EACH=1, ASKED_AT_LEAST=1):
        for question in (asked, whole[begin:end], "です。"):
            words = words_of(question)
            read = [post for post, body in posts.items() if has_all(words, folded_text(body))]
            found = [post for post in found_posts(world, "sato", question) if post in posts]
            assert found == sorted(read, reverse=True)
            first = [hit.post_id for hit in look(world, "sato", question, limit=limit).hits]
            assert first[: len(read)] == found[:limit]


def ways_to(world: World, asked: str) -> tuple[list[UUID], list[str]]:
    """Return the newest ten that are found, and how each look at the index was made."""
    signs = {"walked AS": "walked", "OFFSET 0": "looked up"}
    with CaptureQueriesContext(connection) as queries:
        hits = look(world, "sato", asked, limit=10).hits
    said = [way for query in queries for sign, way in signs.items() if sign in query["sql"]]
    return [hit.post_id for hit in hits], said


def test_a_word_of_every_post_is_found_without_its_others_and_a_rare_one_is_looked_up(
    world: World,
) -> None:
    posts = [
        say(world, "kato", PRO, f"訪問しました。{'むくみ' if number in {7, 50} else ''}")
        for number in range(120)
    ]
    let_index_follow()

    with patch.multiple(candidates, WALKED_AT_ONCE=20):
        everywhere = ways_to(world, "訪問")
        rare = ways_to(world, "むくみ")
        nowhere = ways_to(world, "浮腫")

    assert everywhere == (sorted(posts, reverse=True)[:10], ["walked"])
    assert rare == ([posts[50], posts[7]], ["walked", "looked up"])
    assert nowhere == ([], ["walked", "looked up"])


def test_what_has_the_pairs_of_a_word_but_not_the_word_keeps_nothing_from_being_found(
    world: World,
) -> None:
    older = [say(world, "kato", PRO, f"むくみく {number}") for number in range(3)]
    for number in range(6):
        say(world, "kato", PRO, f"みくむくみ {number}")
    let_index_follow()

    with patch.multiple(candidates, WALKED_AT_ONCE=20, ASKED_AT_LEAST=1):
        walked = look(world, "sato", "むくみく", limit=2)
        with patch.object(candidates, "walks_on", return_value=False):
            looked_up = look(world, "sato", "むくみく", limit=2)

    for found in (walked, looked_up):
        assert [hit.post_id for hit in found.hits] == older[:0:-1]
        assert found.has_more


def test_walking_goes_back_in_all_groups_alike(world: World) -> None:
    quiet = [say(world, "mori", PAT, f"むくみ {number}") for number in range(3)]
    busy = [say(world, "kato", PRO, f"むくみ {number}") for number in range(30)]
    last = say(world, "mori", PAT, "むくみはありません")
    let_index_follow()

    with patch.multiple(candidates, WALKED_AT_ONCE=2, WALKED_OF_EACH=1):
        found = found_posts(world, "sato", "むくみ")

    assert found == sorted([*quiet, *busy, last], reverse=True)


@pytest.mark.parametrize(
    ("fitting", "walked", "posts", "expected"),
    [
        (320, 320, 28_900, True),
        (32, 320, 28_900, True),
        (3, 320, 28_900, False),
        (0, 320, 28_900, False),
        (16, 320, 500, False),
    ],
)
def test_whichever_reads_less_is_chosen_by_what_was_walked(
    fitting: int, walked: int, posts: int, *, expected: bool
) -> None:
    assert walks_on(fitting, walked, posts=posts, wanted=31) is expected


@pytest.mark.control("8.24")
def test_numbers_from_before_are_those_of_now_after_their_migration(world: World) -> None:
    post = say(world, "kato", PRO, "むくみが強い")
    let_index_follow()
    now = Entry.objects.get(pk=post).grams
    bundle = open_scope(world.group.pk, None)
    before = bundle.blind(pairs_of(folded_text("むくみが強い")), GRAMS)
    migration = import_module("carestation.search.migrations.0005_numbers_of_a_group_lie_together")
    said = migration.TOGETHER.split("ARRAY(")[1].split(");")[0]

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ARRAY({said}) FROM (VALUES (%(group_id)s::uuid, %(grams)s::bigint[]))"  # noqa: S608 - the migration's own
            " AS e (group_id, grams)",
            {"group_id": str(world.group.pk), "grams": [*before]},
        )
        [(after,)] = cursor.fetchall()

    assert set(after) <= set(now)
    assert after == sorted(after)
    assert len(after) == len(before)
