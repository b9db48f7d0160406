"""Lines between pieces: `python link.py PORT:TARGET …`. Whoever pauses this process cuts them."""

import asyncio
import sys
from contextlib import suppress
from functools import partial
from typing import Final

HOST: Final = "127.0.0.1"
AT_ONCE_BYTES: Final = 65_536


async def main(lines: list[str]) -> None:
    """Carry what comes to each port to its target and back, for ever."""
    servers = []
    for line in lines:
        port, _, target = line.partition(":")
        carry = partial(_carry, int(target))
        servers.append(await asyncio.start_server(carry, HOST, int(port)))
    await asyncio.gather(*(server.serve_forever() for server in servers))


async def _carry(target: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        there, back = await asyncio.open_connection(HOST, target)
    except OSError:
        # As a machine on which nothing listens: the other end is told at once.
        writer.transport.abort()
        return
    ways = [asyncio.create_task(_pump(reader, back)), asyncio.create_task(_pump(there, writer))]
    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for end in (back, writer):
        end.close()
    await asyncio.wait(ways)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while words := await reader.read(AT_ONCE_BYTES):
            writer.write(words)
            await writer.drain()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
