"""Whether a process can serve: its tables are there, and its keys can be asked.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

import ipaddress
import threading
import time
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from carestation.kernel.doors import Door, door
from carestation.kernel.health import missing_tables
from carestation.vault.blobs import blobs
from carestation.vault.keyfiles import path_of
from carestation.vault.roots import root
from carestation.vault.storing import StoreAwayError
from carestation.vault.transit import KeyServiceError, answered_within

ASK_SECONDS: Final = 5.0


class StoreSaid:
    """What was last said of the store of files: asked every few seconds, and by one at a time.

    Proxies ask for `/ready` several times a second: were each to wait for a store that does not
    answer, no thread would be left for people, who read and write without it.
    """

    def __init__(self) -> None:
        """Begin with nothing said."""
        self._asking = threading.Lock()
        self._asked_at = float("-inf")
        self._of = ""
        self._words = ""

    def words(self) -> str:
        """Return what is wrong with it, as far as is known; empty where nothing is."""
        is_old = self._asked_at + ASK_SECONDS < time.monotonic() or self._of != settings.BLOB_URL
        if is_old and self._asking.acquire(blocking=False):
            try:
                self._words, self._of = _store_trouble(), settings.BLOB_URL
                self._asked_at = time.monotonic()
            finally:
                self._asking.release()
        return self._words

    def forget(self) -> None:
        """Let it be asked anew."""
        self._asked_at = float("-inf")


STORE: Final = StoreSaid()


@require_GET
@door(Door.PUBLIC)
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the process can serve, else 503; the reason is for the machine itself.

    Where a key service went away, it can for as long as keys are kept opened, and says so.
    """
    reason = trouble()
    if not reason:
        limit = _limit() if _is_local(request) else ""
        return HttpResponse(f"ready{limit}\n", content_type="text/plain")
    words = f"{reason}\n" if _is_local(request) else "not ready\n"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    return HttpResponse(words, status=status, content_type="text/plain")


def trouble() -> str:
    """Return why this process cannot serve, in words for who runs it; empty where it can."""
    return _leaving() or missing_tables() or _missing_keys()


def _leaving() -> str:
    return "it is leaving" if settings.LEAVING.exists() else ""


def _limit() -> str:
    """Say what cannot be served meanwhile; without files people still read and write."""
    try:
        root().is_there()
    except KeyServiceError as error:
        kept = round(settings.KEYS_KEPT_SECONDS / 60)
        return f", but {error} What was opened before is served for {kept} minutes at most."
    trouble = STORE.words()
    return f", but {trouble}" if trouble else ""


def _store_trouble() -> str:
    try:
        blobs().check()
    except StoreAwayError as error:
        return str(error)
    return ""


def _missing_keys() -> str:
    """Say what is missing of the keys; a key service is asked every few seconds at most."""
    try:
        has_root = root().is_there()
    except KeyServiceError as error:
        return "" if answered_within(settings.KEYS_KEPT_SECONDS) else f"{error} Nothing is open."
    if not has_root or not path_of(settings.BUS_KEY_URL).exists():
        return "a key is missing"
    return ""


def _is_local(request: HttpRequest) -> bool:
    asked_by = request.headers.get("X-Forwarded-For") or request.META.get("REMOTE_ADDR", "")
    try:
        return ipaddress.ip_address(asked_by.split(",")[-1].strip() or "127.0.0.1").is_loopback
    except ValueError:
        return False
