"""The root as three lists of words on paper, of which any two bring it back (SLIP-39).

Each list alone says nothing about the root. They hold the key that wraps, with its id; whoever
turns the root makes new ones. No Django here: the root is brought back while nothing runs.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from typing import Final

import tink
from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics

from carestation.vault.keysets import primary_of, sealing_keyset_of

NEEDED: Final = 2
MADE: Final = 3
ID_BYTES: Final = 4


class WrongShares(ValueError):  # noqa: N818 - the name is the answer
    """These words bring nothing back: mistyped, too few, or not of one making."""


def shares_of(root: tink.KeysetHandle) -> list[str]:
    """Return three lists of words, of which any two bring the root back."""
    key_id, key = primary_of(root)
    secret = key_id.to_bytes(ID_BYTES, "big") + key
    (made,) = generate_mnemonics(1, [(NEEDED, MADE)], secret)
    return list(made)


def root_from(shares: list[str]) -> tink.KeysetHandle:
    """Return the root that two of the lists hold.

    Raises:
        WrongShares: they do not hold one.
    """
    try:
        secret = combine_mnemonics([" ".join(one.lower().split()) for one in shares])
    except MnemonicError as error:
        raise WrongShares(str(error)) from error
    return sealing_keyset_of(int.from_bytes(secret[:ID_BYTES], "big"), secret[ID_BYTES:])
