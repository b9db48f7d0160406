"""Running a coroutine at once, up to where it first has to wait.

A server's `send` waits only where its connection takes no more. So nearly every write of live is
over when the call returns, and costs neither a task nor a turn of the loop.
"""

from collections.abc import Awaitable, Coroutine, Generator


class Rest(Awaitable[None]):
    """What remains of a coroutine that had to wait: awaited by a task of its own."""

    __slots__ = ("_coroutine", "_first")

    def __init__(self, coroutine: Coroutine[object, None, None], first: object) -> None:
        self._coroutine = coroutine
        self._first = first

    def __await__(self) -> Generator[object, None, None]:
        """Wait for what it waits for, then go on."""
        try:
            yield self._first
            yield from self._coroutine.__await__()
        finally:
            self._coroutine.close()


def run_eagerly(coroutine: Coroutine[object, None, None]) -> Rest | None:
    """Run until it has to wait; return what remains, or None if it is over."""
    try:
        first = coroutine.send(None)
    except StopIteration:
        return None
    return Rest(coroutine, first)
