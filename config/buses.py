"""The bus as an operator sees it: it lets us in, tell and hear."""

import asyncio
from typing import Final

from carestation.kernel.nats_url import Servers, read_url
from config.environment import NEAR_BUSES

CHECK: Final = "carestation.check"


def check_bus(url: str) -> None:
    """See that a bus between nodes answers, lets us tell, and lets us hear.

    Raises:
        SystemExit: it does not; the sentence says why, without the password.
    """
    if url.startswith(NEAR_BUSES):
        return
    from carestation.kernel.nats_line import (  # noqa: PLC0415 - only where it is used
        BusAwayError,
        BusRefusedError,
    )

    try:
        asyncio.run(_try(read_url(url)))
    except (BusAwayError, BusRefusedError) as error:
        raise SystemExit(f"BUS_URL does not lead to a bus: {error}.") from error


async def _try(servers: Servers) -> None:
    from carestation.kernel.nats_line import line_to  # noqa: PLC0415 - only where it is used

    async with line_to(servers, "carestation check", asyncio.Event()) as line:
        await line.hear(lambda _: None, CHECK)
        await line.tell(b"", CHECK)
        await line.settle()
