"""The server of downloads: its lines to the proxy.

A line holds little of what its reader has not taken, and can be cut: what is held is then dropped.
"""

import asyncio
import socket
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from carestation.kernel.downloads import CUT

# The kernel doubles it. What lies in it still goes to the proxy when a line was cut.
HELD_BYTES: Final = 32_768


class Line(HttpToolsProtocol):
    """One connection of a proxy: who answers by it may cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn
        """Hold nothing that the kernel does not take, and let it take little."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)
        kept: socket.socket = transport.get_extra_info("socket")
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, HELD_BYTES)

    def on_message_begin(self) -> None:
        """Tell who answers how it is cut."""
        super().on_message_begin()
        self.scope["extensions"] = {CUT: {"now": self.transport.abort}}
