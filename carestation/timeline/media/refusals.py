"""Why a file is not taken. The words for it stand in the templates, under the same names."""

from enum import StrEnum
from http import HTTPStatus

from carestation.kernel.errors import DomainError


class Reason(StrEnum):
    """A short word for machines."""

    EMPTY_FILE = "empty_file"
    TOO_LARGE = "too_large"
    UNKNOWN_KIND = "unknown_kind"
    UNREADABLE = "unreadable"
    TOO_MANY_PIXELS = "too_many_pixels"
    LOCKED = "locked"
    SIGNED_AND_ACTIVE = "signed_and_active"
    TOO_MANY_FILES = "too_many_files"
    TOO_MANY_WAITING = "too_many_waiting"
    BUSY = "busy"


class FileRefused(DomainError):  # noqa: N818 - the name is the answer
    """A file is not taken; `reason` is one of `Reason`."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)


class FileTooLarge(FileRefused):
    """It has too many bytes, or too many of its kind wait already."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class FileUnknown(FileRefused):
    """It is nothing that we take."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


def refusal(reason: Reason) -> FileRefused:
    """Return the refusal that answers as this reason should: 413, 415 or 422."""
    if reason is Reason.TOO_LARGE:
        return FileTooLarge(reason)
    if reason is Reason.UNKNOWN_KIND:
        return FileUnknown(reason)
    return FileRefused(reason)
