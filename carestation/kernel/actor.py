"""Who acts, in which request, through which session."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person behind a request; `session_id` is None where no session asks (commands, jobs)."""

    user_id: UUID
    request_id: UUID
    session_id: UUID | None = None
