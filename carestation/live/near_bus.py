"""The bus as live hears it where web runs on the same machine: a socket of its own."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from carestation.kernel.near_telling import path_of

LARGEST_BYTES: Final = 65_536


class NearBus:
    """A socket in a closed folder, at which one live process hears."""

    def __init__(self, url: str) -> None:
        self._path = Path(path_of(url))

    async def messages(self) -> AsyncGenerator[bytes | None]:
        """Yield sealed pushes; None when it begins to hear."""
        loop = asyncio.get_running_loop()
        with _ear(self._path) as ear:
            yield None
            while True:
                yield await loop.sock_recv(ear, LARGEST_BYTES)


@contextmanager
def _ear(path: Path) -> Iterator[socket.socket]:
    # What was left by a process that was killed hears nothing any more.
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.setblocking(False)
        ear.bind(str(path))
        path.chmod(0o600)
        yield ear
