"""The index follows the keys of its groups: it is made anew when they turn, and goes with them."""

from collections.abc import Callable

import pytest
import tink

from carestation.groups.choices import Side
from carestation.kernel.ids import uuid7
from carestation.search.commands.documents import keep_words
from carestation.search.commands.rebuilding import rebuild_index
from carestation.search.followers import forget_erased
from carestation.search.models import DocumentText, Entry
from carestation.timeline.commands.files import upload_file
from carestation.timeline.models import Attachment
from carestation.vault.facts import KeysErased
from carestation.vault.keysets import primary_alone, promoted, with_new_key
from carestation.vault.models import Scope
from carestation.vault.scopes import forget_all, opened_keysets, wrap_bundle
from carestation.vault.sealing import new_deriving_keyset
from tests.search.looking import found_posts, let_index_follow, say
from tests.timeline.pictures import a_pdf, written
from tests.world import World

PRO = Side.PROFESSIONAL


def change_deriving(world: World, change: Callable[[tink.KeysetHandle], tink.KeysetHandle]) -> None:
    row = Scope.objects.select_related("owner_key").get(pk=world.group.pk)
    sealing, deriving = opened_keysets(row)
    wrap_bundle(row, sealing, change(deriving))
    row.save()
    forget_all()


def turn(world: World) -> None:
    """Let the group derive under a new key, with the earlier one still there."""
    change_deriving(world, lambda one: promoted(with_new_key(one, new_deriving_keyset())))


@pytest.mark.control("8.24")
def test_words_are_found_before_while_and_after_the_index_turns_to_a_new_key(world: World) -> None:
    older = say(world, "kato", PRO, "むくみが強い")
    let_index_follow()
    before = Entry.objects.get(pk=older).grams
    turn(world)
    newer = say(world, "kato", PRO, "むくみは軽い")
    found = {"both keys": found_posts(world, "sato", "むくみ")}
    assert list(rebuild_index(world.group.pk)) == [2]
    found["made anew"] = found_posts(world, "sato", "むくみ")
    change_deriving(world, primary_alone)
    found["the new key alone"] = found_posts(world, "sato", "むくみ")

    assert found == {
        "both keys": [older],
        "made anew": [newer, older],
        "the new key alone": [newer, older],
    }
    assert set(before).isdisjoint(Entry.objects.get(pk=older).grams)


@pytest.mark.control("8.24")
def test_of_an_erased_group_the_index_keeps_nothing(world: World) -> None:
    file = upload_file(world.actor("kato"), "次第.pdf", written(a_pdf())).file
    post = say(world, "kato", PRO, "むくみが強い", attachments=(file.id,))
    keep_words(Attachment.objects.get(pk=file.id), post, "残薬")
    let_index_follow()
    erased = KeysErased(
        request_id=uuid7(),
        actor_id=world.people["kato"].pk,
        group_id=world.group.pk,
        erasure_id=uuid7(),
    )
    forget_erased([erased])

    assert not Entry.objects.of_group(world.group.pk).exists()
    assert not DocumentText.objects.exists()
