"""How BUS_URL names the servers of the bus between nodes. No Django here.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

PORT: Final = 4222
LOOPBACK: Final = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Which servers there are (each as HOST:PORT), and what is shown to them."""

    hosts: tuple[str, ...]
    is_tls: bool
    user: str
    password: str = field(repr=False)

    @property
    def is_near(self) -> bool:
        """Whether what we say to them never leaves this machine."""
        return all(urlsplit(f"//{host}").hostname in LOOPBACK for host in self.hosts)


def read_url(url: str) -> Servers:
    """Return what `nats://` or `tls://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]…]` names.

    Raises:
        ValueError: it says too little, or something else; the words never hold the password.
    """
    scheme, _, rest = url.partition("://")
    shown, _, named = rest.rpartition("@")
    user, has_password, password = shown.partition(":")
    try:
        hosts = tuple(_host(one) for one in named.split(","))
    except ValueError:
        hosts = ()
    if scheme not in {"nats", "tls"} or not hosts or bool(user) != bool(has_password and password):
        raise ValueError("BUS_URL must be tls://USER:PASSWORD@HOST[:PORT][,HOST[:PORT]…].")
    return Servers(
        hosts=hosts, is_tls=scheme == "tls", user=unquote(user), password=unquote(password)
    )


def _host(text: str) -> str:
    parts = urlsplit(f"//{text}")
    if not parts.hostname or parts.path or parts.query:
        raise ValueError(text)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{host}:{parts.port or PORT}"
