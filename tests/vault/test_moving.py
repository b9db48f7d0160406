"""The root moves: from a file into a key service, from there into a file; nobody notices."""

from itertools import islice
from pathlib import Path

import pytest
import tink
from pytest_django.fixtures import Settings

from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.kernel.errors import Conflict
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.posts import publish_post
from carestation.timeline.queries.messages import page_of_threads
from carestation.vault.checking import check_keys, newest_owner_opens
from carestation.vault.choices import Level, Stage
from carestation.vault.facts import RotationBegan
from carestation.vault.keysets import sealed_part
from carestation.vault.models import OwnerKey, Rotation, ScopeKind
from carestation.vault.roots import root, root_at
from carestation.vault.rotation import begin_rotation, running_rotation, turn_keys
from carestation.vault.scopes import create_scope, forget_all
from carestation.vault.transit import KeyServiceError
from config.cli import main
from config.prepare import require_opens
from tests.vault.key_service import KeyService
from tests.vault.test_rotation import MACHINE, steps
from tests.world import World, a_draft

PRO = Side.PROFESSIONAL


@pytest.fixture(autouse=True)
def on_the_way(believed: KeyService, settings: Settings, tmp_path: Path) -> None:
    """The root is this test's own file; the next place is the service; nothing is kept open."""
    settings.KEYS_KEPT_SECONDS = 0
    kept = Path(settings.KEY_URL.removeprefix("file://"))
    (tmp_path / "root.json").write_text(kept.read_text())
    settings.KEY_URL = f"file://{tmp_path}/root.json"
    settings.KEY_URL_NEXT = believed.url
    forget_all()


def words(world: World) -> list[str]:
    forget_all()
    return [one.body for one in page_of_threads(world.seat("sato", PRO)).threads]


def lie_in_the_service() -> set[bool]:
    wrapped = [sealed_part(bytes(one.wrapped)) for one in OwnerKey.objects.all()]
    return {one.startswith(b"vault:v") for one in wrapped}


def move(settings: Settings) -> Rotation:
    rotation = begin_rotation(MACHINE, Level.ROOT, moves_to=settings.KEY_URL_NEXT)
    for _ in turn_keys(rotation):
        pass
    return rotation


@pytest.mark.control("8.24")
def test_a_root_moves_from_a_file_into_a_service_though_it_is_left_after_any_step(
    world: World, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("carestation.vault.levels.BATCH_SIZE", 1)
    former = tmp_path / "former.json"
    former.write_text((tmp_path / "root.json").read_text())
    publish_post(world.seat("kato", PRO), a_draft("朝の様子"))
    assert lie_in_the_service() == {False}
    begin_rotation(MACHINE, Level.ROOT, moves_to=settings.KEY_URL_NEXT)
    runs = 0

    while (rotation := running_rotation()) is not None and runs < 50:
        runs += 1
        for _ in islice(turn_keys(rotation), runs):
            pass
        assert words(world) == ["朝の様子"]

    assert 2 < runs < 50
    assert lie_in_the_service() == {True}
    assert check_keys().closed == ()
    # From then on the service alone is asked, and what the file was opens nothing, nor what it is.
    settings.KEY_URL, settings.KEY_URL_NEXT = settings.KEY_URL_NEXT, ""
    assert words(world) == ["朝の様子"]
    for path in (former, tmp_path / "root.json"):
        settings.KEY_URL = f"file://{path}"
        assert not newest_owner_opens()
        with pytest.raises(SystemExit, match="not the one that wrapped"):
            require_opens()
    assert LoggedFact.objects.get(kind=RotationBegan.kind).detail["is_move"]


@pytest.mark.control("8.24")
def test_a_root_moves_back_into_a_file_and_the_service_opens_nothing_any_more(
    world: World, settings: Settings
) -> None:
    file_url = settings.KEY_URL
    move(settings)
    settings.KEY_URL, settings.KEY_URL_NEXT = settings.KEY_URL_NEXT, file_url
    there = OwnerKey.objects.order_by("pk")[0]

    move(settings)

    assert lie_in_the_service() == {False}
    assert words(world) == []
    bound_to = OwnerKey.bound_to(there.owner_id, there.version)
    with pytest.raises(tink.TinkError):
        root_at(settings.KEY_URL).key().decrypt(sealed_part(bytes(there.wrapped)), bound_to)
    settings.KEY_URL, settings.KEY_URL_NEXT = file_url, ""
    assert check_keys().closed == ()


@pytest.mark.control("8.24")
def test_whose_keys_are_made_on_the_way_is_wrapped_where_every_process_opens_it(
    world: World, settings: Settings
) -> None:
    def made() -> bytes:
        facility_id = uuid7()
        create_scope(facility_id, ScopeKind.FACILITY, facility_id)
        return sealed_part(bytes(OwnerKey.objects.get(owner_id=facility_id).wrapped))

    before = made()
    rotation = begin_rotation(MACHINE, Level.ROOT, moves_to=settings.KEY_URL_NEXT)
    added = made()
    for _ in steps(rotation, Stage.RESEAL):
        pass
    resealing = made()
    for _ in turn_keys(rotation):
        pass
    ended = made()

    named = [one.startswith(b"vault:v") for one in (before, added, resealing, ended)]
    assert named == [False, False, True, True]
    assert lie_in_the_service() == {True}
    assert check_keys().closed == ()


@pytest.mark.control("8.24")
def test_where_the_service_goes_away_on_the_way_nothing_is_lost_and_it_goes_on(
    world: World, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish_post(world.seat("kato", PRO), a_draft("朝の様子"))
    begin_rotation(MACHINE, Level.ROOT, moves_to=settings.KEY_URL_NEXT)
    token_file, settings.KEY_TOKEN_FILE = settings.KEY_TOKEN_FILE, tmp_path / "missing"

    assert main(["keys", "rotate"]) == 1
    assert "Nothing is lost" in capsys.readouterr().err

    settings.KEY_TOKEN_FILE = token_file
    assert main(["keys", "rotate", "--level=root", f"--to={settings.KEY_URL_NEXT}"]) == 0
    assert "set KEY_URL" in capsys.readouterr().out
    assert words(world) == ["朝の様子"]


def test_a_root_moves_only_where_every_process_knows_it_and_to_another_place(
    world: World, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*options: str) -> str:
        assert main(["keys", "rotate", *options]) == 1
        return capsys.readouterr().err

    elsewhere = f"file://{tmp_path}/elsewhere.json"
    assert "KEY_URL_NEXT names" in refused("--level=root", f"--to={elsewhere}")
    assert "root alone" in refused("--level=scope", f"--to={settings.KEY_URL_NEXT}")
    # Another address of the same file: dropping the former would drop the only one.
    settings.KEY_URL_NEXT = settings.KEY_URL.replace("/root.json", "/./root.json")
    assert "very same root" in refused("--level=root", f"--to={settings.KEY_URL_NEXT}")
    assert not Rotation.objects.exists()
    settings.KEY_URL_NEXT = elsewhere
    begin_rotation(MACHINE, Level.ROOT, moves_to=elsewhere)
    assert "root turn" in refused("--level=root", f"--to={settings.KEY_URL}")
    settings.KEY_URL_NEXT = ""
    assert "KEY_URL_NEXT names" in refused()
    assert check_keys().closed == ()


def test_while_the_root_is_on_its_way_it_can_turn_where_it_is(
    world: World, settings: Settings
) -> None:
    for _ in turn_keys(begin_rotation(MACHINE, Level.ROOT)):
        pass
    assert lie_in_the_service() == {False}

    move(settings)
    for _ in turn_keys(begin_rotation(MACHINE, Level.ROOT)):
        pass

    assert lie_in_the_service() == {True}
    assert check_keys().closed == ()


def test_a_service_that_is_away_when_the_root_shall_move_there_begins_nothing(
    world: World, settings: Settings
) -> None:
    settings.KEY_URL_NEXT = "vault://127.0.0.1:9/transit/root"

    with pytest.raises(KeyServiceError):
        begin_rotation(MACHINE, Level.ROOT, moves_to=settings.KEY_URL_NEXT)
    with pytest.raises(Conflict):
        begin_rotation(MACHINE, Level.ROOT, moves_to=settings.KEY_URL)

    assert not Rotation.objects.exists()
    assert root().is_there()
