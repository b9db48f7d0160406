"""Uploads in parts that nobody finishes: found in a bucket and ended, which obstore cannot.

Two questions of the S3 protocol, each signed as stores want it (AWS Signature Version 4, in the
header `Authorization`).

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

import hashlib
import hmac
import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree as ET

from carestation.kernel.clock import now
from carestation.vault.bucket_url import BucketUrl
from carestation.vault.storing import StoreAwayError

ANSWER_SECONDS: Final = 20
LISTED_AT_ONCE: Final = 1_000
NOTHING: Final = hashlib.sha256(b"").hexdigest()
SIGNED: Final = "host;x-amz-content-sha256;x-amz-date"
# In a bucket may lie what is not ours.
OURS: Final = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}\.[a-z]+")


def end_unfinished(place: BucketUrl, before: datetime) -> int:
    """End the uploads of ours that began before then; return how many.

    Raises:
        StoreAwayError: the store does not answer, or does not let us.
    """
    old = [one for one, began in _unfinished(place) if began < before]
    for name, upload_id in old:
        _ask(place, "DELETE", name, {"uploadId": upload_id})
    return len(old)


def _unfinished(place: BucketUrl) -> Iterator[tuple[tuple[str, str], datetime]]:
    folder = f"{place.folder}/" if place.folder else ""
    asked = {"max-uploads": str(LISTED_AT_ONCE), "prefix": folder, "uploads": ""}
    while True:
        told = ET.fromstring(_ask(place, "GET", "", asked))  # noqa: S314 - our own store says it
        for one in told.iterfind("{*}Upload"):
            name, upload_id, began = (
                one.findtext(f"{{*}}{part}", "") for part in ("Key", "UploadId", "Initiated")
            )
            if OURS.fullmatch(name.removeprefix(folder)):
                yield (name, upload_id), datetime.fromisoformat(began)
        if told.findtext("{*}IsTruncated") != "true":
            return
        asked["key-marker"] = told.findtext("{*}NextKeyMarker", "")
        asked["upload-id-marker"] = told.findtext("{*}NextUploadIdMarker", "")


def _ask(place: BucketUrl, method: str, name: str, asked: dict[str, str]) -> bytes:
    path = quote(f"/{place.bucket}/{name}".removesuffix("/"))
    query = urlencode(sorted(asked.items()), quote_via=quote, safe="")
    connection = _connection(place)
    try:
        connection.request(method, f"{path}?{query}", headers=_signed(place, method, path, query))
        answer = connection.getresponse()
        status, words = answer.status, answer.read()
    except (OSError, HTTPException) as error:
        raise StoreAwayError("the store of files does not answer") from error
    finally:
        connection.close()
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise StoreAwayError("the store of files does not let us in")
    # What is absent has come to its end meanwhile.
    if status not in {HTTPStatus.OK, HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND}:
        raise StoreAwayError("the store of files does not answer")
    return words


def _connection(place: BucketUrl) -> HTTPConnection:
    netloc = urlsplit(place.endpoint).netloc
    if not place.is_tls:
        return HTTPConnection(netloc, timeout=ANSWER_SECONDS)
    # SSL_CERT_FILE in the surroundings names an authority of one's own.
    trust = ssl.create_default_context()
    return HTTPSConnection(netloc, timeout=ANSWER_SECONDS, context=trust)


def _signed(place: BucketUrl, method: str, path: str, query: str) -> dict[str, str]:
    at, host = now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"), urlsplit(place.endpoint).netloc
    scope = f"{at[:8]}/{place.region}/s3/aws4_request"
    headers = f"host:{host}\nx-amz-content-sha256:{NOTHING}\nx-amz-date:{at}\n"
    request = f"{method}\n{path}\n{query}\n{headers}\n{SIGNED}\n{NOTHING}"
    digest = hashlib.sha256(request.encode()).hexdigest()
    key = f"AWS4{place.secret}".encode()
    for part in scope.split("/"):
        key = _keyed(key, part)
    signature = _keyed(key, f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{digest}").hex()
    shown = f"Credential={place.key}/{scope},SignedHeaders={SIGNED},Signature={signature}"
    return {
        "X-Amz-Content-Sha256": NOTHING,
        "X-Amz-Date": at,
        "Authorization": f"AWS4-HMAC-SHA256 {shown}",
    }


def _keyed(key: bytes, words: str) -> bytes:
    return hmac.digest(key, words.encode(), "sha256")
