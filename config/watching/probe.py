"""The check from outside: what people do, done by a program over the proxy, and how long it took.

Controls: ISO/IEC 27017 CLD.12.4.5; white paper 「クラウドサービスの監視」.
"""

import http.client
import json
import logging
import ssl
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from carestation.kernel.ids import uuid7
from carestation.support.choices import Measured
from carestation.support.queries.probes import ProbeKey

logger = logging.getLogger("carestation.watch")
ANSWER_SECONDS: Final = 15
BODY: Final = "見守り"
DAY_SECONDS: Final = 86_400
UNEXPECTED: Final = "an unexpected answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The proxy of this machine, asked as people ask it: by the name of the site, with its TLS.

    `own_root`: the certificate of the proxy's own authority, where it has one.
    """

    site_url: str
    port: int
    own_root: Path

    def connected(self) -> http.client.HTTPConnection:
        """Return a connection, over TLS where the site has it.

        Raises:
            OSError: nothing answers, or not with a certificate that browsers take.
        """
        site = urlsplit(self.site_url)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        connection.connect()
        if site.scheme == "https":
            trusted = ssl.create_default_context()
            if self.own_root.exists():
                trusted.load_verify_locations(self.own_root)
            connection.sock = trusted.wrap_socket(connection.sock, server_hostname=site.hostname)
        return connection


def certificate(front: Front) -> dict[Measured, float]:
    """Return how long the site's certificate is good for; nothing where it has none."""
    if not front.site_url.startswith("https://"):
        return {}
    try:
        connection = front.connected()
    except ssl.SSLCertVerificationError:
        return {Measured.CERTIFICATE: 0.0, Measured.CERTIFICATE_DAYS: 0.0}
    except OSError:
        return {}
    told: dict[str, str] = connection.sock.getpeercert()  # type: ignore[union-attr]  # of TLS
    connection.close()
    return left_of(told["notBefore"], told["notAfter"], time.time())


def left_of(begins: str, ends: str, now: float) -> dict[Measured, float]:
    """Return what is left of a certificate's time, as a share of the whole and in days."""
    begin, end = ssl.cert_time_to_seconds(begins), ssl.cert_time_to_seconds(ends)
    return {
        Measured.CERTIFICATE: (end - now) / (end - begin),
        Measured.CERTIFICATE_DAYS: (end - now) / DAY_SECONDS,
    }


def probe(front: Front, key: ProbeKey) -> float | None:
    """Sign in, post, read back and sign out; return the seconds, or None where it failed."""
    began, step = time.perf_counter(), "connect"
    try:
        caller = _Caller(front)
        step = "sign_in"
        caller.sign_in(key)
        step = "post"
        post_id = caller.post()
        step = "read"
        caller.read_back(post_id)
        step = "sign_out"
        caller.sign_out()
    except (OSError, http.client.HTTPException, ValueError, LookupError) as error:
        logger.warning("The check from outside failed", extra={"reason": step}, exc_info=error)
        return None
    return time.perf_counter() - began


class _Caller:
    def __init__(self, front: Front) -> None:
        self._connection = front.connected()
        self._host = urlsplit(front.site_url).netloc
        self._token = self._posts = ""

    def sign_in(self, key: ProbeKey) -> None:
        sent = {"email": key.email, "password": key.password}
        said = self._call("POST", "/api/v1/sessions", sent, HTTPStatus.CREATED)
        self._token = said["token"]

    def post(self) -> str:
        (own,) = self._call("GET", "/api/v1/groups", None, HTTPStatus.OK)
        self._posts = f"/api/v1/groups/{own['id']}/all/posts"
        sent = {"draft_id": str(uuid7()), "body": BODY}
        said = self._call("POST", self._posts, sent, HTTPStatus.CREATED)
        return str(said["id"])

    def read_back(self, post_id: str) -> None:
        said = self._call("GET", f"{self._posts}?limit=1", None, HTTPStatus.OK)
        newest = said["posts"][0]
        if (newest["id"], newest["body"]) != (post_id, BODY):
            raise ValueError(UNEXPECTED)

    def sign_out(self) -> None:
        self._call("DELETE", "/api/v1/sessions/current", None, HTTPStatus.NO_CONTENT)
        self._connection.close()

    def _call(self, method: str, path: str, sent: object, wanted: HTTPStatus) -> Any:
        headers = {"Host": self._host, "User-Agent": "carestation-watch"}
        if sent is not None:
            headers["Content-Type"] = "application/json"
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        body = None if sent is None else json.dumps(sent)
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status != wanted:
            raise ValueError(UNEXPECTED)
        return json.loads(said) if said else None
