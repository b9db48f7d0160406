"""The answers that are not success; the edge turns them into pages, fragments or JSON.

`reason` is a short word for machines (`archived`, `too_late`); what people read of it stands in
the templates.
"""

from http import HTTPStatus
from typing import ClassVar


class CareError(Exception):
    """What a person can be answered."""

    status: ClassVar[HTTPStatus]

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


class NotVisible(CareError):  # noqa: N818 - the name is the answer
    """Absent, or not yours: one answer for both."""

    status = HTTPStatus.NOT_FOUND


class Refused(CareError):  # noqa: N818 - the name is the answer
    """You see it, but may not do this."""

    status = HTTPStatus.FORBIDDEN


class Conflict(CareError):  # noqa: N818 - the name is the answer
    """Someone else was first."""

    status = HTTPStatus.CONFLICT


class DomainError(CareError):
    """What was asked makes no sense here."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class Unauthenticated(CareError):  # noqa: N818 - the name is the answer
    """Nobody has signed in, or the sign-in was wrong: one answer for every wrong one."""

    status = HTTPStatus.UNAUTHORIZED


class TooMany(CareError):  # noqa: N818 - the name is the answer
    """Tried too often; after `retry_after_seconds` it may be tried again."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, reason: str = "", *, retry_after_seconds: int) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(CareError):  # noqa: N818 - the name is the answer
    """Something that we need does not answer; what is kept is not touched by that."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


def require(*, allowed: bool, reason: str = "") -> None:
    """Stop unless a rule said yes.

    Raises:
        Refused: it said no.
    """
    if not allowed:
        raise Refused(reason)
