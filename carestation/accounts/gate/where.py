"""From where a request comes, as far as it says so itself.

Controls: ISO/IEC 27017 5.17; white paper 「認証情報の管理」.
"""

import ipaddress

from django.http import HttpRequest

from carestation.accounts.choices import Device, SessionKind
from carestation.accounts.commands.sessions import Where
from carestation.accounts.rules import device_of


def where_of(request: HttpRequest, kind: SessionKind, *, is_shared: bool = False) -> Where:
    """Return device and network address of a request."""
    agent = request.headers.get("User-Agent", "")
    return Where(
        kind=kind,
        device=Device.PROGRAM if kind is SessionKind.PROGRAM else device_of(agent),
        agent=agent,
        address=network_address(request),
        is_shared=is_shared,
    )


def network_address(request: HttpRequest) -> str:
    """Return the address that asks: behind our proxy what the proxy says, else the connection's."""
    near = request.META.get("REMOTE_ADDR", "")
    # The last one is written by our own proxy; what stands before it, anyone could have sent.
    said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    is_proxied = near in {"", "127.0.0.1", "::1"} and said
    try:
        return str(ipaddress.ip_address(said if is_proxied else near))
    except ValueError:
        return ""
