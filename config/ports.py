"""The one port that we open: the proxy's."""

import errno
import socket
from typing import Final
from urllib.parse import urlsplit

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
            _bind(host, port).close()
        except OSError as error:
            raise SystemExit(_reason(error, port)) from error
    return port


def port_of(url: str) -> int:
    """Return the port of an address; where it names none, that of its scheme."""
    return urlsplit(url).port or (443 if url.startswith("https:") else 80)


def usable(hosts: tuple[str, ...]) -> list[str]:
    """Return the hosts that this machine has: one without IPv6 lacks `::1`."""
    found = []
    for host in hosts:
        try:
            _bind(host, 0).close()
        except OSError:
            continue
        found.append(host)
    return found


def _free_port(hosts: tuple[str, ...]) -> int:
    for _ in range(20):
        with _bind(hosts[0], 0) as probe:
            port = int(probe.getsockname()[1])
        try:
            return take_port(port, hosts)
        except SystemExit:
            continue
    raise SystemExit("There is no free port on this machine.")


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _reason(error: OSError, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken by another program: choose another (--port N, make run PORT=N)."
        )
    return f"Port {port} cannot be opened: {error.strerror}."
