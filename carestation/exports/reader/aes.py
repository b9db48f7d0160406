"""AES-256 in counter mode: by the machine's OpenSSL, or in plain Python where there is none."""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BLOCK_BYTES, ROUNDS, MIDDLE_WORD = 16, 14, 4


class KeyStream:
    """AES-256 in counter mode, counting from 1 with the lowest byte first, as WinZip does."""

    def __init__(self, key: bytes) -> None:
        self._encrypt, self._number = block_cipher(key), 1

    def opened(self, sealed: bytes) -> bytes:
        """Return the next bytes; each call but the last one takes whole blocks."""
        blocks = -(-len(sealed) // BLOCK_BYTES)
        numbers = range(self._number, self._number + blocks)
        self._number += blocks
        stream = self._encrypt(b"".join(one.to_bytes(BLOCK_BYTES, "little") for one in numbers))
        mixed = int.from_bytes(sealed, "big") ^ int.from_bytes(stream[: len(sealed)], "big")
        return mixed.to_bytes(len(sealed), "big")


def block_cipher(key: bytes) -> Callable[[bytes], bytes]:
    """Return what encrypts whole blocks: OpenSSL's, if it is here, or our own, which is slow."""
    for name in ("libcrypto-3.dll", "libcrypto-3-x64.dll", ctypes.util.find_library("crypto")):
        try:
            return openssl_cipher(ctypes.CDLL(name), key) if name else slow_cipher(key)
        except (OSError, AttributeError):
            continue
    return slow_cipher(key)


def openssl_cipher(library: ctypes.CDLL, key: bytes) -> Callable[[bytes], bytes]:
    """Return AES-256 of OpenSSL, without any mode."""
    pointer = ctypes.c_void_p
    library.EVP_aes_256_ecb.restype = library.EVP_CIPHER_CTX_new.restype = pointer
    context = pointer(library.EVP_CIPHER_CTX_new())
    kind = pointer(library.EVP_aes_256_ecb())
    if library.EVP_EncryptInit_ex(context, kind, None, key, None) != 1:
        raise OSError("OpenSSL")

    def encrypt(blocks: bytes) -> bytes:
        room, length = ctypes.create_string_buffer(len(blocks) + BLOCK_BYTES), ctypes.c_int()
        library.EVP_EncryptUpdate(context, room, ctypes.byref(length), blocks, len(blocks))
        return room.raw[: length.value]

    return encrypt


def doubled(byte: int) -> int:
    """Return a byte times two, as AES counts."""
    return (byte << 1) ^ (0x11B if byte & 0x80 else 0)


@functools.lru_cache(maxsize=1)
def substitutes() -> bytes:
    """Return the S-box of AES (FIPS 197, 5.1.1)."""
    box, p, q = bytearray(256), 1, 1
    while True:
        p ^= doubled(p)
        for shift in (1, 2, 4):
            q ^= q << shift & 0xFF
        q ^= 0x09 if q & 0x80 else 0
        turned = [(q << n | q >> 8 - n) & 0xFF for n in range(5)]
        box[p] = functools.reduce(lambda a, b: a ^ b, turned) ^ 0x63
        if p == 1:
            box[0] = 0x63
            return bytes(box)


def round_keys(key: bytes) -> list[bytes]:
    """Return the fifteen round keys of AES-256 (FIPS 197, 5.2)."""
    box, words, factor = substitutes(), [key[i : i + 4] for i in range(0, 32, 4)], 1
    for i in range(8, 60):
        word = words[-1]
        if i % 8 == 0:
            word = bytes(box[one] for one in word[1:] + word[:1])
            word, factor = bytes((word[0] ^ factor, *word[1:])), doubled(factor)
        elif i % 8 == MIDDLE_WORD:
            word = bytes(box[one] for one in word)
        words.append(bytes(a ^ b for a, b in zip(words[i - 8], word)))  # noqa: B905 - Python 3.9 does not know it
    return [b"".join(words[i : i + 4]) for i in range(0, 60, 4)]


def slow_cipher(key: bytes) -> Callable[[bytes], bytes]:
    """Return AES-256 in plain Python, for machines without OpenSSL (FIPS 197, 5.1)."""
    keys, box = round_keys(key), substitutes()
    twice = bytes(doubled(byte) & 0xFF for byte in range(256))
    order = [(i + 4 * (i % 4)) % 16 for i in range(16)]

    def one(block: bytes) -> bytes:
        state = bytes(a ^ b for a, b in zip(block, keys[0]))  # noqa: B905 - Python 3.9 does not know it
        for number in range(1, ROUNDS + 1):
            state = bytes(box[state[i]] for i in order)
            if number < ROUNDS:
                mixed = bytearray()
                for i in range(0, 16, 4):
                    a, b, c, d = state[i : i + 4]
                    every = a ^ b ^ c ^ d
                    mixed += bytes(
                        x ^ every ^ twice[x ^ y] for x, y in ((a, b), (b, c), (c, d), (d, a))
                    )
                state = bytes(mixed)
            state = bytes(a ^ b for a, b in zip(state, keys[number]))  # noqa: B905 - Python 3.9 does not know it
        return state

    return lambda blocks: b"".join(one(blocks[i : i + 16]) for i in range(0, len(blocks), 16))
