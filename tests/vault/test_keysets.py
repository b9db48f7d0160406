"""Keysets gain a key, seal with it, and forget the earlier ones: each step may come twice."""

import pytest
import tink

from carestation.kernel.ids import uuid7
from carestation.vault.keysets import algorithm_of, primary_alone, promoted, with_new_key
from carestation.vault.sealing import (
    Bundle,
    Place,
    deriving_primitive,
    key_ids_of,
    new_deriving_keyset,
    new_sealing_keyset,
    sealing_primitive,
)

PLACE = Place("timeline_post", "body", uuid7())
SCOPE = uuid7()


def bundle_of(sealing: tink.KeysetHandle, deriving: tink.KeysetHandle) -> Bundle:
    return Bundle(
        scope_id=SCOPE, aead=sealing_primitive(sealing), prf_set=deriving_primitive(deriving)
    )


@pytest.mark.control("8.24")
def test_an_added_key_opens_and_does_not_seal_until_it_is_promoted() -> None:
    before, deriving = new_sealing_keyset(), new_deriving_keyset()
    added = with_new_key(before, new_sealing_keyset())
    after = promoted(added)

    early = bundle_of(added, deriving).seal("前", PLACE)
    late = bundle_of(after, deriving).seal("後", PLACE)

    assert bundle_of(before, deriving).unseal(early, PLACE) == "前"
    assert bundle_of(added, deriving).unseal(late, PLACE) == "後"
    assert bundle_of(after, deriving).unseal(early, PLACE) == "前"
    with pytest.raises(tink.TinkError):
        bundle_of(before, deriving).unseal(late, PLACE)
    with pytest.raises(tink.TinkError):
        bundle_of(primary_alone(after), deriving).unseal(early, PLACE)


def test_each_step_may_come_twice() -> None:
    added = with_new_key(new_sealing_keyset(), new_sealing_keyset())
    again = with_new_key(added, new_sealing_keyset())
    after = promoted(promoted(again))

    assert key_ids_of(again) == key_ids_of(added)
    assert key_ids_of(primary_alone(primary_alone(after))) == [key_ids_of(added)[1]]


def test_a_key_that_derives_turns_as_well() -> None:
    before, sealing = new_deriving_keyset(), new_sealing_keyset()
    added = with_new_key(before, new_deriving_keyset())
    after = primary_alone(promoted(added))

    said = [bundle_of(sealing, one).derive("あ", "x") for one in (before, added, after)]

    assert said[0] == said[1] != said[2]
    assert len(bundle_of(sealing, added).blind_by_each(["あ"], "x")) == 2
    assert algorithm_of(after).key_bits == 256
