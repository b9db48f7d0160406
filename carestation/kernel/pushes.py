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
        fields = {name: value for name in self.__slots__ if (value := getattr(self, name))}
        data = _written(fields)
        for words in ("json" if self.html else "", "html", "json"):
            if len(data) <= LARGEST_BYTES:
                break
            fields.pop(words, None)
            data = _written(fields)
        return data

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the push that was sealed."""
        fields = json.loads(data if data.startswith(b"{") else zlib.decompress(data))
        for name in ("group_id", "object_id", "ended_session_id"):
            if name in fields:
                fields[name] = UUID(fields[name])
        return cls(**fields)


def _written(fields: dict[str, object]) -> bytes:
    # Fragment and post say the same words: what is too long shrinks to a third.
    data = json.dumps(fields, default=str, ensure_ascii=False).encode()
    return data if len(data) <= LARGEST_BYTES else zlib.compress(data, 1)
