"""One open stream: what is written into it, what waits, and how it ends.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

import asyncio
from typing import Final
from uuid import UUID

from carestation.live import events
from carestation.live.answers import STREAM
from carestation.live.asgi import Message, Send
from carestation.live.eager import run_eagerly

QUEUE_LENGTH: Final = 200


class Stream:
    """A page or a program that listens.

    While its connection takes no more, up to QUEUE_LENGTH events wait; when those are too many
    they are dropped for one `catchup`, and what comes meanwhile is dropped too: it will be asked
    for. That a room has closed is never dropped. `handler` is the task that answers the request;
    ending a stuck stream ends it.
    """

    __slots__ = (
        "_handler", "_is_behind", "_notices", "_rest", "_send", "_waiting",
        "beats_at", "ends_at", "is_open", "session_id", "user_id", "wants_json",
    )  # fmt: skip

    def __init__(
        self,
        user_id: UUID,
        session_id: UUID,
        send: Send,
        *,
        wants_json: bool = False,
        handler: asyncio.Task[None] | None = None,
    ) -> None:
        self.user_id = user_id
        self.session_id = session_id
        self.wants_json = wants_json
        self.is_open = True
        self.beats_at = self.ends_at = 0.0
        self._send = send
        self._waiting: list[bytes] = []
        self._notices: list[bytes] = []
        self._is_behind = False
        self._rest: asyncio.Future[None] | None = None
        self._handler = handler

    @property
    def is_stuck(self) -> bool:
        """Whether the connection takes no more at present."""
        return self._rest is not None

    def begin(self) -> None:
        """Answer that a stream begins."""
        self._send_now(STREAM)

    def show(self, shown: events.Shown) -> None:
        """Write a push in the form that was asked for."""
        self.write(shown.for_programs() if self.wants_json else shown.for_pages())

    def write(self, event: bytes) -> None:
        """Write an event now, or let it wait its turn."""
        if not self.is_open or self._is_behind:
            return
        if self._rest is None:
            self._hand_over(event, more_body=True)
        elif len(self._waiting) < QUEUE_LENGTH:
            self._waiting.append(event)
        else:
            self._drop_waiting()

    def take_away(self, notice: bytes) -> None:
        """Say that a room has closed; what waits may be of that room and is not shown."""
        if self._rest is None:
            self.write(notice)
        elif self.is_open:
            if len(self._waiting) > len(self._notices):
                self._drop_waiting()
            self._waiting.append(notice)
            self._notices.append(notice)

    def end(self, reason: str) -> None:
        """End the stream: with its reason, or, where nothing can be written, at once."""
        if not self.is_open:
            return
        if self._rest is None:
            self._hand_over(events.ended(reason), more_body=False)
        else:
            self._rest.cancel()
            if self._handler is not None:
                self._handler.cancel()
        self.is_open = False
        self._waiting.clear()

    def _hand_over(self, data: bytes, *, more_body: bool) -> None:
        self._send_now({"type": "http.response.body", "body": data, "more_body": more_body})

    def _send_now(self, message: Message) -> None:
        rest = run_eagerly(self._send(message))
        if rest is not None:
            self._rest = asyncio.ensure_future(rest)
            self._rest.add_done_callback(self._go_on)

    def _go_on(self, rest: "asyncio.Future[None]") -> None:
        self._rest = None
        if rest.cancelled() or rest.exception() is not None or not self.is_open:
            return
        waiting, self._waiting, self._is_behind = self._waiting, [], False
        self._notices = []
        if waiting:
            self._hand_over(b"".join(waiting), more_body=True)

    def _drop_waiting(self) -> None:
        self._waiting = [events.catchup("overflow"), *self._notices]
        self._is_behind = True
