"""Keys turn while people write: nothing is unreadable, nothing stays under an earlier key."""

import threading
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from uuid import UUID

import pytest
import tink
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from pytest_django.fixtures import Settings

from carestation.accounts.commands.factors import give_fixed_secret
from carestation.accounts.queries.people import find_by_email
from carestation.audit.commands.checkpoints import ensure_key
from carestation.audit.models import SigningKey
from carestation.audit.queries.checkpoints import signer_of
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, NotVisible
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.changes import edit_post
from carestation.timeline.commands.posts import publish_post
from carestation.timeline.models import Post
from carestation.timeline.queries.messages import page_of_threads
from carestation.vault.checking import check_keys
from carestation.vault.choices import Level, Stage
from carestation.vault.erasures import Erased, list_erased
from carestation.vault.facts import GroupKeysTurned, RotationBegan, RotationEnded
from carestation.vault.inventory import read_inventory
from carestation.vault.models import OPERATOR, OwnerKey, Rotation, Scope
from carestation.vault.register import SEALED
from carestation.vault.rotation import (
    Progress,
    begin_rotation,
    running_rotation,
    turn_keys,
)
from carestation.vault.scopes import forget_all, open_scope
from config.cli import main
from tests.search.looking import found_posts, let_index_follow, say
from tests.vault.opening import opened_everywhere
from tests.world import World, a_draft

PRO = Side.PROFESSIONAL
MACHINE = Actor(user_id=OPERATOR, request_id=uuid7())


@pytest.fixture(autouse=True)
def at_once(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Nothing is kept open, so nothing rests; and the root is this test's own."""
    settings.KEYS_KEPT_SECONDS = 0
    kept = Path(settings.KEY_URL.removeprefix("file://"))
    (tmp_path / "root.json").write_text(kept.read_text())
    settings.KEY_URL = f"file://{tmp_path}/root.json"
    forget_all()
    yield
    forget_all()


def turned(level: Level, target_id: UUID | None = None) -> Rotation:
    rotation = begin_rotation(MACHINE, level, target_id)
    for _ in turn_keys(rotation):
        pass
    forget_all()
    return rotation


def versions(column: str) -> dict[int, int]:
    found = next(one for one in read_inventory().columns if one.column == column)
    return {value.version: value.count for value in found.values}


def words(world: World, name: str = "sato") -> list[str]:
    return [one.body for one in page_of_threads(world.seat(name, PRO)).threads]


def before_the_exchange(table: str, act: Callable[[], object]) -> Callable[..., object]:
    """Let something happen once, on a connection of its own, before values of a table go back."""
    done: list[bool] = []

    def alone() -> None:
        act()
        connection.close()

    def wrapper(run: Callable[..., object], sql: str, *rest: object) -> object:
        if f"UPDATE {table}" in sql and "v.fresh" in sql and not done:
            done.append(True)
            other = threading.Thread(target=alone)
            other.start()
            other.join(10)
        return run(sql, *rest)

    return wrapper


def hold_posts(held: threading.Event, go_on: threading.Event) -> None:
    with transaction.atomic():
        list(Post.objects.select_for_update())
        held.set()
        go_on.wait(10)
    connection.close()


def steps(rotation: Rotation, until: Stage) -> Iterator[Progress]:
    """Go on until a stage has begun."""
    for progress in turn_keys(rotation):
        if progress.stage is until:
            return
        yield progress


@pytest.mark.control("8.24")
def test_after_a_scopes_keys_turned_all_opens_and_nothing_stands_under_earlier_ones(
    world: World,
) -> None:
    publish_post(world.seat("kato", PRO), a_draft("朝の様子"))
    give_fixed_secret(world.people["kato"].pk, "JBSWY3DPEHPK3PXP")
    before = opened_everywhere()
    kept = open_scope(world.group.pk, None)

    rotation = turned(Level.SCOPE)

    assert opened_everywhere() == before
    assert words(world) == ["朝の様子"]
    assert versions("timeline_post.body_sealed") == {2: 1}
    assert versions("mfa_authenticator.data") == {2: 1}
    assert all(set(versions(name)) <= {2} for name in before)
    assert rotation.resealed == sum(before.values())
    assert check_keys().closed == ()
    post = Post.objects.get()
    with pytest.raises(tink.TinkError):
        kept.unseal(post.body_sealed, Post.body_place(post.pk))


@pytest.mark.control("8.24")
def test_the_key_that_signs_the_log_is_sealed_anew_and_signs_on(world: World) -> None:
    ensure_key()
    public = signer_of(SigningKey.objects.get()).public()

    turned(Level.SCOPE, OPERATOR)

    assert versions("audit_signingkey.private_sealed") == {2: 1}
    assert signer_of(SigningKey.objects.get()).public() == public


@pytest.mark.control("8.24")
def test_one_groups_keys_turn_alone(world: World) -> None:
    publish_post(world.seat("kato", PRO), a_draft("朝の様子"))

    turned(Level.SCOPE, world.group.pk)

    assert versions("timeline_post.body_sealed") == {2: 1}
    assert versions("accounts_user.name_sealed") == {1: len(world.people)}
    assert words(world) == ["朝の様子"]


@pytest.mark.control("8.24")
def test_who_derives_for_good_keeps_their_key_and_groups_are_told(world: World) -> None:
    derived = {
        one: open_scope(one, None).derive("あ", "x")
        for one in (world.group.pk, world.people["kato"].pk)
    }

    turned(Level.SCOPE)

    assert open_scope(world.group.pk, None).derive("あ", "x") != derived[world.group.pk]
    kato = world.people["kato"]
    assert open_scope(kato.pk, None).derive("あ", "x") == derived[kato.pk]
    assert find_by_email("kato@tsukimizaka.example") == kato
    told = LoggedFact.objects.filter(kind=GroupKeysTurned.kind).values_list("group_id", flat=True)
    assert set(told) == {world.group.pk, world.elsewhere.pk}


@pytest.mark.control("8.24")
def test_after_a_facilitys_keys_turned_its_bundles_stand_under_the_new_one(world: World) -> None:
    publish_post(world.seat("kato", PRO), a_draft("朝の様子"))
    wrapped = {one.pk: bytes(one.sealing_wrapped) for one in Scope.objects.all()}

    turned(Level.FACILITY, world.facility.pk)

    own = OwnerKey.objects.filter(owner_id=world.facility.pk)
    assert [one.version for one in own] == [2]
    assert [one.version for one in OwnerKey.objects.filter(owner_id=OPERATOR)] == [1]
    group = Scope.objects.get(pk=world.group.pk)
    assert bytes(group.sealing_wrapped) != wrapped[group.pk]
    assert words(world) == ["朝の様子"]
    assert check_keys().closed == ()


@pytest.mark.control("8.24")
def test_after_the_root_turned_the_earlier_one_opens_nothing(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    publish_post(world.seat("kato", PRO), a_draft("朝の様子"))
    earlier = tmp_path / "earlier.json"
    earlier.write_text((tmp_path / "root.json").read_text())

    turned(Level.ROOT)

    assert words(world) == ["朝の様子"]
    assert check_keys().closed == ()
    assert (tmp_path / "root.json").stat().st_mode & 0o777 == 0o400
    settings.KEY_URL = f"file://{earlier}"
    owners = set(OwnerKey.objects.values_list("pk", flat=True))
    assert owners <= set(check_keys().closed)


@pytest.mark.parametrize("level", list(Level))
def test_a_rotation_that_is_left_after_any_step_goes_on_where_it_stood(
    world: World, level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("carestation.vault.levels.BATCH_SIZE", 2)
    monkeypatch.setattr("carestation.vault.resealing.BATCH_SIZE", 2)
    for number in range(5):
        publish_post(world.seat("kato", PRO), a_draft(str(number)))
    before = opened_everywhere()
    begin_rotation(MACHINE, level)
    # A look through all columns begins anew each time: a run must be long enough for one.
    runs, most = 0, 2 * len(SEALED)

    # Left after one step, gone on with, left after two, and so on.
    while (rotation := running_rotation()) is not None and runs < most:
        runs += 1
        for _ in islice(turn_keys(rotation), runs):
            pass
        forget_all()
        assert words(world) == list("43210")

    assert 2 < runs < most
    assert opened_everywhere() == before
    assert Rotation.objects.get().ended_at is not None
    expected = {2} if level is Level.SCOPE else {1}
    assert set(versions("timeline_post.body_sealed")) == expected
    assert check_keys().closed == ()


def test_what_was_opened_before_a_key_was_added_reads_on_until_it_is_promoted(
    world: World, settings: Settings
) -> None:
    kept = open_scope(world.group.pk, None)
    rotation = begin_rotation(MACHINE, Level.SCOPE, world.group.pk)
    settings.KEYS_KEPT_SECONDS = 300
    rests = next(one for one in turn_keys(rotation) if one.waits_seconds)
    forget_all()

    post = publish_post(world.seat("kato", PRO), a_draft("まだ前の鍵")).post

    assert rests.stage is Stage.PROMOTE
    assert kept.unseal(post.body_sealed, Post.body_place(post.pk)) == "まだ前の鍵"


def test_a_stage_rests_longer_than_an_opened_key_is_kept(world: World, settings: Settings) -> None:
    settings.KEYS_KEPT_SECONDS = 300
    rotation = begin_rotation(MACHINE, Level.SCOPE)
    waits = next(one for one in turn_keys(rotation) if one.waits_seconds)

    assert waits.stage is Stage.PROMOTE
    assert waits.waits_seconds > 300
    assert not [one for one in Scope.objects.all() if len(one.key_ids) != 2]


def test_what_is_written_under_an_earlier_key_at_the_last_moment_is_swept(world: World) -> None:
    publish_post(world.seat("kato", PRO), a_draft("一"))
    kept = open_scope(world.group.pk, None)
    rotation = begin_rotation(MACHINE, Level.SCOPE, world.group.pk)
    for _ in steps(rotation, Stage.DROP):
        pass
    post = Post.objects.get()
    post.body_sealed = kept.seal("二", Post.body_place(post.pk))
    post.save(update_fields=["body_sealed"])

    for _ in turn_keys(rotation):
        pass
    forget_all()

    assert words(world) == ["二"]
    assert versions("timeline_post.body_sealed") == {2: 1}


@pytest.mark.django_db(transaction=True)
def test_a_newer_value_is_never_lost_to_one_that_is_sealed_anew(committed_world: World) -> None:
    world = committed_world
    seat = world.seat("kato", PRO)
    post = publish_post(seat, a_draft("前")).post
    rotation = begin_rotation(MACHINE, Level.SCOPE, world.group.pk)
    for _ in steps(rotation, Stage.RESEAL):
        pass
    forget_all()

    # Between reading a value and putting it back, its author writes another.
    with connection.execute_wrapper(
        before_the_exchange("timeline_post t", lambda: edit_post(seat, post.pk, "後"))
    ):
        for _ in turn_keys(rotation):
            pass
    forget_all()

    assert words(world) == ["後"]
    assert set(versions("timeline_postversion.body_sealed")) == {2}


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_holds_is_passed_by_and_found_again(committed_world: World) -> None:
    world = committed_world
    publish_post(world.seat("kato", PRO), a_draft("前"))
    earlier = Post.objects.get().body_sealed
    rotation = begin_rotation(MACHINE, Level.SCOPE, world.group.pk)
    for _ in steps(rotation, Stage.SWEEP):
        pass
    forget_all()
    Post.objects.update(body_sealed=earlier)
    held, go_on = threading.Event(), threading.Event()
    holder = threading.Thread(target=hold_posts, args=(held, go_on))
    holder.start()
    assert held.wait(10)

    waits = next(one for one in turn_keys(rotation) if one.waits_seconds)
    go_on.set()
    holder.join(10)
    for _ in turn_keys(rotation):
        pass
    forget_all()

    assert waits.stage is Stage.SWEEP
    assert versions("timeline_post.body_sealed") == {2: 1}


def test_what_is_erased_while_keys_turn_stops_nothing_and_is_left_alone(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    settings.ERASED_URL = f"file://{tmp_path}/erased.jsonl"
    publish_post(world.seat("kato", PRO), a_draft("一"))
    before = bytes(Post.objects.get().body_sealed)
    list_erased(
        Erased(
            erasure_id=uuid7(),
            scope_id=world.group.pk,
            erased_by=OPERATOR,
            erased_at=timezone.now(),
        )
    )

    rotation = begin_rotation(MACHINE, Level.SCOPE)
    damaged = max(progress.damaged for progress in turn_keys(rotation))

    assert (damaged, rotation.ended_at is not None) == (0, True)
    assert bytes(Post.objects.get().body_sealed) == before
    assert versions("accounts_user.name_sealed") == {2: len(world.people)}


def test_words_are_found_before_and_after_and_the_command_tells_how_far_it_is(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    post_id = say(world, "kato", PRO, "夜間の咳が続いています")
    let_index_follow()
    assert found_posts(world, "sato", "夜間の咳") == [post_id]

    assert main(["keys", "rotate", "--level=scope"]) == 0
    forget_all()

    told = capsys.readouterr().out
    assert found_posts(world, "sato", "夜間の咳") == [post_id]
    assert [one for one in Stage if one.value not in told] == []
    assert main(["keys", "rotate"]) == 1
    assert main(["keys", "rotate", "--level=scope", f"--of={uuid7()}"]) == 1
    said = capsys.readouterr().err
    assert "No keys turn" in said
    assert "Nothing under" in said


def test_the_command_goes_on_with_what_turns_and_holds_where_others_have_to_be_told(
    world: World, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.KEYS_KEPT_SECONDS = 300
    assert main(["keys", "rotate", "--level=root", "--hold"]) == 0
    assert "other machines" in capsys.readouterr().out
    assert main(["keys", "rotate", "--level=scope"]) == 1
    assert "root turn" in capsys.readouterr().err
    settings.KEYS_KEPT_SECONDS = 0
    Rotation.objects.update(rests_until=F("began_at"))

    assert main(["keys", "rotate"]) == 0

    assert running_rotation() is None
    assert check_keys().closed == ()


def test_keys_turn_one_at_a_time(world: World) -> None:
    begin_rotation(MACHINE, Level.SCOPE)

    with pytest.raises(Conflict):
        begin_rotation(MACHINE, Level.ROOT)


def test_what_has_no_keys_does_not_turn(world: World) -> None:
    with pytest.raises(NotVisible):
        begin_rotation(MACHINE, Level.SCOPE, uuid7())
    with pytest.raises(NotVisible):
        begin_rotation(MACHINE, Level.ROOT, world.group.pk)


def test_a_value_that_opened_before_under_no_key_stops_nothing_and_is_told(world: World) -> None:
    publish_post(world.seat("kato", PRO), a_draft("一"))
    post = Post.objects.get()
    post.body_sealed = bytes(post.body_sealed)[:-1] + b"?"
    post.save(update_fields=["body_sealed"])

    rotation = begin_rotation(MACHINE, Level.SCOPE)
    damaged = max(progress.damaged for progress in turn_keys(rotation))

    assert damaged == 1
    assert rotation.ended_at is not None


@pytest.mark.control("8.15")
def test_the_log_says_who_began_and_how_much_was_sealed_anew(world: World) -> None:
    publish_post(world.seat("kato", PRO), a_draft("一"))

    rotation = turned(Level.SCOPE, world.group.pk)

    began = LoggedFact.objects.get(kind=RotationBegan.kind)
    ended = LoggedFact.objects.get(kind=RotationEnded.kind)
    assert (began.object_id, began.actor_id) == (rotation.pk, OPERATOR)
    group_id = str(world.group.pk)
    assert began.detail == {"level": "scope", "target_id": group_id, "is_move": False}
    assert ended.detail == {"level": "scope", "resealed": rotation.resealed}
