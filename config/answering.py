"""What the proxy answers by itself: static files, and what it refuses."""

import json
from pathlib import Path
from typing import Any, Final

from config.serving import SERVING

HASHED: Final = r"^/static/.+\.[0-9a-f]{12}\.[0-9a-z]+$"
UNNAMED: Final = {"handler": "headers", "response": {"delete": ["Server"], "deferred": True}}
# What everything carries that does not come from web or live, which say their own.
GUARDED: Final = {
    "Content-Security-Policy": ["default-src 'none'; connect-src 'self'; frame-ancestors 'none'"],
    "X-Content-Type-Options": ["nosniff"],
    "Cross-Origin-Resource-Policy": ["same-origin"],
    "Referrer-Policy": ["same-origin"],
}
A_YEAR: Final = "public, max-age=31536000, immutable"
OVER_THE_LIMIT: Final = r"^0*([6-9][0-9]{7}|[1-9][0-9]{8,})$"
OVER_A_FORM: Final = r"^0*([89][0-9]{6}|[1-9][0-9]{7,})$"
TOO_LARGE: Final = "ファイルが大きすぎます。"
UNMEASURED: Final = "送る内容の長さを先に示してください。"
WAITING: Final = (
    '<!doctype html><html lang="ja"><title>準備中です</title>'
    "<h1>準備中です</h1><p>数秒待ってから、ページを読み込み直してください。</p></html>"
)


def static(folder: Path) -> dict[str, Any]:
    """Return the route to the static files, of which those with hashed names may be kept."""
    hashed = {"path_regexp": {"pattern": HASHED}}
    kept, asked = _header({"Cache-Control": [A_YEAR]}), _header({"Cache-Control": ["no-cache"]})
    kept["response"]["require"] = {"status_code": [2, 304]}
    by_name = [
        {"match": [hashed], "handle": [kept]},
        {"match": [{"not": [hashed]}], "handle": [asked]},
    ]
    return {
        "match": [{"path": ["/static/*"]}],
        "terminal": True,
        "handle": [
            UNNAMED,
            _header(GUARDED),
            {"handler": "subroute", "routes": by_name},
            {"handler": "encode", "encodings": {"zstd": {}, "gzip": {}}, "minimum_length": 512},
            {"handler": "rewrite", "strip_path_prefix": "/static"},
            {"handler": "file_server", "root": str(folder), "hide": ["staticfiles.json"]},
        ],
    }


def given_up() -> dict[str, Any]:
    """Return what ends the connection of a body that was no longer waited for (499).

    HTTP/1 would be answered when the rest of the body has come. Of a body below 256 KB caddy goes
    on reading the rest even so, and keeps nothing of it.
    """
    end = {"require": {"status_code": [499]}, "set": {"Connection": ["close"]}, "deferred": True}
    ends = {"handler": "headers", "response": end}
    return {"match": [{"not": [{"protocol": "http/2+"}]}], "handle": [UNNAMED, ends]}


def unasked() -> dict[str, Any]:
    """Return the route to what web says of itself, which is for proxies alone."""
    answer = {
        "handler": "static_response",
        "status_code": 404,
        "headers": GUARDED | {"Cache-Control": ["no-store"]},
    }
    return {
        "match": [{"path": [SERVING, f"{SERVING}/*"]}],
        "terminal": True,
        "handle": [UNNAMED, answer],
    }


def too_large(takes_files: list[str]) -> dict[str, Any]:
    """Return the route of bodies that announce too much; who lies is cut off on the way."""
    return {
        "match": [
            {"header_regexp": {"Content-Length": {"pattern": OVER_THE_LIMIT}}},
            {
                "header_regexp": {"Content-Length": {"pattern": OVER_A_FORM}},
                "not": [{"path": takes_files}],
            },
        ],
        "terminal": True,
        "handle": [_unread(413, TOO_LARGE)],
    }


def unmeasured() -> dict[str, Any]:
    """Return the route of bodies in chunks, whole or broken: web tells its readers no end of them.

    No browser sends one.
    """
    return {
        "match": [{"header": {"Transfer-Encoding": ["*"]}}],
        "terminal": True,
        "handle": [_unread(411, UNMEASURED)],
    }


def waiting() -> dict[str, Any]:
    """Return what people are told while nobody answers."""
    return {
        "match": [{"expression": "{http.error.status_code} in [502, 503, 504]"}],
        "terminal": True,
        "handle": [
            UNNAMED,
            {
                "handler": "static_response",
                "status_code": 503,
                "headers": GUARDED
                | {
                    "Content-Type": ["text/html; charset=utf-8"],
                    "Cache-Control": ["no-store"],
                    "Retry-After": ["5"],
                },
                "body": WAITING,
            },
        ],
    }


def refused() -> dict[str, Any]:
    """Return the answer to what caddy refuses by itself."""
    answer = {
        "handler": "static_response",
        "status_code": "{http.error.status_code}",
        "headers": GUARDED | {"Cache-Control": ["no-store"]},
    }
    return {"handle": [UNNAMED, answer]}


def _unread(status: int, title: str) -> dict[str, Any]:
    # What was not read is not waited for either: the connection ends.
    problem = {"type": "about:blank", "title": title, "status": status}
    headers = {
        "Content-Type": ["application/problem+json"],
        "Cache-Control": ["no-store"],
        "Connection": ["close"],
    }
    return {
        "handler": "static_response",
        "status_code": status,
        "headers": GUARDED | headers,
        "body": json.dumps(problem, ensure_ascii=False),
    }


def _header(values: dict[str, list[str]]) -> dict[str, Any]:
    return {"handler": "headers", "response": {"set": values, "deferred": True}}
