"""Signing with Ed25519, for what others check without our keys.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from dataclasses import dataclass
from functools import cache

import tink
from tink import secret_key_access, signature
from tink.proto import ed25519_pb2, tink_pb2

signature.register()


@dataclass(frozen=True, slots=True)
class Signer:
    """An opened private key; its signatures are the 64 bytes of RFC 8032 and nothing around."""

    keyset: tink.KeysetHandle

    def sign(self, text: str) -> bytes:
        """Return the signature of a text."""
        return bytes(self.keyset.primitive(signature.PublicKeySign).sign(text.encode()))

    def has_signed(self, text: str, signed: bytes) -> bool:
        """Return whether this key made that signature of that text."""
        verifier = self.keyset.public_keyset_handle().primitive(signature.PublicKeyVerify)
        try:
            verifier.verify(signed, text.encode())
        except tink.TinkError:
            return False
        return True

    def public(self) -> bytes:
        """Return the 32 bytes of the public key."""
        handle = self.keyset.public_keyset_handle()
        keyset = tink_pb2.Keyset.FromString(
            tink.proto_keyset_format.serialize_without_secret(handle)
        )
        key = ed25519_pb2.Ed25519PublicKey.FromString(keyset.key[0].key_data.value)
        return bytes(key.key_value)

    def to_bytes(self) -> bytes:
        """Return the private key written out, to be sealed at once."""
        return bytes(tink.proto_keyset_format.serialize(self.keyset, secret_key_access.TOKEN))


def new_signer() -> Signer:
    """Return a fresh key."""
    return Signer(tink.new_keyset_handle(_template()))


def signer_from(private: bytes) -> Signer:
    """Return the key that `to_bytes` wrote out."""
    return Signer(tink.proto_keyset_format.parse(private, secret_key_access.TOKEN))


@cache
def _template() -> tink_pb2.KeyTemplate:
    # Tink would put the number of its key before each signature; a verifier elsewhere knows none.
    template = tink_pb2.KeyTemplate()
    template.CopyFrom(signature.signature_key_templates.ED25519)
    template.output_prefix_type = tink_pb2.RAW
    return template
