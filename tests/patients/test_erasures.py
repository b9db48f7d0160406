"""A closed patient's group is erased: what was written in it is noise, wherever it lies."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from carestation.accounts.commands.people import end_person
from carestation.accounts.queries.people import ERASED_NAME, read_email, read_name, read_person
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Role, Side
from carestation.groups.commands.groups import archive_group
from carestation.groups.commands.memberships import begin
from carestation.groups.commands.talks import open_talk
from carestation.groups.models.groups import Group
from carestation.groups.models.memberships import Membership
from carestation.groups.queries.seats import take_seat
from carestation.groups.rules import Newcomer
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, NotVisible
from carestation.kernel.ids import uuid7
from carestation.patients.commands.erasures import erase, erase_again
from carestation.patients.models import Patient
from carestation.timeline.commands.posts import publish_post
from carestation.timeline.followers import throw_files_away
from carestation.vault.choices import Level
from carestation.vault.erasing import certificate_of, certificates, list_what_others_erased
from carestation.vault.erasures import erased_scopes, listed_erasures
from carestation.vault.facts import KeysErased, PersonKeysErased
from carestation.vault.inventory import read_inventory, read_keys
from carestation.vault.models import OPERATOR, Erasure, Scope, ScopeKind
from carestation.vault.rotation import begin_rotation, turn_keys
from carestation.vault.scopes import forget_all, open_scope
from config.cli import main
from tests.accounts.operating import OPERATOR_ADDRESS, a_console, an_operator
from tests.accounts.signing_in import sign_in_client
from tests.facilities.people import a_manager
from tests.groups.test_talks import a_newcomer
from tests.timeline.test_files import a_post, hand_in
from tests.world import World, a_draft, a_person

PRO = Side.PROFESSIONAL
MACHINE = Actor(user_id=OPERATOR, request_id=uuid7())
WORDS = "千代さんは、よく眠れたそうです。"


@pytest.fixture(autouse=True)
def places(settings: Settings, tmp_path: Path) -> None:
    """The list, the root and the files are this test's own; nothing is kept opened."""
    kept = Path(settings.KEY_URL.removeprefix("file://"))
    (tmp_path / "root.json").write_text(kept.read_text())
    settings.KEY_URL = f"file://{tmp_path}/root.json"
    settings.ERASED_URL = f"file://{tmp_path}/erased.jsonl"
    settings.BLOB_URL = f"file://{tmp_path}/files"


@pytest.fixture
def closed(world: World) -> World:
    """A group in which something was said, closed by its manager."""
    publish_post(world.seat("kato", PRO), a_draft(WORDS))
    archive_group(world.seat("kato", PRO))
    return world


def pages(world: World, name: str = "kato") -> list[int]:
    client = Client()
    sign_in_client(client, world.people[name])
    return [
        client.get(reverse("timeline:home")).status_code,
        client.get(reverse("timeline:timeline", args=[world.group.pk, PRO])).status_code,
        client.get(reverse("patients:face_sheet", args=[world.group.pk, PRO])).status_code,
        client.get(f"/api/v1/groups/{world.group.pk}/professional/posts").status_code,
    ]


def put_back(world: World, scope: Scope, sitting: list[Membership]) -> None:
    """Put yesterday's copy back: the keys, who sat there, and nothing of the erasure."""
    Erasure.objects.all().delete()
    scope.save(force_insert=True)
    Membership.objects.filter(pk__in=[one.pk for one in sitting]).update(left_at=None)
    Group.objects.filter(pk=world.group.pk).update(archived_at=None)
    forget_all()


@pytest.mark.control("8.10")
def test_after_erasing_nobody_reads_anything_and_home_still_opens(closed: World) -> None:
    assert pages(closed) == [200, 200, 200, 200]

    erase(a_console(), closed.group.pk)

    assert pages(closed) == [200, 404, 404, 404]
    with pytest.raises(NotVisible):
        open_scope(closed.group.pk, None)
    assert not Membership.objects.active().of_group(closed.group.pk).exists()
    assert Patient.objects.get(group_id=closed.group.pk).likeness is None


@pytest.mark.control("8.10")
def test_yesterdays_data_with_yesterdays_keys_show_nothing(closed: World) -> None:
    group_id = closed.group.pk
    yesterday = Scope.objects.select_related("owner_key").get(pk=group_id)
    sitting = list(Membership.objects.active().of_group(group_id))
    erase(a_console(), group_id)

    put_back(closed, yesterday, sitting)

    # Before anything is done about it no key is opened, and after the next start all is as it was.
    with pytest.raises(NotVisible):
        open_scope(group_id, None)
    assert erase_again() == 1
    assert not Scope.objects.filter(pk=group_id).exists()
    assert pages(closed) == [200, 404, 404, 404]
    assert [one.scope_id for one in certificates()] == [group_id]
    assert erase_again() == 0


@pytest.mark.control("8.10")
def test_the_line_of_the_list_stands_though_the_rest_was_broken_off(
    closed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    console, group_id = a_console(), closed.group.pk

    def breaking(*_: object) -> None:
        raise OSError("the machine went away")

    with monkeypatch.context() as patched:
        patched.setattr("carestation.vault.erasing.forget_scope", breaking)
        with pytest.raises(OSError, match="went away"):
            erase(console, group_id)

    assert Scope.objects.filter(pk=group_id).exists()
    assert erase_again() == 1
    assert not Scope.objects.filter(pk=group_id).exists()
    assert Erasure.objects.get().erased_by == console.actor.user_id


@pytest.mark.control("8.10")
def test_another_machine_learns_what_was_erased_and_finds_an_old_copy_out(
    closed: World, settings: Settings, tmp_path: Path
) -> None:
    group_id = closed.group.pk
    older = Scope.objects.get(pk=group_id)
    erasure, _ = erase(a_console(), group_id)
    settings.ERASED_URL = f"file://{tmp_path}/of-the-other-machine.jsonl"
    unknown = erased_scopes()

    learned = [list_what_others_erased(), list_what_others_erased()]

    assert unknown == frozenset()
    assert learned == [1, 0]
    assert [one.erasure_id for one in listed_erasures()] == [erasure.pk]
    Erasure.objects.all().delete()
    older.save(force_insert=True)
    assert erase_again() == 1
    assert not Scope.objects.filter(pk=group_id).exists()


def test_files_of_an_erased_group_are_thrown_away(world: World, tmp_path: Path) -> None:
    a_post(world, "kato", PRO, hand_in(world, "kato"))
    archive_group(world.seat("kato", PRO))
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    erasure, _ = erase(a_console(), world.group.pk)

    fact = KeysErased(
        actor_id=OPERATOR, request_id=uuid7(), group_id=world.group.pk, erasure_id=erasure.pk
    )
    throw_files_away([fact])
    throw_files_away([fact])

    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_an_open_group_is_not_erased(world: World) -> None:
    with pytest.raises(Conflict):
        erase(a_console(), world.group.pk)

    assert listed_erasures() == ()
    assert pages(world) == [200, 200, 200, 200]


def test_only_what_is_over_is_erased_and_once(closed: World) -> None:
    console = a_console()
    for scope_id in (closed.facility.pk, OPERATOR, uuid7()):
        with pytest.raises(NotVisible):
            erase(console, scope_id)
    for scope_id, reason in ((closed.elsewhere.pk, "open"), (closed.people["kato"].pk, "has_acc")):
        with pytest.raises(Conflict, match=reason):
            erase(console, scope_id)

    erase(console, closed.group.pk)
    with pytest.raises(NotVisible):
        erase(console, closed.group.pk)


@pytest.mark.control("8.10")
def test_a_free_group_is_erased_when_it_is_closed(world: World) -> None:
    ito = take_seat(world.actor("ito"), world.elsewhere.pk, Side.ALL)
    publish_post(ito, a_draft("勉強会は金曜です。"))
    archive_group(ito)

    erasure, left = erase(a_console(), world.elsewhere.pk)

    assert (erasure.kind, [one.user_id for one in left]) == ("free_group", [world.people["ito"].pk])
    with pytest.raises(NotVisible):
        open_scope(world.elsewhere.pk, None)
    assert pages(world)[0] == 200


@pytest.mark.control("8.10")
def test_a_talk_is_erased_when_neither_of_the_two_has_an_account(world: World) -> None:
    console, two = a_console(), [a_newcomer(world, name) for name in ("kato", "sato")]
    talk_id = open_talk(world.actor("kato"), *two).pk
    end_person(MACHINE, world.people["kato"].pk)
    with pytest.raises(Conflict, match="two"):
        erase(console, talk_id)

    end_person(MACHINE, world.people["sato"].pk)
    erase(console, talk_id)

    with pytest.raises(NotVisible):
        open_scope(talk_id, None)


@pytest.mark.control("8.10")
def test_a_person_who_has_gone_is_erased_when_no_record_names_them_any_more(
    closed: World,
) -> None:
    console, ueda = a_console(), closed.people["ueda"]
    end_person(MACHINE, ueda.pk)
    with pytest.raises(Conflict, match="is_read"):
        erase(console, ueda.pk)
    erase(console, closed.group.pk)

    erasure, _ = erase(console, ueda.pk)

    ueda.refresh_from_db()
    assert read_person(ueda, MACHINE).name == ERASED_NAME
    assert read_name(ueda.pk, ueda.name_sealed, MACHINE) == ERASED_NAME
    assert read_email(ueda, MACHINE) == ""
    fact = LoggedFact.objects.get(kind=PersonKeysErased.kind)
    assert (fact.object_id, fact.detail["person_id"]) == (erasure.pk, str(ueda.pk))
    assert certificate_of(erasure).kind is ScopeKind.PERSON
    desk, client = a_manager(closed), Client()
    sign_in_client(client, closed.people["abe"])
    for name in ("facilities:staff", "audit:record"):
        assert client.get(reverse(name, args=[desk.facility_id])).status_code == 200


@pytest.mark.control("8.10")
def test_a_person_who_comes_back_with_an_old_copy_is_erased_again(world: World) -> None:
    newcomer = a_person("abe")
    end_person(MACHINE, newcomer.pk)
    yesterday = Scope.objects.select_related("owner_key").get(pk=newcomer.pk)
    erase(a_console(), newcomer.pk)

    yesterday.save(force_insert=True)
    forget_all()

    assert read_person(newcomer, None).name == ERASED_NAME
    assert erase_again() == 1
    assert not Scope.objects.filter(pk=newcomer.pk).exists()


def test_nobody_is_seated_in_an_erased_group(closed: World) -> None:
    erase(a_console(), closed.group.pk)
    ito = Newcomer(
        user_id=closed.people["ito"].pk, role=Role.MANAGER, staff_id=closed.staff["ito"].pk
    )

    with pytest.raises(NotVisible):
        begin(MACHINE, closed.group.pk, ito, closed.facility.pk)


@pytest.mark.control("8.10")
def test_the_certificate_says_from_when_on(closed: World, settings: Settings) -> None:
    settings.KEYS_KEPT_SECONDS = 300
    erasure, _ = erase(a_console(), closed.group.pk)

    before, named = certificate_of(erasure), read_keys().root_keys
    settings.KEYS_KEPT_SECONDS = 0
    rotation = begin_rotation(MACHINE, Level.ROOT)
    for _ in turn_keys(rotation):
        pass

    # Keys for five minutes; what was read with them for five more, and what was rendered of that;
    # and the quarter of a minute until the process looks.
    assert (before.gone_here_at - before.erased_at).total_seconds() == 300 + 300 + 300 + 15
    assert before.gone_in_copies_at is None
    assert certificate_of(erasure).gone_in_copies_at == rotation.ended_at
    # Which key of the root opens older copies is said by name, and is not today's any more.
    assert (before.root_key,) == named
    assert before.root_key not in read_keys().root_keys


@pytest.mark.control("8.15")
def test_the_log_says_who_erased_and_counts_no_value_as_lost(closed: World) -> None:
    console = a_console()
    erasure, _ = erase(console, closed.group.pk)

    fact = LoggedFact.objects.get(kind=KeysErased.kind)
    found = read_inventory()

    assert (fact.actor_id, fact.group_id) == (console.actor.user_id, closed.group.pk)
    assert fact.object_id == erasure.pk
    posts = next(one for one in found.columns if one.column == "timeline_post.body_sealed")
    assert [(value.kind, value.count) for value in posts.values] == [(None, 1)]
    assert found.lost == 0


def erase_by(group_id: UUID, *more: str) -> Callable[[], int]:
    return lambda: main(["keys", "erase", f"--of={group_id}", f"--as={OPERATOR_ADDRESS}", *more])


def test_the_command_wants_an_operator_and_the_id_twice(
    closed: World, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    group_id = closed.group.pk

    settings.KEYS_KEPT_SECONDS = 0
    assert erase_by(group_id, f"--confirm={group_id}")() == 1
    an_operator()
    assert erase_by(group_id)() == 1
    assert erase_by(group_id, f"--confirm={uuid7()}")() == 1
    assert "1 posts and 0 files" in capsys.readouterr().err
    assert Scope.objects.filter(pk=group_id).exists()

    assert erase_by(group_id, f"--confirm={group_id}", "--turn-root")() == 0
    said = capsys.readouterr().out
    assert main(["keys", "erased", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["erased"]

    assert "消去証明書" in said
    assert "was dropped here then" in said
    assert told["gone_in_copies_at"]
    assert str(group_id) in said
    assert "+09:00" in said
    assert told["scope_id"] == str(group_id)
    assert main(["keys", "check"]) == 0
