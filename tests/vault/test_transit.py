"""The root in a key service, asked of a real one."""

from pathlib import Path

import pytest
import tink
from pytest_django.fixtures import Settings

from carestation.groups.choices import Side
from carestation.kernel.actor import Actor
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.posts import publish_post
from carestation.timeline.queries.messages import page_of_threads
from carestation.vault.checking import check_keys
from carestation.vault.choices import Level
from carestation.vault.inventory import read_keys
from carestation.vault.keysets import sealed_part
from carestation.vault.models import OPERATOR, OwnerKey
from carestation.vault.roots import root
from carestation.vault.rotation import begin_rotation, turn_keys
from carestation.vault.scopes import forget_all
from carestation.vault.transit import KeyServiceError, read_url, trust
from config.cli import main
from tests.vault.key_service import KeyService
from tests.world import World, a_draft, settle

PRO = Side.PROFESSIONAL


@pytest.fixture
def kept_there(believed: KeyService, settings: Settings) -> KeyService:
    settings.KEY_URL = believed.url
    if not root().is_there():
        root().make()
    return believed


@pytest.fixture
def world(kept_there: KeyService, db: None) -> World:
    return settle()


def wrapped() -> list[bytes]:
    return [sealed_part(bytes(one.wrapped)) for one in OwnerKey.objects.all()]


def turn_root(settings: Settings) -> None:
    settings.KEYS_KEPT_SECONDS = 0
    machine = Actor(user_id=OPERATOR, request_id=uuid7())
    for _ in turn_keys(begin_rotation(machine, Level.ROOT)):
        pass
    forget_all()


@pytest.mark.control("8.24")
def test_what_the_service_wraps_opens_again_and_only_for_its_owner(world: World) -> None:
    publish_post(world.seat("kato", PRO), a_draft("朝の様子"))
    forget_all()

    found = page_of_threads(world.seat("sato", PRO)).threads

    assert [one.body for one in found] == ["朝の様子"]
    assert all(one.startswith(b"vault:v") for one in wrapped())
    assert check_keys().closed == ()
    assert (read_keys().root, read_keys().are_well) == ("vault", True)
    ours, other = OwnerKey.objects.order_by("pk")[:2]
    OwnerKey.objects.filter(pk=ours.pk).update(wrapped=other.wrapped)
    assert ours.pk in check_keys().closed


@pytest.mark.control("8.24")
def test_the_service_rotates_and_opens_with_no_earlier_version(
    world: World, settings: Settings
) -> None:
    publish_post(world.seat("kato", PRO), a_draft("朝の様子"))
    earlier = OwnerKey.objects.order_by("pk")[0]
    before = wrapped()[0].split(b":")[1]

    turn_root(settings)

    assert {one.split(b":")[1] for one in wrapped()} != {before}
    assert [one.body for one in page_of_threads(world.seat("sato", PRO)).threads] == ["朝の様子"]
    assert check_keys().closed == ()
    bound_to = OwnerKey.bound_to(earlier.owner_id, earlier.version)
    with pytest.raises(tink.TinkError):
        root().key().decrypt(sealed_part(bytes(earlier.wrapped)), bound_to)


def test_the_service_is_asked_once_for_many_scopes(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    check_keys()
    settings.KEY_TOKEN_FILE = tmp_path / "missing"

    # The owners' keys are opened, so every scope opens without a question.
    assert page_of_threads(world.seat("sato", PRO)).threads == []


@pytest.mark.parametrize("token", ["wrong", None])
def test_without_the_right_token_nothing_is_opened_or_made(
    kept_there: KeyService, settings: Settings, tmp_path: Path, token: str | None
) -> None:
    settings.KEY_TOKEN_FILE = tmp_path / "token"
    if token:
        settings.KEY_TOKEN_FILE.write_text(token)

    with pytest.raises(KeyServiceError):
        root().key().encrypt(b"x", b"y")


def test_a_service_that_is_away_is_told_apart_from_a_key_that_does_not_open(
    settings: Settings, tmp_path: Path
) -> None:
    settings.KEY_URL = "vault://127.0.0.1:9/transit/root"
    settings.KEY_TOKEN_FILE = tmp_path / "token"
    settings.KEY_TOKEN_FILE.write_text("any")

    with pytest.raises(KeyServiceError, match="away"):
        root().is_there()


@pytest.mark.control("8.24")
def test_a_service_whose_certificate_nobody_we_trust_has_signed_is_told_nothing(
    kept_there: KeyService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    trust.cache_clear()

    with pytest.raises(KeyServiceError, match="certificate"):
        root().key().encrypt(b"x", b"y")


def test_a_root_in_a_service_has_no_shares_here(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["keys", "shares"]) == 1
    assert "shares of its own" in capsys.readouterr().err
    assert main(["keys", "check"]) == 0


@pytest.mark.parametrize(
    "url",
    ["vault://", "vault://host", "vault://host/key", "aws-kms://key", "http://10.0.0.1/t/k"],
)
def test_an_address_that_says_too_little_or_is_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="KEY_URL"):
        read_url(url)
