"""Stands where caddy stands: web and live under one origin, each request on its own connection."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

HOST: Final = "localhost"


@contextmanager
def one_origin(web_port: int, live_port: int) -> Iterator[str]:
    """Serve both; return the address."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    serving = asyncio.run_coroutine_threadsafe(_serve(web_port, live_port), loop)
    server = serving.result(timeout=20)
    yield f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
    asyncio.run_coroutine_threadsafe(_end(server), loop).result(timeout=20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(timeout=20)
    loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    open_ones = asyncio.all_tasks() - {asyncio.current_task()}
    for task in open_ones:
        task.cancel()
    await asyncio.gather(*open_ones, return_exceptions=True)


async def _serve(web_port: int, live_port: int) -> asyncio.Server:
    async def hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await reader.readuntil(b"\r\n\r\n")
            port = live_port if head.split(b" ", 2)[1].split(b"?")[0] == b"/live" else web_port
            back, forth = await asyncio.open_connection("127.0.0.1", port)
            forth.write(
                head[:-2].replace(b"\r\nConnection: keep-alive", b"") + b"Connection: close\r\n\r\n"
            )
            await asyncio.wait(
                [
                    asyncio.create_task(_pour(reader, forth)),
                    asyncio.create_task(_pour(back, writer)),
                ],
                return_when=asyncio.FIRST_COMPLETED,
            )
            forth.close()
        writer.close()

    return await asyncio.start_server(hand_on, HOST, 0)


async def _pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
