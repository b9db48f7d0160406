"""A load test's groups: what was copied in reads as if people had written it."""

import json
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from carestation.accounts.choices import Standing
from carestation.accounts.queries.sessions import find_entry
from carestation.groups.choices import Side
from carestation.groups.models.groups import Timeline
from carestation.groups.models.memberships import ReadMark
from carestation.groups.queries.seats import take_seat
from carestation.groups.rules import Seat
from carestation.kernel.actor import Actor
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.acknowledgements import acknowledge_post
from carestation.timeline.commands.posts import Draft, publish_post
from carestation.timeline.models import Acknowledgement, Post
from carestation.timeline.queries.messages import messages_after, page_of_threads
from config.cli import main
from config.environment import environment

pytestmark = pytest.mark.django_db
HISTORY = 47


def seeded(tmp_path: Path, *, groups: int = 1, history: int = HISTORY) -> list[dict[str, Any]]:
    file = tmp_path / "load.json"
    words = f"load-seed --groups {groups} --members 3 --history {history} --json {file}"
    assert main(words.split()) == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    told: list[dict[str, Any]] = json.loads(file.read_text())["groups"]
    return told


def seat_of(group: dict[str, Any], place: int = 0) -> Seat:
    actor = Actor(user_id=UUID(group["members"][place]["person"]), request_id=uuid7())
    return take_seat(actor, UUID(group["id"]), Side(group["side"]))


def test_every_token_opens_a_full_session_of_its_person(tmp_path: Path) -> None:
    groups = seeded(tmp_path, groups=2, history=0)

    assert [len(group["members"]) for group in groups] == [3, 3]
    for member in (one for group in groups for one in group["members"]):
        entry = find_entry(member["token"])
        assert entry is not None
        assert str(entry.user_id) == member["person"]
        assert entry.standing is Standing.FULL


def test_the_history_is_numbered_without_gaps(tmp_path: Path) -> None:
    (group,) = seeded(tmp_path)
    timeline = Timeline.objects.get(group_id=group["id"], side=group["side"])
    posts = list(Post.objects.filter(group_id=group["id"]).order_by("number"))
    first_seq = posts[0].seq

    changes = {post.seq for post in posts} | {post.changed_seq for post in posts}
    assert [post.number for post in posts] == list(range(1, HISTORY + 1))
    assert sorted(changes) == list(range(first_seq, timeline.seq + 1))
    assert timeline.posts == HISTORY
    assert timeline.seq - first_seq + 1 == HISTORY + Acknowledgement.objects.count()
    assert [post.published_at for post in posts] == sorted(post.published_at for post in posts)
    assert posts[-1].published_at - posts[0].published_at < timedelta(days=366)


def test_threads_stand_where_their_newest_answer_stands(tmp_path: Path) -> None:
    (group,) = seeded(tmp_path)
    replies = Post.objects.filter(group_id=group["id"], parent__isnull=False)

    assert replies.count() == (HISTORY + 2) // 5
    for reply in replies.select_related("parent"):
        assert reply.parent is not None
        assert reply.parent.last_number == reply.number
        assert reply.parent.number < reply.number


def test_the_history_is_read_like_any_other(tmp_path: Path) -> None:
    (group,) = seeded(tmp_path)
    seat = seat_of(group)

    page = page_of_threads(seat, size=5)
    assert len(page.threads) == 5
    assert page.oldest
    assert all(message.body for message in page.threads)
    assert len(messages_after(seat, 0, limit=100)) == HISTORY


def test_what_is_written_next_goes_on_counting(tmp_path: Path) -> None:
    (group,) = seeded(tmp_path)
    before = Timeline.objects.get(group_id=group["id"], side=group["side"])

    post = publish_post(seat_of(group), Draft(id=uuid7(), body="続きです。")).post
    signed = acknowledge_post(seat_of(group, 1), post.pk)

    assert (post.number, post.seq) == (HISTORY + 1, before.seq + 1)
    assert signed == before.seq + 2


def test_marks_lie_within_the_history(tmp_path: Path) -> None:
    (group,) = seeded(tmp_path, history=1)
    marks = ReadMark.objects.at(UUID(group["id"]), Side(group["side"]))

    assert {mark.number for mark in marks} == {0, 1}


def test_two_runs_stand_side_by_side(tmp_path: Path) -> None:
    (first,), (second,) = seeded(tmp_path, history=5), seeded(tmp_path, history=5)

    assert first["id"] != second["id"]
    assert Post.objects.filter(published_at__lte=timezone.now()).count() == 10


def test_production_is_not_for_load_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARESTATION_ENV", "production")
    monkeypatch.setenv("CARESTATION_SECRET_KEY", "k" * 60)
    environment.cache_clear()
    words = f"load-seed --groups 1 --members 1 --history 1 --json {tmp_path / 'load.json'}"
    try:
        code = main(words.split())
    finally:
        monkeypatch.undo()
        environment.cache_clear()

    assert code == 1
    assert "production" in capsys.readouterr().err
    assert not (tmp_path / "load.json").exists()
