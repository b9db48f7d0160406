"""Answers that are no streams: health, and refusals as problem+json (RFC 9457)."""

import json
from http import HTTPStatus
from typing import Final

from carestation.kernel.ids import uuid7
from carestation.live.asgi import Send

TITLES: Final = {
    HTTPStatus.UNAUTHORIZED: "サインインが必要です。",
    HTTPStatus.FORBIDDEN: "この操作はできません。",
    HTTPStatus.NOT_FOUND: "見つかりません。",
    HTTPStatus.METHOD_NOT_ALLOWED: "この操作はありません。",
    HTTPStatus.TOO_MANY_REQUESTS: "回数が多すぎます。しばらく待ってください。",
    HTTPStatus.SERVICE_UNAVAILABLE: "ただいま使えません。しばらく待ってください。",
}
MORE_HEADERS: Final = {
    HTTPStatus.UNAUTHORIZED: [(b"www-authenticate", b"Bearer")],
    HTTPStatus.METHOD_NOT_ALLOWED: [(b"allow", b"GET")],
    HTTPStatus.TOO_MANY_REQUESTS: [(b"retry-after", b"60")],
    HTTPStatus.SERVICE_UNAVAILABLE: [(b"retry-after", b"5")],
}
HEADERS: Final = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
]
# A proxy that would collect an answer before handing it on is told not to.
STREAM: Final = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"x-accel-buffering", b"no"),
        *HEADERS,
    ],
}


async def refuse(send: Send, status: HTTPStatus, *, reason: str = "") -> None:
    """Answer a refusal; `reason` is a word for machines."""
    request_id = str(uuid7())
    problem: dict[str, object] = {
        "type": "about:blank",
        "title": TITLES[status],
        "status": int(status),
        "request_id": request_id,
    }
    if reason:
        problem["reason"] = reason
    more = [(b"x-request-id", request_id.encode()), *MORE_HEADERS.get(status, [])]
    body = json.dumps(problem, ensure_ascii=False).encode()
    await _answer(send, status, b"application/problem+json", body, more)


async def say_alive(send: Send) -> None:
    """Answer that the process lives."""
    await _answer(send, HTTPStatus.OK, b"text/plain; charset=utf-8", b"ok\n", [])


async def _answer(
    send: Send,
    status: HTTPStatus,
    content_type: bytes,
    body: bytes,
    more: list[tuple[bytes, bytes]],
) -> None:
    length = (b"content-length", str(len(body)).encode())
    headers = [(b"content-type", content_type), length, *HEADERS, *more]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body})
