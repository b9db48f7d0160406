"""A passkey in software: what a telephone would keep and sign."""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256


def coded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class SoftPasskey:
    """One passkey; it answers as a browser would, JSON and all."""

    origin: str = "https://testserver"
    is_verified: bool = True
    signs: int = 0
    id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    holder: bytes = b""

    def make(self, options: str) -> str:
        asked = json.loads(options)
        self.holder = decoded(asked["user"]["id"])
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))  # type: ignore[no-untyped-call]  # fido2's own
        attested = b"\0" * 16 + len(self.id).to_bytes(2, "big") + self.id + public
        data = self._data(asked["rp"]["id"], 0x40) + attested
        made = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        said = self._said("webauthn.create", asked["challenge"])
        return self._answer({"clientDataJSON": coded(said), "attestationObject": coded(made)})

    def show(self, options: str) -> str:
        asked = json.loads(options)
        data = self._data(asked["rpId"], 0)
        said = self._said("webauthn.get", asked["challenge"])
        signature = self.key.sign(data + sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": coded(said),
                "authenticatorData": coded(data),
                "signature": coded(signature),
                "userHandle": coded(self.holder),
            }
        )

    def _said(self, kind: str, challenge: str) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        ).encode()

    def _data(self, site: str, more: int) -> bytes:
        flags = 0x01 | (0x04 if self.is_verified else 0) | more
        return sha256(site.encode()).digest() + bytes([flags]) + self.signs.to_bytes(4, "big")

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps(
            {
                "id": coded(self.id),
                "rawId": coded(self.id),
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )
