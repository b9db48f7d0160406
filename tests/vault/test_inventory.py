import pytest

from carestation.vault.inventory import read_inventory
from tests.world import World


@pytest.mark.control("8.24")
def test_the_inventory_counts_the_keys_that_are_in_use(world: World) -> None:
    found = read_inventory()

    counts = {(key.level, key.kind): key.count for key in found.keys}
    assert found.opens
    assert found.root_is_there
    assert counts["scope", "person"] == len(world.people)
    assert counts["scope", "patient_group"] == 1
    assert counts["scope", "free_group"] == 1
    assert (found.sealing, found.deriving) == (
        "google.crypto.tink.AesGcmKey",
        "google.crypto.tink.HmacPrfKey",
    )
    assert "timeline_post.body_sealed" in found.sealed_columns
