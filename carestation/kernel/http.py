"""The HTTP edge: request id, domain errors as answers, headers; a log line and a count of each.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""

import logging
import time
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import (
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import (
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    connection,
)
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django_htmx.middleware import HtmxDetails
from psycopg.errors import ReadOnlySqlTransaction

from carestation.kernel.actor import Actor
from carestation.kernel.errors import CareError, Unavailable
from carestation.kernel.ids import uuid7
from carestation.kernel.logs import current_request_id
from carestation.kernel.metrics import note_answer
from carestation.kernel.problems import answer_to, problem

logger = logging.getLogger("carestation.requests")
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; "
    "worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
    "Cache-Control": "no-store",
}

# Every second, by each of them: that all is well stands in no log.
ASKED_BY_PROXIES: Final = {"health", "ready"}

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
ANSWERS: Final[dict[type[Exception], HTTPStatus]] = {
    IntegrityError: HTTPStatus.CONFLICT,
    OperationalError: HTTPStatus.SERVICE_UNAVAILABLE,
    InterfaceError: HTTPStatus.SERVICE_UNAVAILABLE,
    RequestDataTooBig: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooManyFieldsSent: HTTPStatus.BAD_REQUEST,
    TooManyFilesSent: HTTPStatus.BAD_REQUEST,
    SuspiciousOperation: HTTPStatus.BAD_REQUEST,
}


class CareRequest(HttpRequest):
    """A request of a signed-in person."""

    actor: Actor
    request_id: UUID
    htmx: HtmxDetails


class EdgeMiddleware:
    """Give each request its id, each domain error its answer, and each answer its headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        began = time.perf_counter()
        request_id = uuid7()
        request.request_id = request_id  # type: ignore[attr-defined]  # CareRequest has it
        token = current_request_id.set(request_id)
        try:
            response = self._get_response(request)
            _log(request, response, began)
        finally:
            current_request_id.reset(token)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["X-Request-Id"] = str(request_id)
        if settings.SECURE_HSTS_SECONDS:
            hsts = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
            response.headers["Strict-Transport-Security"] = hsts
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],  # noqa: ARG002 - Django's signature
        _args: tuple[Any, ...],
        _kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        """Refuse who asks under another name than ours: a page that another site's name leads to.

        Who asks how we are may do so by any name: proxies and watchers know addresses alone.
        """
        match = request.resolver_match
        if match and match.route in ASKED_BY_PROXIES:
            return None
        said = request.META.get("HTTP_HOST") or request.META["SERVER_NAME"]
        if _is_ours(said, tuple(settings.ALLOWED_HOSTS)):
            return None
        return problem(request, HTTPStatus.BAD_REQUEST, "")

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer what a person can be answered; everything else is a bug."""
        return answer_for(request, error)


@lru_cache(maxsize=64)
def _is_ours(host: str, ours: tuple[str, ...]) -> bool:
    # Hot (benchmarks/posts.py): nearly everyone asks by the same name.
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, ours)


def answer_for(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """Return the answer to what went wrong, or none where it is a bug."""
    if isinstance(error, Unavailable):
        logger.warning("what we need did not answer", exc_info=error)
    if isinstance(error, CareError):
        return answer_to(request, error)
    kind_of_it = type(error)
    if is_read_only(error):
        # This server writes no more: another does, and the next statement looks for it.
        if not connection.in_atomic_block:
            connection.close()
        kind_of_it = OperationalError
    for kind, status in ANSWERS.items():
        if issubclass(kind_of_it, kind):
            if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                logger.warning("the database did not answer", exc_info=error)
            return problem(request, status, "")
    return None


def is_read_only(error: Exception) -> bool:
    """Whether a statement would have changed something on a server that is not the one to write."""
    return isinstance(error, InternalError) and isinstance(error.__cause__, ReadOnlySqlTransaction)


def _log(request: HttpRequest, response: HttpResponse, began: float) -> None:
    match, seconds = request.resolver_match, time.perf_counter() - began
    route = match.route if match else ""
    # Of what proxies ask each second nobody waits for the answer: it would hide who does wait.
    if route in ASKED_BY_PROXIES and response.status_code == HTTPStatus.OK:
        return
    note_answer(route, response.status_code, seconds)
    line = {
        # A method is whatever somebody typed.
        "method": request.method if request.method in METHODS else "",
        "route": route,
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 1),
    }
    logger.info("request", extra=line)
