"""From where a request comes, as far as it says so itself.

Controls: ISO/IEC 27017 5.17; white paper 「認証情報の管理」.
"""

import ipaddress

from django.conf import settings

from carestation.accounts.choices import Device, SessionKind
from carestation.accounts.commands.sessions import Where
from carestation.accounts.gate.cookies import device_in
from carestation.accounts.gate.requests import session_in
from carestation.accounts.rules import device_of
from carestation.kernel.http import CareRequest


def where_of(request: CareRequest, kind: SessionKind, *, is_shared: bool = False) -> Where:
    """Return device and network address of a request."""
    agent = request.headers.get("User-Agent", "")
    is_program = kind is SessionKind.PROGRAM
    return Where(
        kind=kind,
        device=Device.PROGRAM if is_program else device_of(agent),
        agent=agent,
        address=network_address(request),
        is_shared=is_shared,
        replaces=None if is_program else session_in(request),
        trust="" if is_program else device_in(request),
    )


def network_address(request: CareRequest) -> str:
    """Return the address that asks: behind our proxy what the proxy says, else the connection's."""
    near = request.META.get("REMOTE_ADDR", "")
    # The last one is written by our own proxy; what stands before it, anyone could have sent.
    said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    is_proxied = near in {"", "127.0.0.1", "::1", *settings.PROXIES} and said
    try:
        return str(ipaddress.ip_address(said if is_proxied else near))
    except ValueError:
        return ""
