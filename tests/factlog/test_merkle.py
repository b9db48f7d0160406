"""The tree of RFC 6962, against the known answers of Certificate Transparency."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carestation.factlog.merkle import Frontier

LEAVES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
hashes = st.lists(st.binary(min_size=32, max_size=32), max_size=40)


def leaf_of(told: str) -> bytes:
    return sha256(b"\x00" + bytes.fromhex(told)).digest()


def root_by_the_book(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962, 2.1: split at the largest power of two below the size."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = root_by_the_book(leaves[:split]), root_by_the_book(leaves[split:])
    return sha256(b"\x01" + left + right).digest()


@pytest.mark.control("8.15")
def test_the_roots_are_those_of_certificate_transparency() -> None:
    tree = Frontier()
    roots = [tree.root().hex()]

    for told in LEAVES:
        tree.extend([leaf_of(told)])
        roots.append(tree.root().hex())

    assert tuple(roots) == ROOTS


@given(hashes, hashes)
def test_a_tree_that_was_put_away_grows_on_as_one_that_was_not(
    first: list[bytes], then: list[bytes]
) -> None:
    tree = Frontier()
    tree.extend(first)

    again = Frontier.from_bytes(tree.size, tree.to_bytes())
    again.extend(then)

    assert again.root() == root_by_the_book(first + then)
    assert again.size == len(first) + len(then)
