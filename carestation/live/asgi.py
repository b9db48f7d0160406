"""The few types of ASGI that live needs (the specification's HTTP and lifespan messages)."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import TypedDict

Message = Mapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Coroutine[object, None, None]]


class Scope(TypedDict):
    """What is asked: `type` is http or lifespan; the others stand in an http scope only."""

    type: str
    method: str
    path: str
    query_string: bytes
    headers: list[tuple[bytes, bytes]]
