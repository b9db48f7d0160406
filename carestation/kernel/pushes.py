"""What travels from web to live: one change, as open pages will show it. No Django here."""

import json
import zlib
from dataclasses import dataclass
from typing import Final, Self
from uuid import UUID

# NOTIFY takes 8,000 bytes; sealing and base64 make 5,800 of ours into less.
LARGEST_BYTES: Final = 5_800


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A change at one side of a group; `html` and `json` are empty where the page must ask.

    `reseats`: a membership began or ended. `ended_session_id`: no change of a timeline, but the
    end of a session, whose streams close.
    """

    kind: str
    group_id: UUID | None = None
    side: str = ""
    seq: int = 0
    object_id: UUID | None = None
    html: str = ""
    json: str = ""
    reseats: bool = False
    ended_session_id: UUID | None = None

    def to_bytes(self) -> bytes:
        """Return the push as it is sealed; what would not fit goes without its words."""
        head = {name: value for name in HEAD if (value := getattr(self, name))}
        html, words = self.html.encode(), self.json.encode()
        data = _written(head, html, words)
        for kept in ((html, b""), (b"", b"")):
            if len(data) <= LARGEST_BYTES:
                break
            data = _written(head, *kept)
        return data

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the push that was sealed."""
        plain = data if data.startswith(b"{") else zlib.decompress(data)
        line, _, said = plain.partition(b"\n")
        fields = json.loads(line)
        size = fields.pop("html_bytes", 0)
        for name in ("group_id", "object_id", "ended_session_id"):
            if name in fields:
                fields[name] = UUID(fields[name])
        return cls(**fields, html=said[:size].decode(), json=said[size:].decode())


HEAD: Final = tuple(name for name in Push.__slots__ if name not in {"html", "json"})


def _written(head: dict[str, object], html: bytes, words: bytes) -> bytes:
    # The words stand behind the line that tells of them, as they are: to write them as JSON once
    # more would cost as much as all the rest.
    line = json.dumps(head | {"html_bytes": len(html)}, default=str).encode()
    data = b"%b\n%b%b" % (line, html, words)
    # Fragment and post say the same words: what is too long shrinks to a third.
    return data if len(data) <= LARGEST_BYTES else zlib.compress(data, 1)
