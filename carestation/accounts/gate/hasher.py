"""How passwords are kept: Argon2id over a peppered password.

The pepper is made by a key of the operator's scope: who has the table but not the keys cannot even
begin to guess. Hashes made at another cost are made anew at the next sign-in. libsodium computes
them, with the widest instructions that the processor has (docs/decisions/0063).

Controls: ISO/IEC 27017 5.17, 8.24; white paper 「認証情報の管理」.
"""

import unicodedata

from django.contrib.auth.hashers import BasePasswordHasher
from nacl.exceptions import InvalidkeyError
from nacl.pwhash import argon2id

from carestation.vault.scopes import operator_bundle


class PepperedArgon2(BasePasswordHasher):
    """Argon2id as OWASP asks: m = 19 MiB, t = 2, p = 1; about 13 ms of a core."""

    algorithm = "argon2"
    time_cost = 2
    memory_cost = 19 * 1024

    def encode(self, password: str, salt: str) -> str:  # noqa: ARG002 - libsodium makes its own
        """Return the hash of a password."""
        memory = self.memory_cost * 1024
        kept = argon2id.str(_peppered(password), opslimit=self.time_cost, memlimit=memory)
        return self.algorithm + kept.decode()

    def verify(self, password: str, encoded: str) -> bool:
        """Whether the password is the one of this hash."""
        try:
            return argon2id.verify(
                encoded.removeprefix(self.algorithm).encode(), _peppered(password)
            )
        except InvalidkeyError:
            return False

    def must_update(self, encoded: str) -> bool:
        """Whether the hash was made at another cost."""
        cost = f"$argon2id$v=19$m={self.memory_cost},t={self.time_cost},p=1$"
        return not encoded.startswith(self.algorithm + cost)

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Add nothing: a hash of less cost is made anew by whoever knows the password."""


def _peppered(password: str) -> bytes:
    text = unicodedata.normalize("NFC", password).encode("utf-8", "replace").decode()
    return operator_bundle().derive(text, "accounts_user.password").hex().encode()
