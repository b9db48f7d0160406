"""The inventory says what is there, from the code and the tables."""

import ast
import json
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from carestation.accounts.commands.factors import give_fixed_secret
from carestation.groups.choices import Side
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.posts import publish_post
from carestation.timeline.models import Post
from carestation.vault.checking import check_keys, note_key_ids
from carestation.vault.inventory import Inventory, read_inventory, read_keys
from carestation.vault.models import OwnerKey, Scope, ScopeKind
from carestation.vault.register import SEALED
from carestation.vault.scopes import create_scope
from config.cli import main
from tests.accounts.signing_in import sign_in_client
from tests.architecture.tree import context_modules, tree_of
from tests.vault.opening import opened_everywhere
from tests.world import World, a_draft


def counted(found: Inventory, column: str) -> dict[tuple[str | None, int], int]:
    one = next(one for one in found.columns if one.column == column)
    return {(value.kind, value.version): value.count for value in one.values}


def machines_are_told(
    capsys: pytest.CaptureFixture[str], action: str, *, code: int = 0
) -> dict[str, Any]:
    assert main(["keys", action, "--json"]) == code
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


@pytest.mark.control("8.24")
def test_the_inventory_counts_the_keys_that_are_in_use(world: World) -> None:
    found = read_keys()

    counts = {(key.level, key.kind, key.version): key.count for key in found.keys}
    assert found.are_well
    assert counts["scope", "person", 1] == len(world.people)
    assert counts["scope", "patient_group", 1] == 1
    assert counts["scope", "free_group", 1] == 1
    assert (found.sealing.name, found.sealing.key_bits) == ("AES-256-GCM", 256)
    assert (found.deriving.name, found.deriving.key_bits) == ("HMAC-SHA-256", 256)


@pytest.mark.control("8.24")
def test_every_sealed_value_is_counted_under_its_key(world: World) -> None:
    for _ in range(3):
        publish_post(world.seat("kato", Side.PROFESSIONAL), a_draft())

    found = read_inventory()

    assert counted(found, "timeline_post.body_sealed") == {("patient_group", 1): 3}
    assert counted(found, "accounts_user.name_sealed") == {("person", 1): len(world.people)}
    assert found.lost == 0


def test_the_batches_of_the_count_join_to_the_whole(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("carestation.vault.counting.BATCH_SIZE", 2)

    found = read_inventory()

    assert counted(found, "accounts_user.kana_sealed") == {("person", 1): len(world.people)}


@pytest.mark.control("8.24")
def test_a_value_whose_key_nobody_knows_is_told(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    publish_post(world.seat("kato", Side.PROFESSIONAL), a_draft())
    strange = create_scope(uuid7(), ScopeKind.PERSON)
    post = Post.objects.get()
    post.body_sealed = strange.seal("x", Post.body_place(post.pk))
    post.save(update_fields=["body_sealed"])

    assert main(["keys", "inventory"]) == 1
    assert "NO KEY" in capsys.readouterr().out
    assert machines_are_told(capsys, "check", code=1)["lost"] == read_inventory().lost == 1


@pytest.mark.control("8.24")
def test_a_key_that_does_not_open_is_told(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    ours, other = OwnerKey.objects.order_by("pk")[:2]
    OwnerKey.objects.filter(pk=ours.pk).update(wrapped=other.wrapped)

    said = machines_are_told(capsys, "check", code=1)

    assert str(ours.pk) in said["closed"]
    assert set(check_keys().closed) >= {ours.pk}


@pytest.mark.control("8.24")
def test_machines_are_told_algorithm_key_length_and_counts(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    said = machines_are_told(capsys, "inventory")

    columns = {one["column"]: one for one in said["columns"]}
    face_sheets = columns["patients_patient.face_sheet_sealed"]
    assert (face_sheets["algorithm"], face_sheets["key_bits"]) == ("AES-256-GCM", 256)
    assert face_sheets["values"] == [{"kind": "patient_group", "version": 1, "count": 1}]
    assert {one["kind"] for one in said["files"]} == {"content", "thumbnail", "archive"}
    assert said["clear"]["facilities_facility.name"]


def test_people_are_told_that_all_is_well(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert [main(["keys", action]) for action in ("list", "check", "inventory")] == [0, 0, 0]

    said = capsys.readouterr().out
    assert "root    file  opens" in said
    assert "All is well." in said
    assert "timeline_attachment.key_sealed" in said


def test_ids_of_keys_from_before_they_were_kept_are_filled_in(world: World) -> None:
    kept = dict(Scope.objects.values_list("pk", "key_ids"))
    Scope.objects.update(key_ids=[])

    assert note_key_ids() == len(kept)
    assert dict(Scope.objects.values_list("pk", "key_ids")) == kept
    assert note_key_ids() == 0


@pytest.mark.control("8.24")
def test_the_register_names_every_sealed_column() -> None:
    sealed = {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if str(field.column).endswith("_sealed")
    }

    assert {one.name for one in SEALED} == sealed | {"mfa_authenticator.data"}


def test_the_register_names_every_place_of_the_code() -> None:
    places = {
        ast.literal_eval(call.args[0])
        for path in context_modules()
        for call in ast.walk(tree_of(path))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if call.func.id == "Place" and call.args and isinstance(call.args[0], ast.Constant)
    }

    assert places == {one.table for one in SEALED}


def test_what_the_register_says_of_places_opens_every_value(world: World) -> None:
    client = Client()
    sign_in_client(client, world.people["kato"])
    client.get(reverse("timeline:home"))
    publish_post(world.seat("kato", Side.PROFESSIONAL), a_draft())
    give_fixed_secret(world.people["kato"].pk, "JBSWY3DPEHPK3PXP")

    found = opened_everywhere()

    assert found["accounts_session.agent_sealed"] == 1
    assert found["mfa_authenticator.data"] == 1
    assert found["timeline_post.body_sealed"] == 1
    assert found["groups_group.name_sealed"] == 1
