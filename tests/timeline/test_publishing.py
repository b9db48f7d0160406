import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from carestation.facilities.models.facilities import Facility
from carestation.facilities.models.staff import Staff
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Role, Side
from carestation.groups.commands.memberships import begin_membership, end_membership
from carestation.groups.commands.timelines import lock_timeline
from carestation.groups.models.groups import Group, Timeline
from carestation.groups.models.memberships import Membership, ReadMark
from carestation.groups.queries.seats import take_seat
from carestation.groups.rules import Newcomer, Seat
from carestation.kernel.errors import DomainError, NotVisible, Refused
from carestation.kernel.ids import uuid7
from carestation.timeline.choices import Urgency
from carestation.timeline.commands.changes import edit_post
from carestation.timeline.commands.files import upload_file
from carestation.timeline.commands.posts import (
    Draft,
    Published,
    publish_at,
    publish_post,
    require_same,
)
from carestation.timeline.commands.reading import mark_read
from carestation.timeline.models import Post
from carestation.timeline.queries.home import groups_of
from carestation.timeline.queries.messages import message, page_of_threads
from tests.settled import CAST
from tests.timeline.pictures import a_jpeg
from tests.timeline.twins import mark_read_twin, publish_post_twin
from tests.world import World, a_draft

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT
Publish = Callable[[Seat, Draft], Published]


def publish_without_a_seat(seat: Seat, draft: Draft) -> Published:
    """Do what a view does: no seat was taken, the writing finds it."""
    return publish_at(seat.actor, seat.group_id, seat.side, draft)


WAYS: Final = (publish_post, publish_post_twin, publish_without_a_seat)
Told = list[tuple[str, Side, int, bool]]
drafts = st.lists(
    st.tuples(
        st.sampled_from(["kato", "sato"]),
        st.sampled_from([PRO, PAT]),
        st.integers(0, 3),
        st.booleans(),
    ),
    max_size=8,
)


def outcome(publish: Publish, told: Told, left: str | None) -> object:
    world, ids = CAST.lay_down(), [uuid7() for _ in range(4)]
    seats = {(name, side): world.seat(name, side) for name, side, *_ in told}
    first: dict[Side, UUID] = {}
    answers: list[object] = []
    for turn, (name, side, number, replies) in enumerate(told):
        if left and turn == len(told) // 2:
            end_membership(world.seat("kato", PRO), world.membership(left).pk)
        parent_id = first.get(side) if replies else None
        draft = Draft(id=ids[number], body="お変わりありません。", parent_id=parent_id)
        try:
            post = publish(seats[name, side], draft).post
        except (DomainError, Refused, NotVisible) as error:
            answers.append(type(error).__name__)
        else:
            first.setdefault(side, post.pk)
            answers.append((post.number, post.seq, post.changed_seq, post.side))
    posts = Post.objects.filter(group=world.group).order_by("side", "number")
    numbers = {post.pk: post.number for post in posts}
    facts = LoggedFact.objects.filter(group_id=world.group.pk).order_by("id")
    return (
        answers,
        list(world_timelines(world)),
        [
            (
                one.side,
                one.number,
                one.last_number,
                one.seq,
                numbers.get(one.parent_id) if one.parent_id else None,
                ids.index(one.draft_id),
            )
            for one in posts
        ],
        sorted(
            (name, mark.timeline.side, mark.number, mark.known)
            for name, user in world.people.items()
            for mark in ReadMark.objects.filter(
                group=world.group, membership__user=user
            ).select_related("timeline")
        ),
        [(fact.kind, fact.detail.get("side"), "parent_id" in fact.detail) for fact in facts],
    )


def world_timelines(world: World) -> list[tuple[str, int, int]]:
    rows = Timeline.objects.of_group(world.group.pk)
    return [(row.side, row.seq, row.posts) for row in rows]


def undone(publish: Publish, told: Told, left: str | None) -> object:
    with transaction.atomic():
        result = outcome(publish, told, left)
        transaction.set_rollback(True)
    return result


class TwinTests(TestCase):
    @given(drafts, st.sampled_from(["sato", None]))
    @settings(max_examples=25, deadline=None)
    def test_the_hot_statement_and_its_twin_agree(self, told: Told, left: str | None) -> None:
        hot, twin = (undone(publish, told, left) for publish in (publish_post, publish_post_twin))

        assert hot == twin

    @given(drafts)
    @settings(max_examples=25, deadline=None)
    def test_without_a_seat_the_same_is_written(self, told: Told) -> None:
        hot, without = (
            undone(publish, told, None) for publish in (publish_post, publish_without_a_seat)
        )

        assert hot == without

    @given(
        st.lists(st.sampled_from(["kato", "sato"]), min_size=1, max_size=7),
        st.lists(st.integers(-1, 9), max_size=6),
    )
    @settings(max_examples=25, deadline=None)
    def test_reading_and_its_twin_agree(self, authors: list[str], numbers: list[int]) -> None:
        results = []
        for read in (mark_read, mark_read_twin):
            with transaction.atomic():
                world = CAST.lay_down()
                for author in authors:
                    publish_post(world.seat(author, PRO), a_draft())
                sato = world.seat("sato", PRO)
                answers = [read(sato, number) for number in numbers]
                facts = LoggedFact.objects.filter(kind="timeline.ReadMarkMoved").count()
                mark = world.mark("sato", PRO)
                theirs = Post.objects.filter(number__gt=mark.number).exclude(
                    author=world.people["sato"]
                )
                assert world.unread("sato", PRO) == theirs.count()
                results.append((answers, mark.number, mark.known, facts))
                transaction.set_rollback(True)

        assert results[0] == results[1]


@pytest.mark.control("8.3")
def test_what_is_written_at_one_side_is_not_read_at_the_other(world: World) -> None:
    publish_post(world.seat("kato", PRO), a_draft())

    assert page_of_threads(world.seat("mori", PAT)).threads == []


@pytest.mark.control("8.3")
def test_the_family_learns_nothing_while_only_the_staff_is_busy(world: World) -> None:
    seen = world.timeline(PAT)

    for _ in range(3):
        publish_post(world.seat("kato", PRO), a_draft())
    family = publish_post(world.seat("mori", PAT), a_draft()).post

    assert world.unread("mori", PAT) == 0
    assert world.unread("sato", PRO) == 3
    assert (family.number, family.seq) == (seen.posts + 1, seen.seq + 1)


def test_a_repeated_draft_leaves_no_gap(world: World) -> None:
    seat, draft = world.seat("kato", PRO), a_draft()
    first = publish_post(seat, draft)
    before = world.timeline(PRO)

    again = publish_post(seat, draft)

    assert (first.is_new, again.is_new, again.post.pk) == (True, False, first.post.pk)
    assert (world.timeline(PRO).seq, world.timeline(PRO).posts) == (before.seq, before.posts)


def test_a_draft_sent_to_the_other_side_is_refused(world: World) -> None:
    draft = a_draft()
    publish_post(world.seat("kato", PRO), draft)

    with pytest.raises(DomainError, match="draft_sent"):
        publish_post(world.seat("kato", PAT), draft)

    assert page_of_threads(world.seat("mori", PAT)).threads == []


def test_a_draft_that_is_a_post_already_is_not_taken_for_other_words(world: World) -> None:
    seat = world.seat("kato", PRO)
    before, draft = publish_post(seat, a_draft()).post, a_draft("体温 36.9")
    file = upload_file(seat.actor, "足の写真.jpg", a_jpeg()).file
    post = publish_post(seat, draft).post

    for other in (
        replace(draft, body="体温 38.9"),
        replace(draft, parent_id=before.pk),
        replace(draft, urgency=Urgency.URGENT),
        replace(draft, asks_acknowledgement=True),
        replace(draft, mentions=(world.people["sato"].pk,)),
        replace(draft, attachments=(file.id,)),
    ):
        again = publish_post(seat, other)
        assert (again.is_new, again.post.pk) == (False, post.pk)
        with pytest.raises(DomainError, match="draft_sent"):
            require_same(again, other)

    assert message(seat, post.pk).body == "体温 36.9"
    assert world.timeline(PRO).posts == 2


def test_a_draft_that_comes_again_is_known_by_its_first_words(world: World) -> None:
    seat = world.seat("kato", PRO)
    file = upload_file(seat.actor, "足の写真.jpg", a_jpeg()).file
    draft = replace(a_draft("体温 36.9"), attachments=(file.id,))
    post = publish_post(seat, draft).post
    edit_post(seat, post.pk, "体温 37.9")
    edit_post(seat, post.pk, "体温 38.9")

    again = publish_post(seat, draft)

    require_same(again, draft)
    assert (again.is_new, again.post.pk) == (False, post.pk)


def test_a_thread_stands_where_its_newest_post_stands(world: World) -> None:
    kato, sato = world.seat("kato", PRO), world.seat("sato", PRO)
    first = publish_post(kato, a_draft("一")).post
    publish_post(kato, a_draft("二"))
    answer = publish_post(sato, Draft(id=uuid7(), body="はい", parent_id=first.pk)).post
    publish_post(kato, Draft(id=uuid7(), body="了解です", parent_id=answer.pk))

    threads = page_of_threads(kato).threads

    assert [one.body for one in threads] == ["一", "二"]
    assert [one.body for one in threads[0].replies] == ["はい", "了解です"]


def test_what_is_answered_must_stand_at_the_same_side(world: World) -> None:
    post = publish_post(world.seat("kato", PRO), a_draft()).post

    with pytest.raises(NotVisible):
        publish_post(world.seat("mori", PAT), Draft(id=uuid7(), body="?", parent_id=post.pk))


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (Draft(id=uuid7(), body=""), "empty"),
        (Draft(id=uuid7(), body="x", attachments=tuple(uuid7() for _ in range(11))), "too_many"),
        (Draft(id=uuid7(), body="x", urgency=Urgency.URGENT), "calm_side"),
        (Draft(id=uuid7(), body="x", asks_acknowledgement=True), "calm_side"),
    ],
)
def test_what_makes_no_sense_is_not_published(world: World, draft: Draft, reason: str) -> None:
    with pytest.raises(DomainError, match=reason):
        publish_post(world.seat("kato", PAT), draft)


def test_pages_join_to_the_whole(world: World) -> None:
    seat = world.seat("kato", PRO)
    posts = [publish_post(seat, a_draft(str(n))).post for n in range(11)]
    publish_post(seat, Draft(id=uuid7(), body="返信", parent_id=posts[2].pk))
    before, seen = None, list[str]()

    while True:
        page = page_of_threads(seat, before=before, size=4)
        seen += [one.body for one in page.threads]
        if not page.oldest:
            break
        before = page.oldest

    assert seen == ["2", *(str(n) for n in range(10, -1, -1) if n != 2)]


def test_a_post_says_from_where_its_author_works(world: World) -> None:
    post = publish_post(world.seat("sato", PRO), a_draft()).post

    shown = message(world.seat("kato", PRO), post.pk)

    assert (shown.author, shown.calling, shown.facility) == (
        "佐藤 一郎",
        "医師",
        "月見坂在宅クリニック",
    )


def test_a_mark_does_not_pass_what_was_not_read(world: World) -> None:
    publish_post(world.seat("kato", PRO), a_draft())

    publish_post(world.seat("sato", PRO), a_draft())

    assert world.mark("sato", PRO).number == 0
    assert world.unread("sato", PRO) == 1


def test_what_one_wrote_oneself_is_unread_nowhere(world: World) -> None:
    for author in ("kato", "sato", "sato", "kato", "sato"):
        publish_post(world.seat(author, PRO), a_draft())
    before = groups_of(world.actor("sato"))[0].unread, world.seat("sato", PAT).unread_beside

    mark_read(world.seat("sato", PRO), 1)
    after = groups_of(world.actor("sato"))[0].unread, world.seat("sato", PAT).unread_beside
    mark_read(world.seat("sato", PRO), 4)
    publish_post(world.seat("sato", PRO), a_draft())

    assert (before, after) == ((2, 2), (1, 1))
    assert groups_of(world.actor("sato"))[0].unread == 0
    assert world.mark("sato", PRO).number == 6


def test_what_the_version_before_did_not_count_is_never_hidden(world: World) -> None:
    for author in ("kato", "sato", "kato", "kato"):
        publish_post(world.seat(author, PRO), a_draft())
    mark = world.mark("sato", PRO)

    ReadMark.objects.filter(pk=mark.pk).update(number=3)
    moved = world.unread("sato", PRO)
    ReadMark.objects.filter(pk=mark.pk).update(number=0, known=0)
    uncounted = world.unread("sato", PRO)
    mark_read(world.seat("sato", PRO), 4)

    assert (moved, uncounted) == (1, 4)
    assert world.unread("sato", PRO) == 0


def test_who_joins_has_nothing_unread(world: World) -> None:
    publish_post(world.seat("kato", PRO), a_draft())
    ito = Newcomer(
        user_id=world.people["ito"].pk, role=Role.PROFESSIONAL, staff_id=world.staff["ito"].pk
    )

    begin_membership(world.seat("kato", PRO), ito)

    assert world.unread("ito", PRO) == 0


def test_posts_of_many_at_once_are_counted_without_a_gap(committed_world: World) -> None:
    world = committed_world
    start = world.timeline(PRO).seq
    ids = [uuid7() for _ in range(20)]
    seats = [world.seat(name, PRO) for name in ("kato", "sato")]

    def send(n: int) -> tuple[UUID, int]:
        post = publish_post(seats[n % 2], a_draft(draft_id=ids[n % 20 // 2])).post
        connection.close()
        return post.pk, post.seq

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, range(80)))

    numbers = sorted(Post.objects.values_list("number", "seq"))
    assert numbers == [(n, start + n) for n in range(1, 21)]
    assert (world.timeline(PRO).seq, world.timeline(PRO).posts) == (start + 20, 20)
    assert len(answers) == 20
    assert LoggedFact.objects.filter(kind="timeline.PostPublished").count() == 20


def test_ones_own_posts_at_once_are_all_read(committed_world: World) -> None:
    seat = committed_world.seat("sato", PRO)

    def send(_: int) -> None:
        publish_post(seat, a_draft())
        connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(60)))

    assert committed_world.unread("sato", PRO) == 0
    assert committed_world.unread("kato", PRO) == 60


def ends(world: World) -> None:
    end_membership(world.seat("kato", PRO), world.membership("sato").pk)


def only_reads_now(world: World) -> None:
    lock_timeline(world.seat("kato", PRO))
    Membership.objects.filter(pk=world.membership("sato").pk).update(role=Role.READER)


def is_archived(world: World) -> None:
    lock_timeline(world.seat("kato", PRO))
    Group.objects.filter(pk=world.group.pk).update(archived_at=timezone.now())


def is_past_its_time(world: World) -> None:
    over = timezone.now() - timedelta(hours=1)
    Membership.objects.filter(pk=world.membership("sato").pk).update(expires_at=over)


def is_paused(world: World) -> None:
    Staff.objects.filter(pk=world.staff["sato"].pk).update(paused_at=timezone.now())


def is_frozen(world: World) -> None:
    Facility.objects.filter(pk=world.facility.pk).update(frozen_at=timezone.now())


@pytest.mark.parametrize("publish", WAYS)
@pytest.mark.parametrize("change", [ends, is_archived, is_past_its_time, is_paused, is_frozen])
def test_a_seat_that_was_taken_writes_nothing_when_it_is_gone(
    world: World, publish: Publish, change: Callable[[World], None]
) -> None:
    seat = world.seat("sato", PRO)
    change(world)

    with pytest.raises((Refused, NotVisible)):
        publish(seat, a_draft())
    assert not Post.objects.exists()


@pytest.mark.parametrize("publish", WAYS)
@pytest.mark.parametrize("change", [ends, only_reads_now, is_archived])
def test_a_post_that_waited_while_its_right_ended_is_refused(
    committed_world: World, publish: Publish, change: Callable[[World], None]
) -> None:
    world, answers = committed_world, list[object]()
    seat = world.seat("sato", PRO)

    def late() -> None:
        try:
            answers.append(publish(seat, a_draft()))
        except (Refused, NotVisible):
            answers.append("refused")
        connection.close()

    thread = threading.Thread(daemon=True, target=late)
    with transaction.atomic():
        change(world)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join()

    assert answers == ["refused"]
    assert not Post.objects.exists()
    assert world.timeline(PRO).posts == 0


@pytest.mark.parametrize("publish", [publish_post, publish_post_twin])
def test_a_seat_that_was_taken_in_another_role_writes_nothing(
    world: World, publish: Publish
) -> None:
    seat = world.seat("sato", PRO)
    Membership.objects.filter(pk=seat.membership_id).update(role=Role.MANAGER)

    with pytest.raises(Refused):
        publish(seat, a_draft())


def test_the_seat_from_which_something_was_written_is_the_one_that_may_be_taken_now(
    world: World,
) -> None:
    for name, side in (("kato", PRO), ("kato", PAT), ("sato", PRO), ("mori", PAT)):
        actor = world.actor(name)

        written = publish_at(actor, world.group.pk, side, a_draft())

        assert written.seat == replace(take_seat(actor, world.group.pk, side), unread_beside=None)


@pytest.mark.parametrize(
    "draft",
    [
        a_draft(""),
        Draft(id=uuid7(), body="至急", urgency=Urgency.URGENT),
        a_draft("お変わりありません。"),
        Draft(id=uuid7(), body="お返事", parent_id=uuid7()),
    ],
)
def test_who_does_not_sit_there_hears_nothing_but_that(world: World, draft: Draft) -> None:
    for name, group_id, side in (
        ("mori", world.group.pk, PRO),
        ("sato", world.elsewhere.pk, PRO),
        ("sato", uuid7(), PAT),
    ):
        with pytest.raises(NotVisible):
            publish_at(world.actor(name), group_id, side, draft)
    assert not Post.objects.exists()
