"""How passwords are kept: Argon2id over a peppered password.

The pepper is made by a key of the operator's scope: who has the table but not the keys cannot even
begin to guess. Hashes made at another cost are made anew at the next sign-in.

Controls: ISO/IEC 27017 5.17, 8.24; white paper 「認証情報の管理」.
"""

import unicodedata

from django.contrib.auth.hashers import Argon2PasswordHasher

from carestation.vault.scopes import operator_bundle


class PepperedArgon2(Argon2PasswordHasher):
    """Argon2id: m = 32 MiB, t = 3, p = 1 (more than OWASP's least); about 50 ms on one core."""

    time_cost = 3
    memory_cost = 32 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Return the hash of a password."""
        return super().encode(_peppered(password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Whether the password is the one of this hash."""
        return super().verify(_peppered(password), encoded)


def _peppered(password: str) -> str:
    text = unicodedata.normalize("NFC", password).encode("utf-8", "replace").decode()
    return operator_bundle().derive(text, "accounts_user.password").hex()
