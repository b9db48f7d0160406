"""A file as it is kept, and how it travels between two processes."""

import json
from dataclasses import asdict, dataclass, field
from typing import Final, Self

from carestation.timeline.media.refusals import Reason, refusal

LENGTH_BYTES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """What a file became. Sizes in pixels; a document has none, and no thumbnail (WebP)."""

    media_type: str
    content: bytes = field(repr=False)
    width: int | None = None
    height: int | None = None
    thumbnail: bytes = field(default=b"", repr=False)

    def to_bytes(self) -> bytes:
        """Return it as one message."""
        fields = asdict(self) | {"content": len(self.content), "thumbnail": len(self.thumbnail)}
        return _message(fields) + self.content + self.thumbnail

    @classmethod
    def from_bytes(cls, message: bytes) -> Self:
        """Return what a message says.

        Raises:
            FileRefused: it says that the file is not taken.
            ValueError: it is no such message.
        """
        length = int.from_bytes(message[:LENGTH_BYTES], "big")
        fields = json.loads(message[LENGTH_BYTES : LENGTH_BYTES + length])
        if "refused" in fields:
            raise refusal(Reason(fields["refused"]))
        middle = LENGTH_BYTES + length + fields["content"]
        content, thumbnail = message[LENGTH_BYTES + length : middle], message[middle:]
        if len(content) != fields["content"] or len(thumbnail) != fields["thumbnail"]:
            raise ValueError("The message is cut.")
        return cls(**(fields | {"content": content, "thumbnail": thumbnail}))


def refusal_message(reason: Reason) -> bytes:
    """Return the message that says: not taken."""
    return _message({"refused": reason.value})


def _message(fields: dict[str, object]) -> bytes:
    header = json.dumps(fields).encode()
    return len(header).to_bytes(LENGTH_BYTES, "big") + header
