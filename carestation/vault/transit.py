"""The root in a key service: HashiCorp Vault or OpenBao, by their transit engine.

The root never leaves the service: it is sent the keys of facilities, to wrap and to unwrap. Where
it can be asked stands in KEY_URL, the token in a file that is read at each use.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

import json
import math
import ssl
import time
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import tink
from tink import aead

from carestation.kernel.errors import Unavailable
from carestation.vault.keysets import sealed_part

SCHEME: Final = "vault"
PORT: Final = 8200
ANSWER_SECONDS: Final = 3
# After it was away it is not asked for so long, so that nobody waits behind somebody who waits.
AWAY_SECONDS: Final = 2
# That it knows the key is believed for so long: whoever may ask us does not ask it through us.
BELIEVED_SECONDS: Final = 5
MADE_THERE: Final = b"vault:v"


class KeyServiceError(Unavailable):
    """The key service is away, or does not let us; the words say which."""

    def __init__(self, words: str) -> None:
        super().__init__("keys_away")
        self._words = words

    def __str__(self) -> str:
        """Return the words, for who runs it; people read others."""
        return self._words


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitUrl:
    """`vault://HOST[:PORT]/MOUNT/KEY`, over TLS always."""

    host: str
    port: int
    mount: str
    key: str


def read_url(url: str) -> TransitUrl:
    """Return what a URL names.

    Raises:
        ValueError: it is of another kind, or says too little.
    """
    parts = urlsplit(url)
    mount, _, key = parts.path.strip("/").rpartition("/")
    host = parts.hostname or ""
    if parts.scheme != SCHEME or not (host and mount and key):
        message = f"KEY_URL must be vault://HOST/MOUNT/KEY, not “{parts.scheme}://…”."
        raise ValueError(message)
    return TransitUrl(host=host, port=parts.port or PORT, mount=mount, key=key)


# Until when, by the clock that only goes forward.
_away: Final[dict[TransitUrl, float]] = {}
_believed: Final[dict[TransitUrl, float]] = {}
# When it answered last.
_answered: Final[dict[TransitUrl, float]] = {}


def answered_within(seconds: float) -> bool:
    """Whether a service did what this process asked of it, not longer ago than that."""
    return max(_answered.values(), default=-math.inf) > time.monotonic() - seconds


@cache
def trust() -> ssl.SSLContext:
    """Return whose certificates are believed."""
    # SSL_CERT_FILE in the surroundings names an authority of one's own.
    return ssl.create_default_context()


class TransitKey(aead.Aead):  # type: ignore[misc]  # Tink has no types
    """Wraps and unwraps by asking the service; what it made begins with `vault:v` and a version."""

    def __init__(self, transit: "Transit") -> None:
        self._transit = transit

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
        """Return what the service makes of it with its newest key."""
        asked = {"plaintext": _text(plaintext), "associated_data": _text(associated_data)}
        return str(self._transit.ask("POST", "encrypt", asked)["ciphertext"]).encode()

    def decrypt(self, ciphertext: bytes, associated_data: bytes) -> bytes:
        """Return what it was.

        Raises:
            tink.TinkError: the service does not open it.
        """
        asked = {
            "ciphertext": ciphertext.decode("ascii", "replace"),
            "associated_data": _text(associated_data),
        }
        return b64decode(self._transit.ask("POST", "decrypt", asked)["plaintext"])


class TransitRoot:
    """A key of the transit engine. It is rotated there, by us, as `keys rotate` asks for it."""

    def __init__(self, url: str, token_file: Path) -> None:
        self._transit = Transit(url=read_url(url), token_file=token_file)

    def is_there(self) -> bool:
        """Whether the service knows the key."""
        url = self._transit.url
        if time.monotonic() > _believed.get(url, 0.0):
            if not self._transit.ask("GET", "keys", None, may_be_absent=True):
                return False
            _believed[url] = time.monotonic() + BELIEVED_SECONDS
        return True

    def make(self) -> None:
        """Let the service make the key."""
        self._transit.ask("POST", "keys", {"type": "aes256-gcm96"})

    def key(self) -> aead.Aead:
        """Return what wraps and unwraps."""
        return TransitKey(self._transit)

    def knows(self, ciphertext: bytes) -> bool:
        """Whether a transit engine wrapped this."""
        return ciphertext.startswith(MADE_THERE)

    def wrapped_newest(self, wrapped: bytes) -> bool:
        """Whether a wrapped key stands under the newest version."""
        return sealed_part(wrapped).startswith(b"%b%d:" % (MADE_THERE, self._newest()))

    def add(self) -> None:
        """Let the service make one more version, which wraps from then on."""
        self._transit.ask("POST", "keys", {}, more="/rotate")

    def promote(self) -> None:
        """Do nothing: the newest wraps already, and the service opens with all."""

    def drop(self) -> None:
        """Let the service open with no earlier version; it keeps them until it is told to trim."""
        newest = self._newest()
        asked = {"min_decryption_version": newest, "min_encryption_version": newest}
        self._transit.ask("POST", "keys", asked, more="/config")

    def _newest(self) -> int:
        return int(self._transit.ask("GET", "keys", None)["latest_version"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Transit:
    """Asking the service, one question a connection: it is asked seldom."""

    url: TransitUrl
    token_file: Path

    def ask(
        self,
        method: str,
        what: str,
        said: dict[str, Any] | None,
        *,
        more: str = "",
        may_be_absent: bool = False,
    ) -> dict[str, Any]:
        """Return the data of the answer; nothing where what was asked for is absent and may be.

        Raises:
            KeyServiceError: it is away, or does not let us.
            tink.TinkError: it does not open what it was sent.
        """
        status, words = self._answer(method, f"{what}/{self.url.key}{more}", said)
        if status == HTTPStatus.NOT_FOUND and may_be_absent:
            return {}
        if status == HTTPStatus.BAD_REQUEST and what == "decrypt":
            raise tink.TinkError("The key service does not open it.")
        if status not in {HTTPStatus.OK, HTTPStatus.NO_CONTENT}:
            raise KeyServiceError(f"The key service answers {status} to {method} {what}.")
        _answered[self.url] = time.monotonic()
        data: dict[str, Any] = json.loads(words)["data"] if words else {}
        return data

    def _answer(self, method: str, path: str, said: dict[str, Any] | None) -> tuple[int, bytes]:
        headers = {"X-Vault-Token": self._token(), "X-Vault-Request": "true"}
        host, port = self.url.host, self.url.port
        if time.monotonic() < _away.get(self.url, 0.0):
            raise KeyServiceError("The key service is away: it did not answer a moment ago.")
        connection = HTTPSConnection(host, port, timeout=ANSWER_SECONDS, context=trust())
        try:
            body = None if said is None else json.dumps(said)
            connection.request(method, f"/v1/{self.url.mount}/{path}", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException) as error:
            _away[self.url] = time.monotonic() + AWAY_SECONDS
            _believed.pop(self.url, None)
            raise KeyServiceError(f"The key service is away: {error}") from error
        finally:
            connection.close()

    def _token(self) -> str:
        try:
            return self.token_file.read_text().strip()
        except OSError as error:
            raise KeyServiceError(f"KEY_TOKEN_FILE cannot be read: {error.strerror}") from error


def _text(data: bytes) -> str:
    return b64encode(data).decode()
