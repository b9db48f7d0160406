"""Who asks: the token of a request, and whether another site made the browser ask.

Controls: ISO/IEC 27017 8.3, 8.5; white paper 「認証情報の管理」.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

BEARER: Final = b"bearer "
Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request says of who asks. `key`: the SHA-256 of its token, empty without one."""

    key: bytes
    is_foreign: bool


def read_headers(headers: Headers, *, cookie: str, site_host: str) -> Asked:
    """Return who asks: by a bearer token, or by a cookie that no other site may make use of."""
    found = dict(headers)
    authorization = found.get(b"authorization", b"")
    if authorization[: len(BEARER)].lower() == BEARER:
        token = authorization[len(BEARER) :].strip()
        return Asked(key=_key(token), is_foreign=False)
    token = _cookie(found.get(b"cookie", b""), cookie.encode())
    return Asked(key=_key(token), is_foreign=_is_foreign(found, site_host))


def _key(token: bytes) -> bytes:
    return hashlib.sha256(token).digest() if token else b""


def _cookie(header: bytes, name: bytes) -> bytes:
    for pair in header.split(b";"):
        key, _, value = pair.strip().partition(b"=")
        if key == name:
            return value.strip().strip(b'"')
    return b""


def _is_foreign(headers: dict[bytes, bytes], site_host: str) -> bool:
    # A browser says at least one of both of a request that another site's page makes.
    if headers.get(b"sec-fetch-site", b"same-origin") != b"same-origin":
        return True
    origin = headers.get(b"origin")
    if origin is None:
        return False
    try:
        asked = urlsplit(origin.decode("latin-1")).netloc
    except ValueError:  # no browser says so
        return True
    return asked not in {site_host, headers.get(b"host", b"").decode("latin-1")}
