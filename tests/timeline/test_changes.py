import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.groups.queries.seats import members_at
from carestation.kernel.errors import DomainError, NotVisible, Refused
from carestation.kernel.ids import uuid7
from carestation.timeline.choices import Urgency
from carestation.timeline.commands.acknowledgements import (
    acknowledge_post,
    withdraw_acknowledgement,
)
from carestation.timeline.commands.changes import edit_post, restore_post, withdraw_post
from carestation.timeline.commands.posts import Draft, publish_post
from carestation.timeline.commands.reading import mark_read
from carestation.timeline.models import Post
from carestation.timeline.queries.home import groups_of
from carestation.timeline.queries.messages import (
    message,
    messages_after,
    page_of_threads,
    thread,
    versions_of,
)
from carestation.timeline.queries.standing import reach_of, standing_of
from tests.accounts.signing_in import sign_in_client
from tests.world import World, a_draft

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT


def test_edits_and_withdrawals_are_found_by_what_came_after(world: World) -> None:
    seat = world.seat("kato", PRO)
    first, second, third = (publish_post(seat, a_draft(body)).post for body in ("一", "二", "三"))
    seen = world.timeline(PRO).seq
    withdraw_post(seat, second.pk)
    edit_post(seat, first.pk, "壱")

    changed = messages_after(seat, seen)

    assert [(one.number, one.body, one.changed_seq) for one in changed] == [
        (second.number, "", seen + 1),
        (first.number, "壱", seen + 2),
    ]
    assert [one.number for one in page_of_threads(seat).threads] == [third.number, second.number, 1]
    assert world.timeline(PRO).posts == third.number


def test_the_earlier_words_stay_one_tap_away(world: World) -> None:
    seat = world.seat("kato", PRO)
    post = publish_post(seat, a_draft("体温 36.9")).post
    edit_post(seat, post.pk, "体温 37.9")
    edit_post(seat, post.pk, "体温 38.9")

    versions = versions_of(world.seat("sato", PRO), post.pk)

    assert [one.body for one in versions] == ["体温 37.9", "体温 36.9"]


def test_a_post_is_put_right_for_fifteen_minutes(world: World) -> None:
    seat = world.seat("kato", PRO)
    post = publish_post(seat, a_draft()).post
    within = post.published_at + timedelta(minutes=15) - timedelta(seconds=1)
    late = post.published_at + timedelta(minutes=15)

    with patch.object(timezone, "now", return_value=within):
        edit_post(seat, post.pk, "直しました。")
    with patch.object(timezone, "now", return_value=late), pytest.raises(Refused, match="too_late"):
        edit_post(seat, post.pk, "遅すぎます。")

    assert message(seat, post.pk).body == "直しました。"


def test_words_that_come_too_late_stay_and_can_be_a_reply_to_the_same(world: World) -> None:
    seat = world.seat("kato", PRO)
    first = publish_post(seat, a_draft()).post
    post = publish_post(seat, Draft(id=uuid7(), body="36.9", parent_id=first.pk)).post
    client = Client()
    sign_in_client(client, world.people["kato"])
    path = reverse("timeline:edit", args=[world.group.pk, PRO, post.pk])
    opened = client.get(path)
    long_ago = post.published_at - timedelta(minutes=16)
    Post.objects.filter(group=world.group, pk=post.pk).update(published_at=long_ago)

    answer = client.post(path, {"body": "体温 38.9"})

    page = unescape(answer.text)
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert (opened.status_code, answer.status_code) == (200, 422)
    assert "直せるのは15分までです" in page
    assert "\n体温 38.9</textarea>" in page
    assert message(seat, post.pk).body == "36.9"
    said = {name: hidden[name] for name in ("draft_id", "parent_id")} | {"body": "体温 38.9"}
    sent = client.post(reverse("timeline:publish", args=[world.group.pk, PRO]), said)
    assert sent.status_code == 302
    assert [one.body for one in thread(seat, first.pk).message.replies] == ["36.9", "体温 38.9"]


def test_what_is_not_ones_own_is_not_changed(world: World) -> None:
    post = publish_post(world.seat("kato", PAT), a_draft()).post
    before = world.timeline(PAT).seq

    with pytest.raises(Refused):
        edit_post(world.seat("sato", PAT), post.pk, "違います")
    with pytest.raises(NotVisible):
        withdraw_post(world.seat("kato", PRO), post.pk)
    with pytest.raises(DomainError):
        edit_post(world.seat("kato", PAT), post.pk, "")

    assert world.timeline(PAT).seq == before


def test_a_withdrawn_post_says_nothing_but_that(world: World) -> None:
    seat = world.seat("kato", PRO)
    post = publish_post(seat, a_draft("ひみつ")).post
    withdraw_post(seat, post.pk)

    shown = message(world.seat("sato", PRO), post.pk)

    assert (shown.body, shown.files, shown.withdrawn_at is None) == ("", (), False)
    with pytest.raises(Refused):
        withdraw_post(seat, post.pk)
    with pytest.raises(Refused):
        acknowledge_post(world.seat("sato", PRO), post.pk)


def test_the_page_of_a_withdrawn_post_names_nobody_who_has_not_read_it(world: World) -> None:
    kato, sato = world.seat("kato", PRO), Client()
    sign_in_client(sato, world.people["sato"])
    asking = Draft(id=uuid7(), body="受診をお願いします。", asks_acknowledgement=True)
    post = publish_post(kato, asking).post
    page = reverse("timeline:post", args=[world.group.pk, PRO, post.pk])
    before = sato.get(page).content.decode()
    withdraw_post(kato, post.pk)

    shown = sato.get(page).content.decode()

    assert "了解がまだの方（1人）" in before
    assert "取り消されました" in shown
    assert "だれに伝わったか" not in shown


def test_the_list_of_groups_says_that_its_newest_post_was_taken_back(world: World) -> None:
    client = Client()
    sign_in_client(client, world.people["sato"])
    post = publish_post(world.seat("kato", PRO), a_draft("ひみつ")).post

    before = client.get(reverse("timeline:home")).content.decode()
    withdraw_post(world.seat("kato", PRO), post.pk)
    after = client.get(reverse("timeline:home")).content.decode()

    assert "：ひみつ" in before
    assert "：取り消された投稿" in after


@pytest.mark.control("8.13")
def test_what_was_taken_back_is_put_in_its_place_again_for_thirty_days(world: World) -> None:
    kato, sato = world.seat("kato", PRO), world.seat("sato", PRO)
    post = publish_post(kato, a_draft("血圧 128/76")).post
    acknowledge_post(sato, post.pk)
    before = replace(message(sato, post.pk), changed_seq=0)
    gone = withdraw_post(kato, post.pk).withdrawn_at
    assert gone is not None
    within, late = (gone + timedelta(days=30) - one for one in (timedelta(seconds=1), timedelta()))

    with patch.object(timezone, "now", return_value=late):
        assert message(kato, post.pk).is_restorable is False
        with pytest.raises(Refused, match="gone_too_long"):
            restore_post(kato, post.pk)
    with patch.object(timezone, "now", return_value=within):
        assert message(kato, post.pk).is_restorable is True
        restore_post(kato, post.pk)

    after = message(sato, post.pk)
    assert replace(after, changed_seq=0) == before
    assert after.changed_seq == world.timeline(PRO).seq
    assert LoggedFact.objects.filter(object_id=post.pk).latest("id").kind == "timeline.PostRestored"


def test_nobody_but_its_author_restores_a_post_and_only_one_that_was_taken_back(
    world: World,
) -> None:
    kato, sato = world.seat("kato", PRO), world.seat("sato", PRO)
    post = publish_post(kato, a_draft()).post

    with pytest.raises(Refused):
        restore_post(kato, post.pk)
    withdraw_post(kato, post.pk)
    with pytest.raises(Refused):
        restore_post(sato, post.pk)
    with pytest.raises(NotVisible):
        restore_post(world.seat("kato", PAT), post.pk)

    assert message(sato, post.pk).withdrawn_at is not None


@pytest.mark.control("8.15")
def test_an_edit_and_a_withdrawal_are_recorded(world: World) -> None:
    kato = world.seat("kato", PRO)
    post = publish_post(kato, a_draft()).post

    edit_post(kato, post.pk, "直しました。")
    withdraw_post(kato, post.pk)

    facts = LoggedFact.objects.filter(object_id=post.pk, actor_id=kato.actor.user_id)
    assert list(facts.order_by("id").values_list("kind", flat=True)) == [
        "timeline.PostPublished",
        "timeline.PostEdited",
        "timeline.PostWithdrawn",
    ]


def test_the_sign_is_given_once_and_taken_back_and_both_are_recorded(world: World) -> None:
    post = publish_post(world.seat("kato", PRO), a_draft()).post
    sato = world.seat("sato", PRO)
    start = world.timeline(PRO).seq

    for change in (acknowledge_post, acknowledge_post, withdraw_acknowledgement):
        change(sato, post.pk)
    withdraw_acknowledgement(sato, post.pk)
    acknowledge_post(sato, post.pk)

    assert world.timeline(PRO).seq == start + 3
    assert message(sato, post.pk).acknowledged_by == (world.people["sato"].pk,)
    kinds = LoggedFact.objects.filter(object_id=post.pk).order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == [
        "timeline.PostPublished",
        "timeline.PostAcknowledged",
        "timeline.AcknowledgementWithdrawn",
        "timeline.PostAcknowledged",
    ]


def test_nobody_signs_what_they_wrote_themselves(world: World) -> None:
    seat = world.seat("kato", PRO)
    post = publish_post(seat, a_draft()).post

    with pytest.raises(Refused):
        acknowledge_post(seat, post.pk)


def test_those_who_are_still_missing_are_named(world: World) -> None:
    kato = world.seat("kato", PRO)
    draft = Draft(id=uuid7(), body="至急", urgency=Urgency.URGENT, asks_acknowledgement=True)
    post = publish_post(kato, draft).post
    waiting = standing_of(message(kato, post.pk), members_at(kato))
    home = groups_of(world.actor("sato"))[0]

    acknowledge_post(world.seat("sato", PRO), post.pk)

    done = standing_of(message(kato, post.pk), members_at(kato))
    assert (waiting.missing, waiting.readers) == (("佐藤 一郎",), 1)
    assert (home.waiting, home.is_urgent) == (1, True)
    assert done.missing == ()
    assert groups_of(world.actor("sato"))[0].waiting == 0
    assert [one.member.name for one in reach_of(kato, message(kato, post.pk)).acknowledged] == [
        "佐藤 一郎"
    ]


def test_only_those_who_are_named_are_asked(world: World) -> None:
    kato = world.seat("kato", PAT)
    sato = world.people["sato"].pk
    post = publish_post(kato, Draft(id=uuid7(), body="見てください", mentions=(sato,))).post

    shown = message(kato, post.pk)

    assert [one.name for one in shown.mentions] == ["佐藤 一郎"]


def test_a_mark_goes_forward_to_the_last_post_and_no_further(world: World) -> None:
    for _ in range(3):
        publish_post(world.seat("kato", PRO), a_draft())
    sato = world.seat("sato", PRO)

    answers = [mark_read(sato, number) for number in (2, 1, 2, 99)]

    assert answers == [2, None, None, 3]
    assert world.unread("sato", PRO) == 0
    shown = page_of_threads(sato).threads
    assert [standing_of(one, members_at(sato)).read for one in shown] == [1, 1, 1]


def test_a_post_of_several_lines_is_put_right_in_a_field_of_several_lines(world: World) -> None:
    post = publish_post(world.seat("kato", PRO), a_draft("一行目\n二行目")).post
    client = Client()
    sign_in_client(client, world.people["kato"])

    url = reverse("timeline:edit", args=[world.group.pk, PRO, post.pk])
    page = unescape(client.get(url).content.decode())

    assert re.search(r"<textarea [^>]*>\n一行目\n二行目</textarea>", page)
    assert ">本文</label>" in page
