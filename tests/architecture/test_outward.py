"""Whom the server calls is written in its surroundings: no address that a person gave is called.

There is no webhook, no preview of a link, no picture fetched from elsewhere and no push service;
whoever adds the first adds a line here, and says how it is kept from the machines beside us.
"""

import ast
from collections.abc import Iterator
from typing import Final

from tests.architecture.tree import PRODUCT, context_modules, tree_of

OPENS: Final = (
    "aiohttp",
    "ftplib",
    "http.client",
    "http.server",
    "httpx",
    "imaplib",
    "nats",
    "obstore",
    "poplib",
    "requests",
    "smtplib",
    "socket",
    "urllib.request",
    "urllib3",
    "webbrowser",
    "xmlrpc",
)
CALLS: Final = {
    "kernel/nats_line.py": "NATS, at BUS_URL",
    "kernel/near_telling.py": "a socket in our own folder",
    "live/near_bus.py": "a socket in our own folder",
    "vault/buckets.py": "the store of files, at BLOB_URL",
    "vault/unfinished.py": "the store of files, at BLOB_URL",
    "vault/transit.py": "the key service, at the address of the key ring",
    "exports/reader/program.py": "no part of the server: it shows an archive elsewhere",
}


def test_nothing_calls_an_address_but_what_is_named_here() -> None:
    found = {
        str(path.relative_to(PRODUCT))
        for path in context_modules()
        for name in _imported(tree_of(path))
        if any(name == one or name.startswith(f"{one}.") for one in OPENS)
    }

    assert found == set(CALLS)


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)
