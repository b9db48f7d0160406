"""The one port that we open: the proxy's."""

from typing import Final
from urllib.parse import urlsplit

from config import door

LOOPBACK: Final = ("127.0.0.1", "::1")


def take_port(port: int, hosts: tuple[str, ...] = LOOPBACK) -> int:
    """Return the port if it is free on all hosts; 0 finds a free one.

    Raises:
        SystemExit: it is taken, or may not be opened.
    """
    if port == 0:
        return _free_port(hosts)
    for host in usable(hosts):
        try:
            door.opened(host, port).close()
        except OSError as error:
            raise SystemExit(door.reason(error, port)) from error
    return port


def port_of(url: str) -> int:
    """Return the port of an address; where it names none, that of its scheme."""
    return urlsplit(url).port or (443 if url.startswith("https:") else 80)


def usable(hosts: tuple[str, ...]) -> list[str]:
    """Return the hosts that this machine has: one without IPv6 lacks `::1`."""
    found = []
    for host in hosts:
        try:
            door.opened(host, 0).close()
        except OSError:
            continue
        found.append(host)
    return found


def _free_port(hosts: tuple[str, ...]) -> int:
    for _ in range(20):
        with door.opened(hosts[0], 0) as probe:
            port = int(probe.getsockname()[1])
        try:
            return take_port(port, hosts)
        except SystemExit:
            continue
    raise SystemExit("There is no free port on this machine.")
