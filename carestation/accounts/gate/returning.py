"""Where someone goes on to after signing in: a place of ours, and never one elsewhere.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from typing import Final
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

HOME: Final = "/"
LONGEST: Final = 500


def safe_path(text: str) -> str:
    """Return a path of this site, or home where the text leads anywhere else."""
    is_ours = (
        text.startswith("/")
        and len(text) <= LONGEST
        and text.isprintable()
        and url_has_allowed_host_and_scheme(text, allowed_hosts=None)
    )
    return text if is_ours else HOME


def way_back(request: HttpRequest) -> str:
    """Return where the person was: this page, or the one from which a form was sent."""
    if request.method in {"GET", "HEAD"} and "HX-Request" not in request.headers:
        return safe_path(request.get_full_path())
    asked_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    try:
        parts = urlsplit(asked_from)
    except ValueError:  # whoever asks writes it: it need be no address
        return HOME
    if parts.netloc != request.get_host():
        return HOME
    return safe_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def asked_for(request: HttpRequest) -> str:
    """Return where someone was going when they were led to the entry."""
    return safe_path(request.GET.get("next", HOME))


def with_next(url: str, onward: str) -> str:
    """Return an address that remembers where to go on to."""
    return url if onward == HOME else f"{url}?{urlencode({'next': onward})}"
